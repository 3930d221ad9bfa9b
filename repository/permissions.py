"""Wagtail's groups, page permissions, collections and workflows, derived from memberships.

Membership is the truth. `sync_all` can be run at any time and changes nothing where all is in place; the signals in
repository.signals call the parts of it when a membership or an organisation changes. A district has four groups, one
a role, a page that its resources are below, a collection for its files, and one moderation workflow; the state has
one group.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from people.models import DISTRICT_STAFF, Membership, Organisation, Role, User
from repository.models import (
    CompetencyLevel,
    CompetencyScale,
    DistrictPage,
    Modality,
    ResourceKind,
    StatePage,
    Subject,
    Synonym,
    Topic,
    WantedSearch,
)

STATE_GROUP = "State administrators"


@dataclass(frozen=True)
class RolePermissions:
    """What the group of a role may do: on the page (Wagtail's codenames), with files, with models, in the admin."""

    page: frozenset[str]
    files: frozenset[str] = frozenset()
    models: tuple[type[Model], ...] = ()
    admin: bool = True


_STAFF_FILES = frozenset({"add", "change", "choose"})
# What coordinators keep for everyone.
CURATED: tuple[type[Model], ...] = (CompetencyScale, CompetencyLevel, Topic, Synonym, WantedSearch)

ROLE_PERMISSIONS: dict[str, RolePermissions] = {
    # "add" lets its holder also edit and delete the own drafts. Teachers work on the site, not in the admin.
    Role.TEACHER: RolePermissions(page=frozenset({"add"}), admin=False),
    Role.REVIEWER: RolePermissions(page=frozenset({"add", "change"}), files=_STAFF_FILES),
    Role.COORDINATOR: RolePermissions(
        page=frozenset({"add", "change", "publish"}),
        files=_STAFF_FILES,
        models=CURATED,
    ),
    Role.DISTRICT_ADMIN: RolePermissions(
        page=frozenset({"add", "change", "publish", "bulk_delete", "lock", "unlock"}),
        files=_STAFF_FILES,
        models=CURATED,
    ),
    Role.STATE_ADMIN: RolePermissions(
        page=frozenset({"add", "change", "publish", "bulk_delete", "lock", "unlock"}),
        files=_STAFF_FILES,
        models=(*CURATED, ResourceKind, Modality, Subject),
    ),
}

_GROUP_SUFFIX = {
    Role.TEACHER: "teachers",
    Role.REVIEWER: "reviewers",
    Role.COORDINATOR: "coordinators",
    Role.DISTRICT_ADMIN: "administrators",
}


def group_name(role: str, organisation: Organisation) -> str:
    """The name of the group that a role at an organisation belongs to; a school's are those of its district."""
    if role == Role.STATE_ADMIN:
        return STATE_GROUP
    district = organisation.district
    if district is None:
        raise ValueError(f"A {role} cannot be a member of {organisation}: only a state administrator can.")
    return f"{district.slug}: {_GROUP_SUFFIX[Role(role)]}"


@transaction.atomic
def sync_all() -> None:
    """Bring everything derived in line with organisations and memberships. Safe to run again."""
    sync_state()
    for district in Organisation.objects.filter(kind=Organisation.Kind.DISTRICT):
        sync_district(district=district)
    for user in User.objects.filter(memberships__isnull=False).distinct() | _users_in_derived_groups():
        sync_user(user=user)


@transaction.atomic
def sync_state() -> StatePage:
    """Make sure of the home page, of the site's name in the admin, and of the group of state administrators."""
    page = state_page()
    # Without a name, Wagtail heads its dashboard by the host.
    Site.objects.filter(is_default_site=True, site_name="").update(site_name=settings.WAGTAIL_SITE_NAME)
    groups = _groups({STATE_GROUP: Role.STATE_ADMIN})
    _set_page_permissions(groups, page)
    _set_collection_permissions(groups, Collection.get_first_root_node())
    return page


@transaction.atomic
def sync_district(*, district: Organisation) -> DistrictPage:
    """Make sure of a district's page, collection, groups and moderation workflow."""
    page = district_page(district=district)
    collection = district_collection(district=district)
    names = {group_name(role, district): role for role in _GROUP_SUFFIX}
    groups = _groups({**names, STATE_GROUP: Role.STATE_ADMIN})
    reviewing = [group for group, role in groups.items() if role in (*DISTRICT_STAFF, Role.STATE_ADMIN)]
    ours = {group: role for group, role in groups.items() if group.name in names}
    _set_page_permissions(ours, page)
    _set_collection_permissions(ours, collection)
    _sync_workflow(district, page, reviewing)
    return page


@transaction.atomic
def sync_user(*, user: User) -> None:
    """Put a person into exactly the derived groups of their memberships; other groups are left alone."""
    memberships = Membership.objects.filter(user=user).select_related("organisation__parent")
    wanted = {group_name(membership.role, membership.organisation) for membership in memberships}
    held = set(_derived_groups().filter(user=user).values_list("name", flat=True))
    user.groups.remove(*Group.objects.filter(name__in=held - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted - held))


def state_page() -> StatePage:
    """The home page of the site, made where there is none; Wagtail's welcome page makes way for it."""
    page = StatePage.objects.first()
    if page is not None:
        return page
    state = Organisation.objects.filter(kind=Organisation.Kind.STATE).first()
    root = Page.get_first_root_node()
    page = StatePage(title=state.name if state else "Home", slug="state")
    root.add_child(instance=page)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)
    else:
        welcome, site.root_page = site.root_page, page
        site.save()
        # Wagtail's first migration leaves a welcome page of the plain page type; anything else is somebody's.
        if welcome.depth == 2 and welcome.specific_class is Page and not welcome.get_children().exists():
            welcome.delete()
    return page


