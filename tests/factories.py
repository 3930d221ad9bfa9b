"""What tests are made of. Named as a teacher or a district would know it; every factory can be called bare."""

from collections.abc import Sequence
from dataclasses import fields as fields_of
from typing import Any

import factory
from django.utils.text import slugify
from factory.django import DjangoModelFactory
from wagtail.models import Page, Site

from people.models import District, Membership, Organisation, Role, School, State, User
from repository.models import (
    CompetencyLevel,
    CompetencyScale,
    DistrictPage,
    Modality,
    ResourceKind,
    ResourcePage,
    StatePage,
    Subject,
    Topic,
)
from repository.services.bulk import AlignmentData, ResourceData, create_resources
from standards.codes import code_forms
from standards.models import Association, Framework, Item, ItemAncestor


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Teacher {n}")
    email = factory.Sequence(lambda n: f"teacher{n}@district.example")
    password = factory.django.Password("correct-horse-battery")


class StateFactory(DjangoModelFactory[State]):
    class Meta:
        model = State
        django_get_or_create = ("slug",)

    name = "Meridian"
    slug = "meridian"


class DistrictFactory(DjangoModelFactory[District]):
    class Meta:
        model = District

    name = factory.Sequence(lambda n: f"District {n}")
    slug = factory.Sequence(lambda n: f"district-{n}")
    parent = factory.SubFactory(StateFactory)


class SchoolFactory(DjangoModelFactory[School]):
    class Meta:
        model = School

    name = factory.Sequence(lambda n: f"School {n}")
    slug = factory.Sequence(lambda n: f"school-{n}")
    parent = factory.SubFactory(DistrictFactory)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(DistrictFactory)
    role = Role.TEACHER


def member(role: str, organisation: Organisation, **fields: Any) -> User:
    """A new person with one role."""
    user: User = UserFactory(**fields)
    MembershipFactory(user=user, organisation=organisation, role=role)
    return user


class FrameworkFactory(DjangoModelFactory[Framework]):
    class Meta:
        model = Framework

    identifier = factory.Faker("uuid4")
    title = factory.Sequence(lambda n: f"Framework {n}")
    short_name = factory.Sequence(lambda n: f"FW-{n}")
    creator = "Meridian"


class ItemFactory(DjangoModelFactory[Item]):
    """An item with its own closure row; `under=parent` hangs it below another, closure included."""

    class Meta:
        model = Item
        skip_postgeneration_save = True

    framework = factory.SubFactory(FrameworkFactory)
    identifier = factory.Faker("uuid4")
    full_statement = factory.Sequence(lambda n: f"Statement {n}")
    human_coding_scheme = factory.Sequence(lambda n: f"S.{n}")
    code_forms = factory.LazyAttribute(lambda o: code_forms(o.human_coding_scheme))
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def under(self, create: bool, parent: Item | None, **kwargs: Any) -> None:
        ItemAncestor.objects.create(ancestor=self, descendant=self, depth=0)
        if parent is None:
            return
        if parent.framework_id == self.framework_id:
            self.depth = parent.depth + 1
            self.save(update_fields=["depth"])
        for link in ItemAncestor.objects.filter(descendant=parent):
            ItemAncestor.objects.create(ancestor_id=link.ancestor_id, descendant=self, depth=link.depth + 1)
        AssociationFactory(framework=self.framework, origin=self, destination=parent)


class AssociationFactory(DjangoModelFactory[Association]):
    class Meta:
        model = Association

    identifier = factory.Faker("uuid4")
    framework = factory.SubFactory(FrameworkFactory)
    association_type = "isChildOf"
    origin = factory.SubFactory(ItemFactory)
    destination = factory.SubFactory(ItemFactory)
    origin_identifier = factory.LazyAttribute(lambda o: o.origin.identifier if o.origin else "")
    destination_identifier = factory.LazyAttribute(
        lambda o: o.destination.identifier if o.destination else ""
    )


class KindFactory(DjangoModelFactory[ResourceKind]):
    class Meta:
        model = ResourceKind
        django_get_or_create = ("slug",)

    slug = "lesson"
    label = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").capitalize())


