"""Tags and topics that coordinators changed on many pages at once (`repository.curation`), which makes no new version.

An import, and its undo, changes of them only what its source changed: a tag that was merged into a topic stays merged.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from taggit.models import Tag
from wagtail.models import Revision

from importers.resources.mapping import Fields, Vocabularies
from repository.models import ResourcePage, ResourceTag
from repository.services.bulk import Written

Value = TypeVar("Value")


def keep_curated(
    values: Mapping[Written, dict[str, Any]], before: Mapping[int, Fields], vocabularies: Vocabularies
) -> None:
    """Puts what stays of a page's tags and topics into the `values` for `update_resources`, in place. Two queries.

    `before`: the fields that the page had from its source until now, by the page's key.
    """
    of_page = {one.page_id: new for one, new in values.items()}
    tagged, filed = ([key for key, new in of_page.items() if name in new] for name in ("tags", "topics"))
    tags = _by_page(
        ResourceTag.objects.filter(content_object__in=tagged)
        .order_by("pk")
        .values_list("content_object_id", "tag__name")
    )
    topics = _by_page(
        ResourcePage.topics.through.objects.filter(resourcepage__in=filed)
        .order_by("pk")
        .values_list("resourcepage_id", "topic_id")
    )
    for key in tagged:
        of_page[key]["tags"] = _changed(
            tags.get(key, []), before[key]["tags"], of_page[key]["tags"], str.casefold
        )
    for key in filed:
        known = [vocabularies.topics[slug] for slug in before[key]["topics"] if slug in vocabularies.topics]
        of_page[key]["topics"] = _changed(topics.get(key, []), known, of_page[key]["topics"], int)


def tags_of(revision_ids: Collection[int]) -> dict[int, set[str]]:
    """The tags of revisions, by key: in lower case, and without those that were merged or deleted since. Two queries."""
    found = Revision.objects.filter(pk__in=revision_ids).values_list("pk", "content__tagged_items")
    keys = {pk: {one["tag"] for one in tagged or ()} for pk, tagged in found.iterator()}
    names = dict(Tag.objects.filter(pk__in=set().union(*keys.values())).values_list("pk", "name"))
    return {pk: {names[key].casefold() for key in some if key in names} for pk, some in keys.items()}


def _by_page(rows: Iterable[tuple[int, Value]]) -> dict[int, list[Value]]:
    found: dict[int, list[Value]] = {}
    for page, value in rows:
        found.setdefault(page, []).append(value)
    return found


def _changed(
    here: Iterable[Value], before: Iterable[Value], after: Iterable[Value], name: Callable[[Value], Hashable]
) -> tuple[Value, ...]:
    """`here` with the step from `before` to `after`: what that takes away goes, what it brings is added."""
    now = list(after)
    was, becomes = {name(one) for one in before}, {name(one) for one in now}
    stays = [one for one in here if name(one) in becomes or name(one) not in was]
    known = was | {name(one) for one in stays}
    return (*stays, *(one for one in now if name(one) not in known))
