"""Imports, undos and people's work in any order: what a plan says is what is done, and what is undone is as it was."""

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from taggit.models import Tag
from wagtail.models import Page

from importers.models import (
    FrameworkImport,
    ImportedResource,
    ResourceChange,
    ResourceImport,
    WaitingAlignment,
)
from importers.problems import ImportRefused
from importers.resources.plan import counts
from importers.resources.services import Report, import_resources
from importers.resources.undo import undo_import
from importers.services import import_framework
from importers.services import undo_import as undo_framework
from people.models import District, Role
from repository.curation import merge_tag
from repository.models import Audience, Modality, ResourcePage, Subject, Topic
from repository.permissions import sync_all
from repository.services.drafts import save_draft
from repository.services.errors import ServiceError
from repository.services.review import approve, return_to_author, submit, unpublish
from repository.vocabularies import load_vocabularies
from standards.models import Item
from tests.factories import DistrictFactory, district_page, member, topic
from tests.importers.packages import as_bytes, package
from tests.importers.resources.loading import lesson
from tests.walks import WORDS, Walk

pytestmark = pytest.mark.django_db

STEPS, SEEDS = 16, [4]  # by hand: more of both
CODES = ["A.1", "A.2", "B.1", "B.2", "Z.9"]
Record = dict[str, Any]