class ModalityFactory(DjangoModelFactory[Modality]):
    class Meta:
        model = Modality
        django_get_or_create = ("slug",)

    slug = "whole-class"
    label = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").capitalize())


class SubjectFactory(DjangoModelFactory[Subject]):
    class Meta:
        model = Subject
        django_get_or_create = ("slug",)

    slug = "mathematics"
    label = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").capitalize())


class ScaleFactory(DjangoModelFactory[CompetencyScale]):
    class Meta:
        model = CompetencyScale

    owner = factory.SubFactory(StateFactory)
    name = factory.Sequence(lambda n: f"Scale {n}")
    slug = factory.Sequence(lambda n: f"scale-{n}")


class LevelFactory(DjangoModelFactory[CompetencyLevel]):
    class Meta:
        model = CompetencyLevel

    scale = factory.SubFactory(ScaleFactory)
    name = factory.Sequence(lambda n: f"Level {n}")
    slug = factory.LazyAttribute(lambda o: slugify(o.name))
    sort_order = factory.Sequence(lambda n: n)


def topic(name: str, *, under: Topic | None = None) -> Topic:
    fields = {"name": name, "slug": slugify(name)}
    added: Topic = under.add_child(**fields) if under else Topic.add_root(**fields)
    return added


def state_page() -> StatePage:
    """The home page, at the root of the default site."""
    page = StatePage.objects.first()
    if page is None:
        root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
        page = root.add_child(instance=StatePage(title="Meridian", slug="meridian"))
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": page}
        )
    return page


def district_page(district: Organisation) -> DistrictPage:
    page = DistrictPage.objects.filter(district=district).first()
    if page is None:
        page = state_page().add_child(
            instance=DistrictPage(title=district.name, slug=district.slug, district=district)
        )
    return page


def resource(
    title: str = "Sharing a pizza fairly", *, district: Organisation | None = None, **fields: Any
) -> ResourcePage:
    """A page below its district: published, unless `live=False`.

    `subjects`, `topics`, `modalities` and `tags` take lists; `alignments` a list of dicts of Alignment fields.
    """
    district = district or DistrictFactory()
    parent = district_page(district)
    fields.setdefault("kind", KindFactory())
    if fields.keys() <= AT_ONCE:
        return _published_at_once(title, district, **fields)
    many = {name: fields.pop(name) for name in MANY if name in fields}
    alignments = fields.pop("alignments", [])
    fields.setdefault("slug", slugify(title)[:60] + f"-{ResourcePage.objects.count()}")
    page = ResourcePage(title=title, district=district, **fields)
    for name, values in many.items():
        page.tags.add(*values) if name == "tags" else setattr(page, name, values)
    for number, alignment in enumerate(alignments):
        page.alignments.add(page.alignments.model(sort_order=number, **alignment))
    live = page.live
    parent.add_child(instance=page)
    revision = page.save_revision(user=fields.get("owner"))
    if live:
        revision.publish()
    page.refresh_from_db()
    return page


MANY = ("subjects", "topics", "modalities", "tags")
AT_ONCE = {one.name for one in fields_of(ResourceData)} - {"kind_id", "body"} | {"kind", "owner"}


def _published_at_once(
    title: str,
    district: Organisation,
    *,
    kind: ResourceKind,
    owner: User | None = None,
    alignments: Sequence[dict[str, Any]] = (),
    **fields: Any,
) -> ResourcePage:
    """In a fifth of the time that add_child and publish take, and the same afterwards: see tests/repository/test_bulk.py."""
    for name in MANY:
        fields[name] = tuple(one if name == "tags" else one.pk for one in fields.get(name, ()))
    ties = [{name: getattr(value, "pk", value) for name, value in one.items()} for one in alignments]
    for tie in ties:
        tie["item_id"], tie["level_id"] = tie.pop("item"), tie.pop("level", None)
    data = ResourceData(
        title=title, kind_id=kind.pk, alignments=tuple(AlignmentData(**tie) for tie in ties), **fields
    )
    (written,) = create_resources(district=district, resources=[data], user=owner, owner=owner)
    return ResourcePage.objects.get(pk=written.page_id)