def district_page(*, district: Organisation) -> DistrictPage:
    """The page that a district's resources are below."""
    page = DistrictPage.objects.filter(district=district).first()
    if page is None:
        page = DistrictPage(title=district.name, slug=district.slug, district=district)
        # Two requests may get here at once; the parent's row is what treebeard counts children in.
        parent = StatePage.objects.select_for_update().get(pk=state_page().pk)
        parent.add_child(instance=page)
    return page


def district_collection(*, district: Organisation) -> Collection:
    """Where the files of a district's resources are kept."""
    root = Collection.get_first_root_node()
    found: Collection | None = root.get_children().filter(name=collection_name(district)).first()
    return found or root.add_child(instance=Collection(name=collection_name(district)))


def collection_name(district: Organisation) -> str:
    return f"district: {district.slug}"


def _derived_groups() -> QuerySet[Group]:
    slugs = Organisation.objects.filter(kind=Organisation.Kind.DISTRICT).values_list("slug", flat=True)
    names = [f"{slug}: {suffix}" for slug in slugs for suffix in _GROUP_SUFFIX.values()]
    return Group.objects.filter(name__in=[*names, STATE_GROUP])


def _users_in_derived_groups() -> QuerySet[User]:
    return User.objects.filter(groups__in=_derived_groups()).distinct()


