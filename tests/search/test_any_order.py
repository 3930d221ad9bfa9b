"""Whatever people, imports and Wagtail's commands do, in any order: the index says what the database says."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import GroupApprovalTask, Page, Revision, Site, Workflow, WorkflowTask

from importers.models import FrameworkImport, ResourceImport
from importers.problems import ImportRefused
from importers.resources.services import import_resources
from importers.resources.undo import undo_import as undo_resource_import
from importers.services import import_framework, undo_import
from people.models import Role, User
from repository.admin import TopicForm
from repository.curation import merge_tag
from repository.models import (
    Alignment,
    Audience,
    CompetencyLevel,
    Modality,
    ResourceKind,
    ResourcePage,
    Subject,
    Topic,
)
from repository.services.alignments import align, realign
from repository.services.bulk import delete_resources
from repository.services.bulk_rows import AlignmentData
from search import check
from standards.models import Framework, Item
from tests.factories import (
    DistrictFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SchoolFactory,
    SubjectFactory,
    district_page,
    member,
    resource,
    state_page,
    topic,
)
from tests.importers.packages import as_bytes, package
from tests.importers.resources.loading import lesson
from tests.walks import WORDS, Walk

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

STEPS, AT_ONCE = 160, 8


class Library(Walk):
    """Three districts with a dozen resources. Each public method is something that somebody does."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self._districts = [DistrictFactory() for _ in range(3)]
        self._schools = [SchoolFactory(parent=district) for district in self._districts]
        self._reviewer = member(Role.REVIEWER, self._districts[0], is_superuser=True)
        for district in self._districts:
            member(Role.TEACHER, district)
        above = topic("numbers")
        for word in WORDS[:4]:
            topic(word, under=above)
        states = ScaleFactory()
        first, _second = (LevelFactory(scale=states) for _ in range(2))
        LevelFactory(scale=ScaleFactory(owner=self._districts[0]), state_equivalent=first)
        self._tree: dict[str, str | None] = {"A": None, "A.1": "A", "A.1.a": "A.1", "B": None, "B.1": "B"}
        self._said = {code: f"Say {code} in words" for code in self._tree}
        self._load()
        workflow = Workflow.objects.create(name="Review")
        task = GroupApprovalTask.objects.create(name="Read")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
        self._workflow = workflow
        for _ in range(12):
            self.contribute()

    def _page(self, **conditions: Any) -> Any:
        return self._one(ResourcePage.objects.filter(**conditions))

    def _load(self) -> None:
        raw = package(self._tree, title=self._one(["Ratios", "Ratios and more"]))
        for item in raw["CFItems"]:
            item["fullStatement"] = self._said[item["humanCodingScheme"]]
        raw["CFDocument"]["adoptionStatus"] = self._one(["Adopted", "Adopted", "Private Draft"])
        import_framework(as_bytes(raw), allow_retire=True)

    # -- resources

    def contribute(self) -> None:
        items = self._chance.sample(list(Item.objects.all()), 2)
        resource(
            self._name(),
            district=self._one(self._districts),
            owner=self._one(User.objects.all()),
            summary=self._name(),
            topics=[one for one in [self._one(Topic.objects.all())] if one],
            tags=[self._one(WORDS)],
            subjects=[SubjectFactory(slug=self._one(["mathematics", "science"]))],
            modalities=[ModalityFactory(slug=self._one(["pairs", "alone"]))],
            kind=KindFactory(slug=self._one(["lesson", "task"])),
            alignments=[{"item": item, "level": self._one(CompetencyLevel.objects.all())} for item in items],
            live=self._often(),
        )

    def contribute_nearly_the_same(self) -> None:
        page = self._page()
        resource(f"{page.title} again", district=page.district, summary=page.summary, kind=page.kind)

    def edit(self) -> None:
        page = self._page()
        page.title, page.audience = self._name(), self._one(Audience.values)
        revision = page.save_revision()
        if self._often():
            revision.publish()

    def go_back_to_an_older_version(self) -> None:
        self._one(self._page().revisions.all()).publish()

    def publish_at_a_time(self) -> None:
        page = self._page()
        page.title, page.go_live_at = self._name(), timezone.now() + timedelta(hours=1)
        revision = page.save_revision()
        revision.publish()
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now())
        call_command("publish_scheduled")

    def end_at_a_time(self) -> None:
        if page := self._page(live=True):
            page.expire_at = timezone.now()
            page.save()
            call_command("publish_scheduled")

    def unpublish(self) -> None:
        if page := self._page(live=True):
            page.unpublish()

    def publish(self) -> None:
        if page := self._page(live=False):
            page.save_revision().publish()

    def delete(self) -> None:
        self._page().delete()

    def delete_past_the_page(self) -> None:
        delete_resources(page_ids=[self._page().pk])

    def move(self) -> None:
        page, place = self._page(), district_page(self._one(self._districts))
        if not place.get_children().filter(slug=page.slug).exists():
            page.move(place, pos="last-child")

    def copy(self) -> None:
        changes = {"slug": self._name().replace(" ", "-")}
        place = district_page(self._one(self._districts))
        self._page().copy(to=place, update_attrs=changes, keep_live=self._often())

    def review(self) -> None:
        page = self._page()
        if page.current_workflow_state is None:
            page.save_revision()
            self._workflow.start(page, self._reviewer)
        state = page.current_workflow_state
        if self._often():
            state.current_task_state.specific.approve(user=self._reviewer)
        else:
            state.cancel(user=self._reviewer)

    def purge_old_versions(self) -> None:
        call_command("purge_revisions", verbosity=0)

    def import_lessons(self) -> None:
        district = self._one(self._districts)
        district_page(district)
        target = {"alignmentType": "teaches", "targetName": self._one(self._tree)}
        some = [
            lesson(f"Imported {n}", description=self._name(), educationalAlignment=[target]) for n in range(3)
        ]
        import_resources(json.dumps(some).encode(), district=district)

    def undo_an_import_of_lessons(self) -> None:
        if last := ResourceImport.objects.filter(state="applied").order_by("pk").last():
            undo_resource_import(last)

    # -- what they name

    def align(self) -> None:
        align(additions={self._page().pk: [AlignmentData(item_id=self._one(Item.objects.all()).pk)]})

    def align_to_another(self) -> None:
        old, new = self._chance.sample(list(Item.objects.all()), 2)
        realign(replace={old.pk: [new.pk]})

    def judge_an_alignment(self) -> None:
        if alignment := self._one(Alignment.objects.all()):
            alignment.status = self._one(Alignment.Status.values)
            alignment.save()

    def revise_a_framework(self) -> None:
        code, leaves = self._one(self._tree), sorted(self._tree.keys() - set(self._tree.values()))
        kind = self._one(["reword", "move", "add", "drop"])
        if kind == "reword":
            self._said[code] = self._name()
        elif kind == "move":
            self._tree[self._one(leaves)] = self._one([None, "A", "B"])
        elif kind == "add":
            new = f"C.{self._made}"
            self._tree[new], self._said[new] = code, self._name()
        elif len(self._tree) > 4:
            del self._tree[self._one(leaves)]
        self._tree.update(A=None, B=None)
        self._said |= {code: self._name() for code in self._tree.keys() - self._said.keys()}
        self._load()

    def undo_the_last_revision(self) -> None:
        runs = FrameworkImport.objects.order_by("pk")
        last = runs.filter(state="applied").last()
        if last and last != runs.first():
            with suppress(ImportRefused):  # of what a later one brought back
                undo_import(last)

    def hide_or_show_a_framework(self) -> None:
        framework = Framework.objects.get()
        framework.adoption_status = self._one(["Adopted", "Private Draft"])
        framework.save()

    def change_a_topic(self) -> None:
        """As coordinators do, by the form."""
        one = self._one(Topic.objects.all())
        kind = self._one(["rename", "delete", "move", "add"])
        name = self._name()
        if one is None or kind == "add":
            self._keep_topic(None, name=name, slug=name.replace(" ", "-"), parent=one and one.pk)
        elif kind == "delete":
            one.delete()
        else:
            above = (
                one.get_parent()
                if kind == "rename"
                else self._one(Topic.objects.exclude(path__startswith=one.path))
            )
            name = name if kind == "rename" else one.name
            self._keep_topic(one, name=name, slug=one.slug, parent=above and above.pk)

    def _keep_topic(self, one: Topic | None, **values: Any) -> None:
        form = TopicForm(values, instance=one)
        assert form.is_valid(), form.errors
        form.save()

    def change_a_tag(self) -> None:
        if not (tag := self._one(Tag.objects.all())):
            return
        into = self._one(Topic.objects.all())
        kind = self._one(["rename", "delete", "merge"])
        if kind == "rename":
            tag.name = self._name()
            tag.save()
        elif kind == "delete":
            tag.delete()
        elif into:
            merge_tag(tag=tag, topic=into)

    def change_a_name(self) -> None:
        one = self._one([*Subject.objects.all(), *Modality.objects.all(), *ResourceKind.objects.all()])
        one.label = self._name()
        one.save()

    def drop_a_subject_or_setting(self) -> None:
        if one := self._one([*Subject.objects.all(), *Modality.objects.all()]):
            one.delete()

    def change_a_level(self) -> None:
        level = self._one(CompetencyLevel.objects.all())
        level.name = level.scale.name = self._name()
        level.state_equivalent = self._one([None, *CompetencyLevel.objects.exclude(pk=level.pk)])
        level.scale.save()
        level.save()

    # -- people and places

    def rename_somebody(self) -> None:
        one = self._one([*self._districts, *self._schools, *User.objects.all()])
        one.name = self._name()
        one.save()

    def somebody_leaves(self) -> None:
        if one := self._one(User.objects.filter(is_superuser=False)):
            one.delete()

    def change_a_districts_page(self) -> None:
        page = district_page(self._one(self._districts))
        if self._often():
            page.slug = self._name().replace(" ", "-")
            page.save_revision().publish()
        else:
            page.delete()

    def change_the_sites_root(self) -> None:
        site = Site.objects.get()
        site.root_page = self._one([state_page(), Page.get_first_root_node()])
        site.save()


DOINGS = sorted(name for name in vars(Library) if not name.startswith("_"))


def test_the_index_agrees_after_anything_in_any_order(index: str, follow: Callable[[], None]) -> None:
    chance = random.Random(1)
    done: list[str] = []
    with TestCase.captureOnCommitCallbacks(execute=True):
        library = Library(chance)
    for _ in range(STEPS // AT_ONCE):
        for _ in range(AT_ONCE):
            done.append(chance.choice(DOINGS))
            with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
                getattr(library, done[-1])()
            while ResourcePage.objects.filter(live=True).count() < 10:
                library.contribute()
        follow()
        assert check.compare(index).differences == (), done[-AT_ONCE:]
        for page in ResourcePage.objects.all():
            assert page.get_parent().specific.district_id == page.district_id, done[-AT_ONCE:]