class Districts(Walk):
    """Two districts that import from a source each. Each public method is something that somebody does."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        load_vocabularies()
        self._districts: list[District] = [DistrictFactory(), DistrictFactory()]
        for one in self._districts:
            district_page(one)
        for name in WORDS[:4]:
            topic(name)
        self._coordinators = {one.pk: member(Role.COORDINATOR, one) for one in self._districts}
        self._reviewers = {one.pk: member(Role.REVIEWER, one) for one in self._districts}
        sync_all()
        self._source: dict[int, dict[str, Record]] = {one.pk: {} for one in self._districts}
        self._last: dict[int, tuple[bytes, dict[str, Any]]] = {}
        self._trees: list[dict[str, str | None]] = [{"A": None, "A.1": "A"}, {"B": None, "B.1": "B"}]
        self._titles = ["Meridian Mathematics", "Meridian Science"]
        for number in range(2):
            self._load(number)
        for one in self._districts:
            self._revise(one, 6)
            self._import(one)

    # -- the source

    def _record(self, key: str) -> Record:
        name = self._name()
        more: Record = {}
        for field, values in {
            "keywords": [["blue"], ["red", "green"], ["river"], []],
            "about": ["Science", ["Math", "Pottery"]],
            "educationalUse": ["group work", "tutoring", "yodel"],
            "timeRequired": ["PT10M", "P1D"],
            "x:shelf": [1, 2],
            "url": ["https://lessons.example/folder", f"https://lessons.example/{key}"],
        }.items():
            if self._chance.random() < 0.5:
                more[field] = self._one(values)
        if self._often():
            more["educationalAlignment"] = [
                {"alignmentType": self._one(["teaches", "assesses"]), "targetName": code}
                for code in self._chance.sample(CODES, self._chance.randint(1, 3))
            ]
        return lesson(name, identifier=key, teaches="Mix paint by ratio", **more)

    def _revise(self, district: District, number: int) -> None:
        source = self._source[district.pk]
        for _ in range(number):
            key = f"L-{self._chance.randint(1, 9)}"
            kind = self._chance.random()
            if kind < 0.15:
                source.pop(key, None)
            elif kind < 0.3 and key in source:
                source[key] = {**source[key], "x:note": self._name()}
            elif kind < 0.5 and key in source:
                source[key] = {**source[key], "description": self._name()}
            else:
                source[key] = self._record(key)
        if not source:
            source["L-1"] = self._record("L-1")

    def _import(self, district: District, **options: Any) -> Report:
        data = json.dumps(list(self._source[district.pk].values())).encode()
        tried = import_resources(data, district=district, dry_run=True, **options)
        before = ResourcePage.objects.count()
        done = import_resources(data, district=district, **options)
        assert counts(tried.plan) == counts(done.plan)
        assert ResourcePage.objects.count() == before + len(done.plan.added)
        again = import_resources(data, district=district, **options)
        assert again.plan.is_empty, [item.changes for item in (*again.plan.added, *again.plan.changed)]
        assert counts(again.plan)["conflicts"] == counts(done.plan)["conflicts"]
        return done

    def _options(self) -> dict[str, Any]:
        return {
            "audience": self._one(["", "", "", Audience.STATE, Audience.DISTRICT]),
            "replace_reviewed": self._chance.random() < 0.3,
        }

    def import_a_new_version(self) -> None:
        district = self._one(self._districts)
        self._revise(district, self._chance.randint(0, 4))
        self._import(district, **self._options())

    def import_a_new_version_and_take_it_back(self) -> None:
        district = self._one(self._districts)
        self._revise(district, self._chance.randint(1, 4))
        before = everything()
        done = self._import(district, **self._options())
        if done.plan.is_empty or done.record is None:
            return
        replaced = any(item.is_reviewed for item in done.plan.changed)
        undone = undo_import(done.record)
        assert undone.kept == ()
        if not replaced:
            assert different(before, everything()) == []

    def undo_any(self) -> None:
        applied = ResourceImport.objects.filter(state="applied").order_by("-pk")
        if record := self._one(applied[: self._chance.choice([1, 10])]):
            tried = undo_import(record, dry_run=True)
            pages = ResourcePage.objects.count()
            gone = record.changes.filter(before__isnull=True, resource__page__isnull=True).count()
            done = undo_import(record)
            assert tried == done
            record.refresh_from_db()
            assert record.changes.count() == len(done.kept)
            assert record.state == ("applied" if done.kept else "undone")
            assert pages - done.removed <= ResourcePage.objects.count() <= pages - done.removed + gone

    # -- people's work

    def _page(self, **conditions: Any) -> Any:
        return self._one(ResourcePage.objects.filter(**conditions).order_by("pk"))

    def edit_on_the_site(self) -> None:
        if page := self._page(locked=False):
            name = self._name()
            with suppress(ServiceError, PermissionDenied):
                save_draft(
                    identifier=page.identifier,
                    user=self._coordinators[page.district_id],
                    change=lambda draft: setattr(draft, "summary", name),
                )

    def edit_in_the_admin(self) -> None:
        if page := self._page():
            page = page.get_latest_revision_as_object()
            page.title = self._name()
            revision = page.save_revision()
            if self._often():
                revision.publish()

    def publish_unchanged(self) -> None:
        if page := self._page(live=True):
            page.get_latest_revision_as_object().save_revision().publish()

    def take_off(self) -> None:
        if page := self._page(live=True):
            with suppress(ServiceError, PermissionDenied):
                unpublish(identifier=page.identifier, user=self._coordinators[page.district_id])

    def put_back(self) -> None:
        if page := self._page(live=False):
            page.get_latest_revision().publish()

    def send_to_review(self) -> None:
        if page := self._page():
            with suppress(ServiceError, PermissionDenied):
                if page.live:
                    unpublish(identifier=page.identifier, user=self._coordinators[page.district_id])
                submit(identifier=page.identifier, user=self._coordinators[page.district_id])

    def review(self) -> None:
        for page in ResourcePage.objects.order_by("pk"):
            if page.current_workflow_state is None:
                continue
            seen = page.latest_revision_id
            user = self._reviewers[page.district_id]
            with suppress(ServiceError, PermissionDenied):  # the latter where the admin saved another version
                if self._often():
                    facts = {f"{a.item_id}.{a.relation}.": "confirmed" for a in page.alignments.all()}
                    approve(identifier=page.identifier, user=user, revision_id=seen, judgements=facts)
                else:
                    return_to_author(identifier=page.identifier, user=user, revision_id=seen, comment="More")

    def lock_or_unlock(self) -> None:
        if page := self._page():
            page.locked = not page.locked
            page.save()

    def move(self) -> None:
        if page := self._page():
            place = district_page(self._one(self._districts))
            if not place.get_children().filter(slug=page.slug).exists():
                page.move(place, pos="last-child")

    def copy(self) -> None:
        if page := self._page():
            page.copy(
                to=district_page(self._one(self._districts)),
                update_attrs={"slug": self._name().replace(" ", "-")},
            )

    def delete(self) -> None:
        if page := self._page():
            page.delete()

    def merge_a_tag(self) -> None:
        tag, into = self._one(Tag.objects.all()), self._one(Topic.objects.all())
        if tag and into:
            merge_tag(tag=tag, topic=into)

    def drop_or_rename_a_word(self) -> None:
        one = self._one(
            [*Subject.objects.filter(slug="science"), *Modality.objects.all()[:4], *Topic.objects.all()]
        )
        if one is None:
            return
        if self._often():
            name = "name" if isinstance(one, Topic) else "label"
            setattr(one, name, self._name())
            one.save()
        else:
            one.delete()

    # -- frameworks

    def _load(self, number: int) -> None:
        identifier = f"0d0c0000-0000-4000-8000-00000000000{number}"
        raw = package(self._trees[number], title=self._titles[number], identifier=identifier)
        import_framework(as_bytes(raw), allow_retire=True)

    def revise_a_framework(self) -> None:
        number = self._chance.randint(0, 1)
        tree, top = self._trees[number], "AB"[number]
        code = f"{top}.{self._chance.randint(1, 3)}"
        if code in tree:
            del tree[code]
        else:
            tree[code] = top
        self._load(number)

    def undo_a_framework(self) -> None:
        last = self._one(FrameworkImport.objects.filter(state="applied", undoes=None))
        if last is None:
            return
        number = self._titles.index(last.title)
        with suppress(ImportRefused):  # a later one, or resources, rely on it
            undo_framework(last)
            here = Item.objects.filter(framework__title=last.title, retired_at=None)
            codes = here.values_list("human_coding_scheme", flat=True)
            self._trees[number] = {code: None if len(code) == 1 else code[0] for code in sorted(codes)}


def everything() -> dict[str, Any]:
    """What the library says, without the numbers of rows that are made anew."""
    return {
        "pages": {page.pk: said(page) for page in ResourcePage.objects.all()},
        "rows": {
            row.pk: [row.key, row.names, row.raw, row.fields, row.alignments, row.last_import_id, row.page_id]
            for row in ImportedResource.objects.all()
        },
        "waiting": sorted(
            WaitingAlignment.objects.values_list(
                "resource_id", "relation", "target_name", "framework", "reason"
            )
        ),
        "changes": sorted(ResourceChange.objects.values_list("run", "resource")),
    }


def different(before: Any, after: Any, where: str = "") -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for key in sorted({*before, *after}, key=str)
            for found in different(before.get(key), after.get(key), f"{where}/{key}")
        ]
    return [] if before == after else [f"{where}: {before} became {after}"]


def said(page: ResourcePage) -> dict[str, Any]:
    def of(one: ResourcePage) -> dict[str, Any]:
        return {
            **{name: getattr(one, name) for name in OWN},
            "body": json.loads(json.dumps(list(one.body.raw_data), default=str)),
            "tags": sorted(one.tags.names()),
            "alignments": sorted(
                (a.item_id, a.relation, a.level_id or 0, a.note, a.status) for a in one.alignments.all()
            ),
            **{
                name: sorted(x.pk for x in getattr(one, name).all())
                for name in ("subjects", "topics", "modalities")
            },
        }

    return {"live": of(page), "draft": of(page.get_latest_revision_as_object())}


OWN = sorted(
    {field.attname for field in ResourcePage._meta.concrete_fields}
    - {"latest_revision_id", "live_revision_id", "last_published_at", "latest_revision_created_at"}
    - {"body", "locked_at"}
)


def check_rows(done: list[str]) -> None:
    """Nothing is left over, and a page that nobody touched is what its source says."""
    rows = ImportedResource.objects.select_related("page").prefetch_related(
        "waiting", "page__alignments__item"
    )
    for row in rows:
        named = {(one["relation"], one["target_name"]) for one in row.alignments}
        waits = sorted((one.relation, one.target_name) for one in row.waiting.all())
        assert set(waits) <= named, done
        assert len(set(waits)) == len(waits), done
        page = row.page
        if page is None or page.latest_revision_id != row.revision_id:
            continue
        here = {(one.relation, one.item.human_coding_scheme) for one in page.alignments.all()}
        assert here | set(waits) == named, (row.key, done)
        for name in AS_SOURCE if page.live else ():
            assert getattr(page, name) == row.fields[name], (name, row.key, done)
    for change in ResourceChange.objects.select_related("resource", "run"):
        assert change.run.state == "applied", done
        assert change.run.district_id == change.resource.district_id, done
    assert Page.find_problems() == ([], [], [], [], []), done
    for page in ResourcePage.objects.all():
        assert page.get_parent().specific.district_id == page.district_id, done


AS_SOURCE = "title summary grades licence audience attribution duration_minutes language".split()


def check_pages(client: Client, done: list[str]) -> None:
    for page in ResourcePage.objects.all():
        may_see = page.live and page.audience == Audience.PUBLIC
        assert (client.get(page.url or "/").status_code == 200) == may_see, (page.title, done)


DOINGS = sorted(name for name in vars(Districts) if not name.startswith("_"))
IMPORTING = ["import_a_new_version", "import_a_new_version_and_take_it_back", "undo_any", "undo_any"]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_undone_is_as_it_was_after_anything_in_any_order(seed: int, client: Client) -> None:
    chance = random.Random(seed)
    done: list[str] = []
    districts = Districts(chance)
    for number in range(STEPS):
        done.append(chance.choice(DOINGS + IMPORTING))
        with transaction.atomic():
            getattr(districts, done[-1])()
        check_rows(done)
        if number % 8 == 7:
            check_pages(client, done)