def _groups(roles: dict[str, str]) -> dict[Group, str]:
    """The groups of these names with their roles. Made where they are missing, and each may do with models and in the admin
    what its role may. Many are asked for at once: a district's each by itself were a hundred queries.
    """
    found = set(Group.objects.filter(name__in=roles).values_list("name", flat=True))
    Group.objects.bulk_create(
        [Group(name=name) for name in roles if name not in found], ignore_conflicts=True
    )
    groups = {group: roles[group.name] for group in Group.objects.filter(name__in=roles)}
    models = {model for role in groups.values() for model in ROLE_PERMISSIONS[role].models}
    types = ContentType.objects.get_for_models(*models)
    of_types: dict[int, list[int]] = {}
    for content_type, permission in Permission.objects.filter(content_type__in=types.values()).values_list(
        "content_type_id", "pk"
    ):
        of_types.setdefault(content_type, []).append(permission)
    admin = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin").first()
    wanted = set()
    for group, role in groups.items():
        if ROLE_PERMISSIONS[role].admin and admin:
            wanted.add((group.pk, admin.pk))
        for model in ROLE_PERMISSIONS[role].models:
            wanted |= {(group.pk, permission) for permission in of_types.get(types[model].pk, ())}
    _hold_exactly(Group.permissions.through, groups, ("group_id", "permission_id"), wanted)
    return groups


def _set_page_permissions(groups: dict[Group, str], page: Page) -> None:
    of_page = Permission.objects.filter(content_type=ContentType.objects.get_for_model(Page))
    by_name = dict(of_page.values_list("codename", "pk"))
    wanted = {
        (group.pk, page.pk, by_name[f"{codename}_page"])
        for group, role in groups.items()
        for codename in ROLE_PERMISSIONS[role].page
    }
    _hold_exactly(GroupPagePermission, groups, ("group_id", "page_id", "permission_id"), wanted)


def _set_collection_permissions(groups: dict[Group, str], collection: Collection) -> None:
    types = ContentType.objects.get_for_models(Document, Image).values()
    by_name = dict(Permission.objects.filter(content_type__in=types).values_list("codename", "pk"))
    wanted = {
        (group.pk, collection.pk, by_name[f"{action}_{model}"])
        for group, role in groups.items()
        for action in ROLE_PERMISSIONS[role].files
        for model in ("document", "image")
        if f"{action}_{model}" in by_name
    }
    _hold_exactly(GroupCollectionPermission, groups, ("group_id", "collection_id", "permission_id"), wanted)


def _hold_exactly(
    model: type[Model], groups: Iterable[Group], fields: tuple[str, ...], wanted: AbstractSet[tuple[int, ...]]
) -> None:
    """Let the groups have these rows of the model and no others."""
    rows = model._default_manager.filter(group__in=groups)
    held = {tuple(row): pk for pk, *row in rows.values_list("pk", *fields)}
    if stale := [pk for row, pk in held.items() if row not in wanted]:
        model._default_manager.filter(pk__in=stale).delete()
    missing = sorted(wanted - held.keys())
    # Somebody else may be at it, too.
    model._default_manager.bulk_create(
        [model(**dict(zip(fields, row, strict=True))) for row in missing], ignore_conflicts=True
    )


def _sync_workflow(district: Organisation, page: DistrictPage, groups: list[Group]) -> None:
    name = f"Review: {district.slug}"
    workflow, _ = Workflow.objects.get_or_create(name=name, defaults={"active": True})
    task, _ = GroupApprovalTask.objects.get_or_create(name=name, defaults={"active": True})
    task.groups.set(groups)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    WorkflowPage.objects.update_or_create(page=page.page_ptr, defaults={"workflow": workflow})


def hand_to_own_reviewers(page: Page) -> TaskState | None:
    """Let a review of the page, or what was returned to its author, be that of the district that it is in now: those of
    the former one may not see the draft. How long it has waited stays. What is for the reviewers to decide, if anything.
    """
    state = WorkflowState.objects.active().for_instance(page).select_related("current_task_state").first()
    workflow = page.get_workflow()
    if state is None or workflow is None or state.workflow_id == workflow.pk:
        return None
    task_state: TaskState | None = state.current_task_state
    step = workflow.tasks.filter(active=True).first()
    if task_state is None or step is None:
        return None
    WorkflowState.objects.filter(pk=state.pk).update(workflow=workflow)
    TaskState.objects.filter(pk=task_state.pk).update(task=step)
    return task_state if state.status == WorkflowState.STATUS_IN_PROGRESS else None
