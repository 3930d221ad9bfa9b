"""What every reader is held to. A new reader subclasses `ReaderContract` and says how it writes the small framework."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import pytest
from django.db.models import F

from importers import readers
from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.services import import_framework, read
from standards.models import Framework, Item


@dataclass(frozen=True)
class Small:
    """code: (words, code of the parent, grades). The children of R are given in the wrong order on purpose."""

    statements = {
        "R": ("Ratios and proportional relationships", None, ["06"]),
        "R.2": ("Find a unit rate.", "R", []),
        "R.10": ("Solve percent problems.", "R", ["07"]),
        "R.1": ("Describe a ratio – with words, \N{MATHEMATICAL ITALIC SMALL D} and <b>marks</b>.", "R", []),
    }
    order = ("R", "R.1", "R.2", "R.10")
    grades = {"R": ["06"], "R.1": ["06"], "R.2": ["06"], "R.10": ["07"]}


class ReaderContract(ABC):
    """Subclasses write SMALL in their format, with an unknown key where the format has room for one."""

    reader: str
    small = Small()

    @abstractmethod
    def write(self) -> bytes: ...

    @abstractmethod
    def identifier(self, code: str) -> str:
        """The identifier that `write` gave a statement."""

    def draft(self) -> FrameworkDraft:
        (draft,) = read(Payload(self.write()))
        return draft

    def test_the_format_is_known_from_the_content(self) -> None:
        found = next(reader for reader in readers.READERS if reader.recognises(Payload(self.write())))
        assert found.name == self.reader

    def test_identifiers_and_words_are_kept_as_given(self) -> None:
        found = {item.human_coding_scheme: item for item in self.draft().items}
        for code, (words, _, _) in self.small.statements.items():
            assert found[code].identifier == self.identifier(code)
            assert found[code].full_statement == words

    def test_words_that_nobody_can_see_are_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(Small.statements, "R.2", ("\u200b\u00ad\u202e", "R", []))
        draft = self.draft()
        (statement,) = [item for item in draft.items if item.human_coding_scheme == "R.2"]
        assert statement.full_statement == ""
        assert "is missing." in [one.message for one in draft.problems if one.rule == "required"]

    @pytest.mark.django_db
    def test_statements_stand_in_order_below_their_parents(self) -> None:
        import_framework(self.write())
        items = Item.objects.order_by("position")
        assert [item.human_coding_scheme for item in items] == list(self.small.order)
        parents = dict(
            Item.objects.filter(ancestor_links__depth=1)
            .annotate(parent=F("ancestor_links__ancestor__human_coding_scheme"))
            .values_list("human_coding_scheme", "parent")
        )
        assert parents == {code: parent for code, (_, parent, _) in self.small.statements.items() if parent}

    @pytest.mark.django_db
    def test_a_statement_without_grades_takes_those_above_it(self) -> None:
        import_framework(self.write())
        assert dict(Item.objects.values_list("human_coding_scheme", "grades")) == self.small.grades
        assert Framework.objects.get().grades == ["06", "07"]

    @pytest.mark.django_db
    def test_the_same_input_twice_changes_nothing(self) -> None:
        import_framework(self.write())
        before = list(Item.objects.order_by("pk").values())
        report = import_framework(self.write())
        assert report.plan.is_empty
        assert list(Item.objects.order_by("pk").values()) == before

    @pytest.mark.django_db
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_a_file_that_was_cut_off_is_refused_and_writes_nothing(self, share: float) -> None:
        data = self.write()
        with pytest.raises(ImportRefused) as refusal:
            import_framework(data[: int(len(data) * share)])
        assert "\n" not in str(refusal.value)
        assert not Framework.objects.exists()
