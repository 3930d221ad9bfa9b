"""Near-duplicates are one row, under the best of them; whatever is counted is resources."""

import threading
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from repository.audience import user_tokens
from repository.models import Audience, ResourcePage
from search import check, similar, versions
from search.models import VersionGroup
from search.sources import load
from search.versions import likeness, place, sketch
from tests.factories import DistrictFactory, ItemFactory, KindFactory, resource, topic
from tests.repository.pages import Page
from tests.search.asking import search

WORDS = (
    "fold the strip into three equal parts and mark each fold then say which fraction a marker"
    " stands on before it moves along a trail of chalk that your partner draws from one wall of the gym"
    " to its door while everybody else writes down where they would put halves, quarters or eighths; at"
    " last walk back together, compare what was written with what you measured, and explain in two"
    " sentences why some guesses were near but others not"
).split()


def lesson(title: str, words: list[str], **fields) -> ResourcePage:
    body = [{"type": "text", "value": " ".join(words)}]
    return resource(title, body=body, **fields)


@pytest.fixture
def three_versions(follow: Callable[[], None]) -> list[ResourcePage]:
    district, other = DistrictFactory(), DistrictFactory(name="Harbor Point")
    pages = [
        lesson("Fraction trail", WORDS * 3, district=district, grades=["03"]),
        lesson("Fraction trail", [*WORDS * 3, "and", "smile"], district=other, grades=["04"]),
        lesson(
            "Fraction trail (copy)",
            WORDS * 3,
            district=district,
            grades=["03"],
            summary="Fractions on a trail",
        ),
        lesson("Fraction rope", list(reversed(WORDS)), district=district, grades=["03"]),
    ]
    follow()
    return pages


