"""Results that coordinators pick for a query."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from people.models import Role
from repository.audience import user_tokens
from repository.models import Audience, ResourcePage
from search.find import find
from search.kept import PromotedResource, Promotion
from search.promotions import fold
from search.request import parse
from search.results import Results
from tests.factories import DistrictFactory, SubjectFactory, member, resource
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def search(query: str, user=None) -> Results:
    request, complaints = parse(QueryDict(query))
    assert complaints == []
    return find(request, user_tokens(user or AnonymousUser()))


def pick(phrases: str, *pages: ResourcePage, **dates) -> Promotion:
    promotion = Promotion.objects.create(phrases=phrases, **dates)
    # The order is the coordinator's, whichever row was made first.
    for order, page in reversed(list(enumerate(pages))):
        PromotedResource.objects.create(promotion=promotion, resource=page, sort_order=order)
    return promotion


def test_what_is_picked_comes_first_says_so_and_is_counted_once(
    follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    resource("Volcano model", district=district, subjects=[SubjectFactory(slug="science")])
    maths = resource("Volcano ratios", district=district, subjects=[SubjectFactory(slug="mathematics")])
    other = resource("Measuring heat", district=district, subjects=[SubjectFactory(slug="science")])
    pick("volcano\nVolcán", other, maths)
    follow()
    found = search("q=Volcano!")
    assert [hit.title for hit in found.hits] == ["Measuring heat", "Volcano ratios", "Volcano model"]
    assert [hit.picked for hit in found.hits] == [True, True, False]
    answer = client.get("/api/v1/resources?q=Volcano!").json()
    assert [one["picked"] for one in answer["results"]] == [True, True, False]
    assert found.hits[0].why[0] == "Picked by coordinators"
    assert found.total == 3
    assert {b.value: b.count for b in found.facet("subject").buckets} == {"science": 2, "mathematics": 1}
    assert [hit.title for hit in search("q=volcan").hits][:2] == ["Measuring heat", "Volcano ratios"]
    filtered = search("q=volcano&subject=science")
    assert [hit.title for hit in filtered.hits] == ["Measuring heat", "Volcano model"]
    assert filtered.total == 2
    assert not any(hit.picked for hit in search("q=heat").hits)


def test_picks_of_two_coordinators_for_one_query_both_hold(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Volcano model", district=district)
    for title, phrase in (("Measuring heat", "volcano"), ("Lava on film", "Volcano!")):
        pick(phrase, resource(title, district=district))
    follow()
    found = search("q=volcano").hits
    assert [hit.title for hit in found] == ["Measuring heat", "Lava on film", "Volcano model"]


def test_of_many_coordinators_picks_for_one_query_the_first_ten_are_shown(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    pages = [resource(f"Heat {number}", district=district) for number in range(12)]
    pick("volcano", *pages[:6])
    pick("Volcano!", *pages[6:])
    follow()
    found = search("q=volcano")
    assert [hit.title for hit in found.hits] == [f"Heat {number}" for number in range(10)]
    assert found.total == 10


def test_a_search_that_leaves_a_word_out_is_not_the_one_picked_for(follow: Callable[[], None]) -> None:
    pick("fractions game", resource("Fractions game"))
    resource("Fractions at the market")
    follow()
    assert [hit.title for hit in search("q=fractions -game").hits] == ["Fractions at the market"]


def test_a_pick_holds_between_its_days(follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    today = date(2026, 3, 5)
    monkeypatch.setattr(timezone, "localdate", lambda: today)  # also at midnight
    page = resource("Measuring heat")
    resource("Volcano model")
    promotion = pick("volcano", page, starts_on=today, ends_on=today)
    follow()
    assert search("q=volcano").hits[0].picked
    for dates in (
        {"starts_on": today + timedelta(days=1), "ends_on": None},
        {"starts_on": None, "ends_on": today - timedelta(days=1)},
    ):
        Promotion.objects.filter(pk=promotion.pk).update(**dates)
        assert [hit.title for hit in search("q=volcano").hits] == ["Volcano model"]


def test_a_pick_opens_nothing_to_who_may_not_see_it(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    own = resource("Measuring heat", district=district, audience=Audience.DISTRICT)
    resource("Volcano model", district=district)
    pick("volcano", own)
    follow()
    assert [hit.title for hit in search("q=volcano").hits] == ["Volcano model"]
    assert search("q=volcano", member(Role.TEACHER, district)).hits[0].title == "Measuring heat"


def test_coordinators_pick_in_the_admin_and_teachers_do_not(
    client: Client, follow: Callable[[], None]
) -> None:
    district = DistrictFactory()
    page = resource("Measuring heat", district=district)
    follow()
    client.force_login(member(Role.COORDINATOR, district))
    answer = client.post(
        "/admin/picked_results/new/",
        {
            "phrases": "volcano",
            "resources-TOTAL_FORMS": "1",
            "resources-INITIAL_FORMS": "0",
            "resources-MIN_NUM_FORMS": "1",
            "resources-MAX_NUM_FORMS": "10",
            "resources-0-resource": str(page.pk),
            "resources-0-ORDER": "1",
        },
    )
    assert answer.status_code == 302, answer.text
    assert search("q=volcano").hits[0].title == "Measuring heat"
    assert "1 list of picked results" in " ".join(client.get("/admin/picked_results/").text.split())
    client.force_login(member(Role.TEACHER, district))
    assert client.get("/admin/picked_results/").status_code in (302, 403)


@pytest.mark.parametrize("typed", ["Résumé & interview", "resume interview", "  RESUME, interview? "])
def test_case_accents_and_signs_do_not_matter(typed: str) -> None:
    assert fold(typed) == "resume interview"


def rows(*wanted: tuple[PromotedResource | None, ResourcePage]) -> dict[str, str]:
    """What the form posts for these rows: the stored one, or None for a new one, and the resource it names now."""
    data = {
        "phrases": "volcano",
        "resources-TOTAL_FORMS": str(len(wanted)),
        "resources-INITIAL_FORMS": str(sum(row is not None for row, _page in wanted)),
        "resources-MIN_NUM_FORMS": "1",
        "resources-MAX_NUM_FORMS": "10",
    }
    for number, (row, page) in enumerate(wanted):
        data |= {
            f"resources-{number}-id": str(row.pk) if row else "",
            f"resources-{number}-resource": str(page.pk),
            f"resources-{number}-ORDER": str(number + 1),
        }
    return data


def edit(promotion: Promotion) -> str:
    return f"/admin/picked_results/edit/{promotion.pk}/"


def test_coordinators_choose_among_what_they_may_see_of_every_district(client: Client) -> None:
    district, other = DistrictFactory(), DistrictFactory(name="Harbor Point")
    page = resource("Volcano model", district=other)
    own = resource("Volcano ratios", district=district, audience=Audience.SCHOOL)
    private = resource("Volcano secrets", district=other, audience=Audience.DISTRICT)
    draft = resource("Volcano plans", district=district, live=False)
    client.force_login(member(Role.COORDINATOR, district))
    for url in ("/admin/resource_chooser/", "/admin/resource_chooser/results/?q=volcano"):
        shown = client.get(url).text
        assert page.title in shown
        assert own.title in shown
        assert "Harbor Point" in shown
        assert private.title not in shown
        assert draft.title not in shown
    assert page.title not in client.get("/admin/resource_chooser/results/?q=ratios").text
    assert client.get(f"/admin/resource_chooser/chosen/{page.pk}/").json()["result"]["title"] == page.title
    assert client.get(f"/admin/resource_chooser/chosen/{private.pk}/").status_code == 404
    several = f"/admin/resource_chooser/chosen-multiple/?id={page.pk}&id={private.pk}&id={draft.pk}"
    assert [one["title"] for one in client.get(several).json()["result"]] == [page.title]
    for refused in (private, draft):
        answer = client.post("/admin/picked_results/new/", rows((None, refused)))
        assert "Choose a published resource that you may see." in answer.text
        assert private.title not in answer.text
    assert not Promotion.objects.exists()
    assert client.post("/admin/picked_results/new/", rows((None, page))).status_code == 302


def test_a_pick_that_a_coordinator_may_not_see_has_no_title_there_and_stays(client: Client) -> None:
    private = resource("Volcano secrets", audience=Audience.DISTRICT)
    page = resource("Volcano model")
    page.title = "Volcano model, half done"
    page.save_revision()
    promotion = pick("volcano", private, page)
    client.force_login(member(Role.COORDINATOR, DistrictFactory()))
    shown = client.get(edit(promotion)).text
    assert "A resource that you may not see" in shown
    assert "Volcano secrets" not in shown
    assert "Volcano model" in shown
    assert "half done" not in shown
    # Who works on it as a draft again still reads what was picked.
    private.unpublish()
    client.force_login(member(Role.COORDINATOR, private.district))
    assert "Volcano secrets" in client.get(edit(promotion)).text
    client.force_login(member(Role.COORDINATOR, DistrictFactory()))
    first, second = promotion.resources.all()
    saved = client.post(edit(promotion), rows((first, private), (second, page)))
    assert saved.status_code == 302
    assert PromotedResource.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_rows_may_swap_what_they_name(client: Client) -> None:
    district = DistrictFactory()
    model, ratios = resource("Volcano model", district=district), resource("Ratios", district=district)
    promotion = pick("volcano", model, ratios)
    first, second = promotion.resources.all()
    client.force_login(member(Role.COORDINATOR, district))
    answer = client.post(edit(promotion), rows((first, ratios), (second, model)))
    assert answer.status_code == 302
    assert [row.resource.title for row in promotion.resources.all()] == ["Ratios", "Volcano model"]
    twice = client.post(edit(promotion), rows((first, ratios), (second, ratios)))
    assert "The same resource is picked twice." in twice.text


def test_what_somebody_else_has_picked_meanwhile_is_not_picked_twice(client: Client) -> None:
    district = DistrictFactory()
    model, ratios, heat = (
        resource(title, district=district) for title in ("Volcano model", "Volcano ratios", "Heat")
    )
    promotion = pick("volcano", model)
    client.force_login(member(Role.COORDINATOR, district))
    row = promotion.resources.get()
    assert client.post(edit(promotion), rows((row, model), (None, ratios))).status_code == 302
    late = client.post(edit(promotion), rows((row, model), (None, ratios), (None, heat)))
    assert "Somebody else has picked this one meanwhile" in late.text
    assert client.post(edit(promotion), rows((row, model), (None, heat))).status_code == 302
    assert {one.resource.title for one in PromotedResource.objects.all()} == {
        "Volcano model",
        "Volcano ratios",
        "Heat",
    }


def test_a_row_that_somebody_else_has_taken_out_meanwhile_says_so_and_can_be_taken_out(
    client: Client,
) -> None:
    district = DistrictFactory()
    model, heat = resource("Volcano model", district=district), resource("Heat", district=district)
    promotion = pick("volcano", model, heat)
    first, second = promotion.resources.all()
    client.force_login(member(Role.COORDINATOR, district))
    PromotedResource.objects.filter(pk=second.pk).delete()
    late = rows((first, model), (second, heat))
    assert "Somebody else has taken this one out meanwhile." in client.post(edit(promotion), late).text
    assert client.post(edit(promotion), {**late, "resources-1-DELETE": "1"}).status_code == 302
    assert [row.resource.title for row in PromotedResource.objects.all()] == ["Volcano model"]


def test_a_pick_that_is_no_longer_published_says_so_to_who_keeps_the_list(client: Client) -> None:
    """Its title alone looked like all others, and nobody finds it."""
    district = DistrictFactory()
    model, heat = resource("Volcano model", district=district), resource("Heat", district=district)
    promotion = pick("volcano", model, heat)
    model.unpublish()
    client.force_login(member(Role.COORDINATOR, district))
    shown = client.get(edit(promotion)).text
    assert "Volcano model (no longer published: nobody is shown it)" in shown
    assert "Heat (" not in shown


def test_searches_of_signs_alone_are_refused_with_what_to_type(client: Client) -> None:
    page = resource("Volcano model")
    client.force_login(member(Role.COORDINATOR, page.district))
    refused = client.post("/admin/picked_results/new/", {**rows((None, page)), "phrases": "???\n½"})
    assert "Type words that people search for." in refused.text
    assert not Promotion.objects.exists()


def test_the_lists_say_how_much_they_show_and_whether_it_is_there_still(client: Client) -> None:
    model, heat, gone = resource("Volcano model"), resource("Heat"), resource("Gone")
    pick("volcano", model, heat)
    pick("ash", gone)
    model.unpublish()
    gone.delete()
    client.force_login(member(Role.COORDINATOR, heat.district))
    shown = client.get("/admin/picked_results/").text
    assert "2 resources, of which not published: 1" in shown
    assert "Nothing: what was picked is gone" in shown


def test_too_few_rows_and_too_many_are_told_of_as_rows(client: Client) -> None:
    page = resource("Volcano model")
    client.force_login(member(Role.COORDINATOR, page.district))
    for number, told in [(0, "Add at least 1 row."), (11, "There is room for 10 rows.")]:
        typed = {**rows(*[(None, page)] * number), "phrases": "volcano"}
        assert told in client.post("/admin/picked_results/new/", typed).text


@pytest.mark.parametrize("audience", ["public", "district"])
def test_what_another_has_picked_instead_is_named_to_who_may_see_it(client: Client, audience: str) -> None:
    district = DistrictFactory()
    model, heat = resource("Volcano model", district=district), resource("Heat", district=district)
    theirs = resource("Volcano secrets", district=DistrictFactory(), audience=audience)
    promotion = pick("volcano", model)
    client.force_login(member(Role.COORDINATOR, district))
    row = promotion.resources.get()
    seen = Page.open(client, edit(promotion)).value("seen")
    promotion.resources.update(resource=theirs)
    late = client.post(edit(promotion), rows((row, heat)) | {"seen": seen}).text
    title = "Volcano secrets" if audience == "public" else "A resource that you may not see"
    assert f"Now there is – Place 1 – Resource: {title}" in late
