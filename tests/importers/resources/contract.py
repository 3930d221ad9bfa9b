"""What every reader of resources is held to. A new one subclasses `ReaderContract` and writes the small collection."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.resources import readers
from importers.resources.draft import Collection, ResourceDraft
from importers.resources.plan import counts
from importers.resources.services import import_resources
from people.models import District
from repository.models import ResourcePage


@dataclass(frozen=True)
class Small:
    """Two resources as every format can say them."""

    resources: ClassVar[list[dict[str, Any]]] = [
        {
            "identifier": "mix-1",
            "title": "Mix paint by ratio – in groups",
            "description": "Students mix two colors & <b>record</b> the ratio.",
            "url": "https://lessons.example/mix-1",
            "grades": ["Grade 6", "Grade 7"],
            "kind": "Activity",
            "subject": "Mathematics",
            "author": "Ada Painter",
            "standards": ["M.6.RP.1", "M.6.RP.3"],
        },
        {
            "identifier": "race-2",
            "title": "Race the number line",
            "description": "A game.",
            "url": "https://lessons.example/race-2",
            "grades": ["Grade 3"],
            "kind": "Lesson Plan",
            "subject": "Mathematics",
            "author": "Ben Runner",
            "standards": ["M.6.RP.2"],
        },
    ]


class ReaderContract(ABC):
    reader: str
    end_may_be_lost = False
    small = Small()

    @abstractmethod
    def write(self) -> bytes: ...

    def collection(self) -> Collection:
        return readers.read(Payload(self.write()))

    def drafts(self) -> dict[str, ResourceDraft]:
        return {draft.title: draft for draft in self.collection().resources}

    def test_the_format_is_known_from_the_content(self) -> None:
        found = next(reader for reader in readers.READERS if reader.recognises(Payload(self.write())))
        assert found.name == self.reader

    def test_names_and_words_are_kept_as_given(self) -> None:
        found = self.drafts()
        assert list(found) == [one["title"] for one in self.small.resources]
        for one in self.small.resources:
            draft = found[one["title"]]
            assert one["identifier"] in draft.names
            assert (draft.url, draft.description) == (one["url"], one["description"])
            assert [str(alignment) for alignment in draft.alignments] == one["standards"]
            assert draft.authors == (one["author"],)

    def test_each_resource_names_its_place_in_the_file(self) -> None:
        paths = [draft.path for draft in self.collection().resources]
        assert all(paths)
        assert len(set(paths)) == len(paths)

    def test_the_pages_say_what_the_source_says(self, district: District, ratios: dict[str, int]) -> None:
        import_resources(self.write(), district=district)
        mix, race = ResourcePage.objects.order_by("path")
        assert (mix.title, mix.grades, mix.kind.slug) == (
            "Mix paint by ratio – in groups",
            ["06", "07"],
            "task",
        )
        assert (race.grades, race.kind.slug, race.attribution) == (["03"], "lesson", "Ben Runner")
        assert mix.summary == "Students mix two colors & record the ratio."
        assert [subject.slug for subject in mix.subjects.all()] == ["mathematics"]
        assert [one.item_id for one in mix.alignments.all()] == [ratios["M.6.RP.1"], ratios["M.6.RP.3"]]
        assert (mix.link_url, mix.source_url) == ("https://lessons.example/mix-1",) * 2
        assert mix.source_identifier == "mix-1"

    def test_the_same_input_twice_changes_nothing(self, district: District, ratios: dict[str, int]) -> None:
        import_resources(self.write(), district=district)
        before = list(ResourcePage.objects.order_by("pk").values())
        report = import_resources(self.write(), district=district)
        assert report.plan.is_empty
        assert counts(report.plan)["unchanged"] == len(self.small.resources)
        assert list(ResourcePage.objects.order_by("pk").values()) == before

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
    def test_a_file_that_was_cut_off_is_refused_and_writes_nothing(
        self, district: District, share: float
    ) -> None:
        data = self.write()
        if self.end_may_be_lost:
            pytest.skip("what is cut off between two records of this format cannot be told from a whole file")
        with pytest.raises(ImportRefused) as refusal:
            import_resources(data[: int(len(data) * share)], district=district)
        assert "\n" not in str(refusal.value)
        assert not ResourcePage.objects.exists()