@pytest.mark.engine
@pytest.mark.django_db
class TestVersions:
    def test_they_are_one_row_that_names_the_others_and_counts_are_of_resources(
        self, three_versions: list[ResourcePage], client: Client
    ) -> None:
        found = search("q=fraction")
        assert found.total == 4
        assert found.rows == 2
        assert len(found.hits) == 2
        best = next(hit for hit in found.hits if hit.versions)
        assert best.number_of_versions == 3
        assert not any(one.reviewed for one in best.versions)
        assert {best.identifier, *(one.identifier for one in best.versions)} == {
            str(page.identifier) for page in three_versions[:3]
        }
        assert {b.value: b.count for b in found.facet("grade").buckets} == {"03": 3, "04": 1}
        assert "3 versions" in client.get("/search/?q=fraction").text
        pages = Page.open(client, "/search/?q=fraction&limit=1").html.xpath("//nav[@class='pager']//a/@href")
        assert len(set(pages)) == 1, "of two rows, the other is a page away, and there is none beyond it"
        answer = client.get("/api/v1/resources?q=fraction").json()
        assert (answer["total"], answer["rows"]) == (4, 2)
        assert sorted(len(one["versions"]) for one in answer["results"]) == [0, 2]
        (named, *_more) = [one for result in answer["results"] for one in result["versions"]]
        assert named["url"].startswith("http://testserver/")

    def test_a_filter_holds_for_the_versions_too(self, three_versions: list[ResourcePage]) -> None:
        found = search("q=fraction&grade=03")
        assert (found.total, found.rows) == (3, 2)
        assert sorted(hit.number_of_versions for hit in found.hits) == [1, 2]
        assert [hit.number_of_versions for hit in search("grade=04").hits] == [1]

    def test_one_that_comes_later_shares_the_row_of_the_one_that_was_there_alone(
        self, follow: Callable[[], None], index: str
    ) -> None:
        district = DistrictFactory()
        lesson("Fraction trail", WORDS * 3, district=district)
        follow()
        assert [hit.number_of_versions for hit in search("q=fraction").hits] == [1]
        lesson("Fraction trail", [*WORDS * 3, "and", "smile"], district=district)
        follow()
        assert [hit.number_of_versions for hit in search("q=fraction").hits] == [2]
        assert check.compare(index).differences == ()

    def test_in_a_short_text_one_word_tells_another_lesson(self, follow: Callable[[], None]) -> None:
        """As a record of a catalogue has: most of its words are those of its unit."""
        district = DistrictFactory()
        of_unit = (
            "Part of: Fraction sums and differences › Making like units in numbers and on the number line"
        )
        for verb in ("Add", "Subtract", "Subtract"):
            resource(
                f"{verb} fractions with unlike units",
                summary=f"Students {verb.lower()} fractions with unlike units by making equivalent fractions.",
                body=[{"type": "text", "value": of_unit}],
                district=district,
            )
        follow()
        shown = {hit.title: hit.number_of_versions for hit in search("q=fractions").hits}
        assert shown == {"Add fractions with unlike units": 1, "Subtract fractions with unlike units": 2}

    def test_what_is_of_another_kind_is_no_version_whatever_its_words(
        self, follow: Callable[[], None]
    ) -> None:
        district = DistrictFactory()
        for slug in ("lesson", "task"):
            lesson("Fraction trail", WORDS * 3, district=district, kind=KindFactory(slug=slug))
        follow()
        assert [hit.number_of_versions for hit in search("q=fraction").hits] == [1, 1]

    def test_one_that_is_written_with_what_it_is_found_to_be_like_is_up_to_date(
        self, follow: Callable[[], None], index: str
    ) -> None:
        """Its own words have not changed, so that it is not judged anew."""
        district = DistrictFactory()
        page = lesson("Fraction trail", WORDS * 3, district=district)
        follow()
        page.grades = ["03"]
        page.save_revision().publish()
        lesson("Fraction trail", [*WORDS * 3, "and", "smile"], district=district)
        follow()
        assert [hit.number_of_versions for hit in search("q=fraction&grade=03").hits] == [1]
        assert [hit.number_of_versions for hit in search("q=fraction").hits] == [2]
        assert check.compare(index).differences == ()

    @pytest.mark.parametrize("change", ["kind", "language", "summary"])
    def test_a_version_that_changes_in_one_thing_is_judged_anew(
        self, follow: Callable[[], None], change: str
    ) -> None:
        district, other = DistrictFactory(), KindFactory(slug="task")
        page, _same = (lesson("Fraction trail", WORDS * 3, district=district) for _ in range(2))
        follow()
        assert search("q=fraction").rows == 1
        summary = (
            "Water carries soil down a slope when nothing grows on it, and rivers take it to the sea, where it sinks"
            " and turns to stone in a very long time"
        )
        new = {"kind": other, "language": "es", "summary": summary}
        setattr(page, change, new[change])
        page.save_revision().publish()
        follow()
        assert search("q=fraction").rows == 2

    def test_pages_go_through_rows(self, three_versions: list[ResourcePage]) -> None:
        first, second = search("q=fraction&limit=1"), search("q=fraction&limit=1&page=2")
        assert len(first.hits) == len(second.hits) == 1
        assert first.hits[0].title != second.hits[0].title
        assert search("q=fraction&limit=1&page=3").hits == ()

    def test_what_comes_after_versions_is_not_shown_on_two_pages(
        self, three_versions: list[ResourcePage], follow: Callable[[], None]
    ) -> None:
        resource("Fraction zebra", district=three_versions[0].district)
        follow()
        by_title = [search(f"q=fraction&sort=title&limit=4&page={page}").hits for page in (1, 2)]
        assert [len(hits) for hits in by_title] == [3, 0]

    @pytest.mark.parametrize("audience", [Audience.STATE, Audience.DISTRICT])
    def test_versions_that_one_may_not_see_are_not_told_of(
        self, follow: Callable[[], None], audience: Audience
    ) -> None:
        district = DistrictFactory()
        lesson("Fraction trail", WORDS * 3, district=district)
        lesson("Fraction trail", WORDS * 3, district=district, audience=audience)
        follow()
        found = search("q=fraction")
        assert (found.total, found.rows, found.hits[0].number_of_versions) == (1, 1, 1)

    def test_a_version_that_becomes_another_lesson_leaves_and_nothing_is_out_of_date(
        self, three_versions: list[ResourcePage], follow: Callable[[], None], index: str
    ) -> None:
        page = three_versions[0]
        page.title = "Rivers"
        page.body = [{"type": "text", "value": "Water carries soil down a slope when nothing grows on it"}]
        page.save_revision().publish()
        follow()
        assert sorted(hit.number_of_versions for hit in search("q=fraction").hits) == [1, 2]
        assert [hit.number_of_versions for hit in search("q=rivers").hits] == [1]
        assert sorted(hit.title for hit in search("").hits if hit.number_of_versions == 1) == [
            "Fraction rope",
            "Rivers",
        ]
        assert check.compare(index).differences == ()
        page.unpublish()
        follow()
        assert not VersionGroup.objects.filter(pk=page.pk).exists()

    def test_versions_that_a_page_does_not_name_are_counted(
        self, three_versions: list[ResourcePage], client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("search.rows.MAX_VERSIONS", 2)
        (hit,) = [one for one in search("q=fraction+trail").hits if one.versions or one.more_versions]
        assert hit.number_of_versions == 3
        page = Page.open(client, "/search/?q=fraction+trail")
        assert "3 versions" in page.text
        assert "and 1 more" in page.text

    def test_similar_resources_leave_out_the_lesson_itself_its_versions_and_what_one_may_not_see(
        self, three_versions: list[ResourcePage], follow: Callable[[], None], client: Client
    ) -> None:
        district = DistrictFactory()
        standard = ItemFactory()
        page = lesson(
            "Rope stairs", ["step", "by", "step"], district=district, alignments=[{"item": standard}]
        )
        lesson("Same standard, other words", ["climbing"], district=district, alignments=[{"item": standard}])
        hidden = {"district": district, "audience": Audience.SCHOOL, "alignments": [{"item": standard}]}
        lesson("Hidden", ["climbing"], **hidden)
        follow()
        tokens = user_tokens(AnonymousUser())
        assert (
            next(hit.title for hit in similar.similar_resources(page, tokens)) == "Same standard, other words"
        )
        assert "Hidden" not in {hit.title for hit in similar.similar_resources(page, tokens)}
        like = {hit.title for hit in similar.similar_resources(three_versions[0], tokens)}
        assert like == {"Fraction rope", "Rope stairs", "Same standard, other words"}
        rope = [hit.title for hit in similar.similar_resources(three_versions[3], tokens)]
        assert sum(title.startswith("Fraction trail") for title in rope) == 1
        assert "Same standard, other words" in client.get(page.url).text

    def test_similar_resources_say_in_what_they_are_alike(self, follow: Callable[[], None]) -> None:
        standard = ItemFactory(human_coding_scheme="6.RP.3")
        part = ItemFactory(framework=standard.framework, under=standard)
        climbing = topic("Climbing")
        page = lesson("Rope stairs", ["step", "by"], topics=[climbing], alignments=[{"item": standard}])
        lesson("A ladder", ["hand", "over"], alignments=[{"item": standard}])
        lesson("A hill", ["grass", "grows"], topics=[climbing], summary="Green")
        lesson("Rope stairs again", ["seven", "ropes"])
        lesson("A wall", ["holds", "on"], alignments=[{"item": part}])
        follow()
        alike = similar.similar_resources(page, user_tokens(AnonymousUser()), limit=4)
        why = {hit.title: hit.why for hit in alike}
        assert why["A ladder"][0] == "Also for 6.RP.3"
        assert why["A hill"][0] == "Also about Climbing"
        assert why["Rope stairs again"] == ("Similar words",)
        assert why["A wall"][0] == "For one of the same standards, or a part of it"

    def test_similar_resources_name_two_standards_and_begin_with_those_for_the_same_grade(
        self, follow: Callable[[], None]
    ) -> None:
        coded = [{"item": ItemFactory(human_coding_scheme=f"6.RP.{number}")} for number in (1, 2, 3)]
        bare = {"item": ItemFactory(human_coding_scheme="")}
        page = lesson("Rope stairs", ["step", "by"], grades=["06"], alignments=[*coded, bare])
        lesson("A ladder", ["hand", "over"], alignments=[*coded, bare])
        lesson("A wall", ["holds", "on"], grades=["09"], alignments=[bare])
        lesson("A hill", ["grass", "grows"], grades=["06"], alignments=[bare])
        follow()
        alike = similar.similar_resources(page, user_tokens(AnonymousUser()))
        why = {hit.title: hit.why[0] for hit in alike}
        assert why["A ladder"] == "Also for 6.RP.1, 6.RP.2"
        assert why["A hill"] == "For one of the same standards, or a part of it"
        titles = [hit.title for hit in alike]
        assert titles.index("A hill") < titles.index("A wall")

    def test_a_page_shows_without_similar_resources_while_the_engine_is_away(
        self, three_versions: list[ResourcePage], client: Client, settings
    ) -> None:
        settings.OPENSEARCH_URL = "http://127.0.0.1:1"
        answer = client.get(three_versions[0].url)
        assert answer.status_code == 200
        assert "Similar resources" not in answer.text


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    """They place versions of one lesson, and neither sees yet what the other writes."""

    def test_who_comes_second_waits_and_joins_the_group(self, monkeypatch: pytest.MonkeyPatch) -> None:
        waits = threading.Event()

        def wait(seconds: float) -> None:
            waits.set()
            time.sleep(seconds)

        monkeypatch.setattr(versions, "sleep", wait)
        first, second = self.two_versions()
        other = threading.Thread(target=self.place, args=[second])
        with transaction.atomic():
            place(load([first]))
            other.start()
            # If it did not wait, it would be done by now and have seen nothing.
            while other.is_alive() and not waits.wait(0.01):
                pass
        other.join()
        assert len(set(VersionGroup.objects.values_list("group", flat=True))) == 1
        assert list(VersionGroup.objects.values_list("shared", flat=True)) == [True, True]

    def test_one_that_hangs_does_not_hold_up_the_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(versions, "LONGEST_TURN", 0)
        first, second = self.two_versions()
        other = threading.Thread(target=self.place, args=[second])
        with transaction.atomic():
            place(load([first]))
            other.start()
            other.join(60)
            assert not other.is_alive()
        assert VersionGroup.objects.count() == 2

    def two_versions(self) -> tuple[int, int]:
        district = DistrictFactory()
        one, other = (lesson("Fraction trail", WORDS * 3, district=district) for _ in range(2))
        return one.pk, other.pk

    def place(self, page: int) -> None:
        with transaction.atomic():
            place(load([page]))
        connection.close()


@given(
    st.lists(st.sampled_from(WORDS), min_size=30, max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=200),
)
def test_likeness_is_near_the_true_share_of_runs(one: list[str], other: list[str]) -> None:
    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))} if words else set()

    true = len(runs(one) & runs(other)) / len(runs(one) | runs(other))
    assert likeness(sketch(" ".join(one)), sketch(" ".join(other))) == pytest.approx(true, abs=0.3)
    assert likeness(sketch(" ".join(one)), sketch(" ".join(one).upper())) == 1
