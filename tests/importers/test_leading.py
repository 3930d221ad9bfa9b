"""Which source says what a framework has, and how it is given to another one, as where a state goes over to CASE."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from importers import jobs
from importers.models import FrameworkImport
from importers.services import import_framework, undo_import
from people.models import Role
from standards.models import Framework, Item
from tests.factories import DistrictFactory, StateFactory
from tests.importers.asking import act, page, person, press, upload
from tests.importers.dialects import FILES, GUID, case, csp
from tests.importers.packages import Raw, as_bytes
from tests.importers.test_refresh import Source, source
from tests.repository.pages import signed_in

__all__ = ["source"]
pytestmark = pytest.mark.django_db
NEW = "7b1f3c00-0000-4000-8000-000000000009"
GRAPH = next(name for name in FILES if name.startswith("graph"))


def revised() -> Raw:
    """The next edition, from a CASE server: other words, one statement more, and one less."""
    raw = case()
    raw["CFItems"] = [one for one in raw["CFItems"] if one["humanCodingScheme"] != "R.10"]
    raw["CFAssociations"] = [
        one for one in raw["CFAssociations"] if one["originNodeURI"]["identifier"] != GUID["R.10"]
    ]
    first = next(one for one in raw["CFItems"] if one["humanCodingScheme"] == "R.1")
    first["fullStatement"] = "Describe a ratio in words and pictures."
    raw["CFItems"].append({**first, "identifier": NEW, "humanCodingScheme": "R.3", "uri": f"https://case.example/uri/{NEW}",
                           "fullStatement": "Compare two ratios."})  # fmt: skip
    link = next(one for one in raw["CFAssociations"] if one["originNodeURI"]["identifier"] == GUID["R.1"])
    end = {**link["originNodeURI"], "identifier": NEW, "uri": f"https://case.example/uri/{NEW}"}
    other = "7b1f3c00-0000-4000-8000-100000000009"
    raw["CFAssociations"].append(
        {**link, "identifier": other, "uri": f"https://case.example/uri/{other}", "originNodeURI": end}
    )
    return raw


def live() -> dict[str, str]:
    return dict(Item.objects.filter(retired_at=None).values_list("human_coding_scheme", "full_statement"))


@pytest.fixture
def file(tmp_path: Path) -> str:
    import_framework(FILES[GRAPH], short_name="RATIO")
    path = tmp_path / "edition.json"
    path.write_bytes(as_bytes(revised()))
    return str(path)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_framework", *arguments, "--verbosity", "0", stdout=out)
    return out.getvalue()


def test_another_source_changes_no_words_and_says_how_it_would(file: str) -> None:
    before = live()
    said = run(file, "--dry-run")
    assert "only the source that it follows (Learning Commons Knowledge Graph) adds statements" in said
    assert "import it with --lead" in said
    run(file)
    assert live() == before


def test_another_source_ends_nothing_and_tells_of_no_successors_that_only_it_has(
    file: str, tmp_path: Path
) -> None:
    raw = revised()
    raw["CFDocument"] |= {"version": "2025", "adoptionStatus": "Private Draft"}
    for item in raw["CFItems"]:
        item["statusEndDate"] = "2020-01-01"
    links = raw["CFAssociations"]
    new = links[-1]["originNodeURI"]
    for number, code in enumerate(("R.1", "R.2")):
        end = {"identifier": GUID[code], "uri": f"https://case.example/uri/{GUID[code]}", "title": code}
        links.append({**links[-1], "identifier": f"7b1f3c00-0000-4000-8000-20000000000{number}", "uri": "",
                      "associationType": "replacedBy", "originNodeURI": end,
                      "destinationNodeURI": new})  # fmt: skip
    (tmp_path / "other.json").write_bytes(as_bytes(raw))
    before = live()
    report = import_framework(tmp_path / "other.json")
    assert (report.plan.replaced, report.plan.ended) == ((), ())
    assert live() == before
    framework = Framework.objects.get()
    assert (framework.version, framework.adoption_status) == ("", "")


def test_a_source_that_is_told_to_lead_says_what_holds_from_then_on(file: str, tmp_path: Path) -> None:
    before = live()
    keys = dict(Item.objects.values_list("human_coding_scheme", "pk"))
    said = run(file, "--lead", "--allow-retire")
    assert "--lead" not in said
    assert sorted(live()) == ["R", "R.1", "R.2", "R.3"]
    assert live()["R.1"] == "Describe a ratio in words and pictures."
    assert keys.items() <= dict(Item.objects.values_list("human_coding_scheme", "pk")).items()
    assert Framework.objects.count() == 1
    run(file)
    again = as_bytes(
        {**revised(), "CFItems": [one | {"notes": "Now with notes."} for one in revised()["CFItems"]]}
    )
    (tmp_path / "next.json").write_bytes(again)
    run(str(tmp_path / "next.json"))
    assert set(Item.objects.filter(retired_at=None).values_list("notes", flat=True)) == {"Now with notes."}
    after = live()
    import_framework(FILES[GRAPH])  # the one that led has no say now
    assert live() == after
    undo_import(FrameworkImport.objects.filter(state="applied").order_by("-pk")[0])
    undo_import(
        FrameworkImport.objects.get(pk=FrameworkImport.objects.filter(state="applied").order_by("pk")[1].pk)
    )
    assert live() == before
    assert "with --lead" in run(file, "--dry-run", "--again")


def test_a_part_of_a_framework_cannot_lead(tmp_path: Path) -> None:
    part = tmp_path / "part.json"
    part.write_bytes(as_bytes({"data": csp()}))
    run(str(part))
    with pytest.raises(CommandError, match="Only a whole framework can lead"):
        run(str(part), "--lead")


def test_a_source_leads_though_it_changes_nothing_yet(file: str, tmp_path: Path) -> None:
    same = tmp_path / "same.json"
    same.write_bytes(as_bytes(case()))
    run(str(same))
    run(str(same), "--lead")
    run(file, "--allow-retire")
    assert live()["R.1"] == "Describe a ratio in words and pictures."


class Admin:
    """A state administrator, to whom the next edition comes from a CASE server."""

    def __init__(self, callbacks: Any) -> None:
        self.callbacks = callbacks
        self.client = signed_in(person(Role.STATE_ADMIN, StateFactory()))

    def upload(self, raw: Raw) -> FrameworkImport:
        return upload(self.client, self.callbacks, as_bytes(raw))

    def page(self, record: FrameworkImport) -> str:
        return " ".join(page(self.client, record).split())

    def framework(self) -> str:
        address = f"/admin/standards/{Framework.objects.get().pk}/"
        return " ".join(self.client.get(address).content.decode().split())

    def press(self, record: FrameworkImport, action: str) -> str:
        """Presses a button that has the same run planned again."""
        with self.callbacks(execute=True):
            answer = self.client.post(f"/admin/standards/imports/{record.pk}/{action}/")
        assert answer["Location"] == f"/admin/standards/imports/{record.pk}/"
        jobs.plan_now(record.pk)
        record.refresh_from_db()
        return self.page(record)

    def apply(self, record: FrameworkImport, **said: str) -> str:
        return " ".join(act(self.client, self.callbacks, record, "apply", **said).split())


@pytest.fixture
def admin(file: str, django_capture_on_commit_callbacks: Any) -> Admin:
    return Admin(django_capture_on_commit_callbacks)


FOLLOWS = "The framework follows another source: Learning Commons Knowledge Graph."
BUTTON = "Follow this source from now on …"


def test_in_the_admin_the_plan_says_who_leads_and_is_made_anew_as_a_person_chooses(admin: Admin) -> None:
    before = live()
    record = admin.upload(revised())
    seen = admin.page(record)
    assert FOLLOWS in seen
    assert BUTTON in seen
    assert "--lead" not in seen
    assert record.counts["added"] == 0
    seen = admin.press(record, "lead")
    assert "Once this is applied, the framework follows this source" in seen
    assert BUTTON not in seen
    assert (record.counts["added"], record.counts["retired"]) == (1, 1)
    assert live() == before
    assert FOLLOWS in admin.press(record, "follow")
    assert record.counts["added"] == 0
    admin.press(record, "lead")
    assert "<dt>Follows</dt> <dd>Learning Commons Knowledge Graph</dd>" in admin.framework()
    assert "The framework follows this source since then." in admin.apply(record, allow_retire="on")
    assert "<dt>Follows</dt> <dd>CASE</dd>" in admin.framework()
    assert live()["R.1"] == "Describe a ratio in words and pictures."
    later = admin.upload({**revised(), "CFItems": [one | {"notes": "New."} for one in revised()["CFItems"]]})
    assert BUTTON not in admin.page(later)
    assert later.counts["changed"] == 4


def test_in_the_admin_one_that_was_applied_or_had_nothing_to_bring_can_be_followed_too(admin: Admin) -> None:
    record = admin.upload(revised())
    seen = admin.apply(record)
    assert "The framework followed another source when this was applied" in seen
    again = press(admin.client, admin.callbacks, record, "lead")
    assert (again.state, again.counts["added"]) == ("planned", 1)
    once_more = admin.upload(revised())
    assert once_more.state == "unchanged"
    assert BUTTON in admin.page(once_more)
    admin.press(once_more, "lead")
    assert (once_more.state, once_more.counts["added"]) == ("planned", 1)


def test_in_the_admin_a_first_import_and_the_next_edition_of_a_source_ask_nothing(
    django_capture_on_commit_callbacks: Any,
) -> None:
    admin = Admin(django_capture_on_commit_callbacks)
    record = admin.upload(case())
    assert BUTTON not in admin.page(record)
    admin.apply(record)
    record = admin.upload(revised())
    assert BUTTON not in admin.page(record)
    admin.press(record, "lead")
    assert not record.leads


def test_only_who_may_import_the_framework_says_which_source_it_follows(admin: Admin) -> None:
    record = admin.upload(revised())
    stranger = signed_in(person(Role.DISTRICT_ADMIN, DistrictFactory()))
    seen = " ".join(page(stranger, record).split())
    assert FOLLOWS in seen
    assert BUTTON not in seen
    for action in ("lead", "follow"):
        answer = stranger.post(f"/admin/standards/imports/{record.pk}/{action}/", follow=True)
        assert "Sorry, you do not have permission" in answer.content.decode()
    record.refresh_from_db()
    assert (record.state, record.leads) == ("planned", False)


def test_changes_are_looked_for_where_the_followed_source_came_from_and_each_address_may_be_followed(
    source: Source, django_capture_on_commit_callbacks: Any
) -> None:
    source.data = as_bytes(case())
    first = import_framework(source.url).framework
    other = Source()
    other.data = FILES[GRAPH].replace(b"Describe a ratio", b"Tell of a ratio")
    assert first
    import_framework(other.url)
    first.refresh_from_db()
    assert first.source_url == source.url
    admin = Admin(django_capture_on_commit_callbacks)
    with admin.callbacks(execute=True):
        admin.client.post("/admin/standards/import/", {"url": other.url, "owner": StateFactory().pk})
    record = FrameworkImport.objects.latest("pk")
    jobs.plan_now(record.pk)
    record.refresh_from_db()
    seen = admin.page(record)
    assert "so it was not read again" in seen
    assert "The framework follows another source: CASE." in seen
    admin.press(record, "lead")
    assert (record.state, record.counts["changed"]) == ("planned", 1)
    admin.apply(record)
    first.refresh_from_db()
    assert first.source_url == other.url
    assert "Tell of a ratio – in words." in live().values()
