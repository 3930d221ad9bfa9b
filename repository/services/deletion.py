"""Deletes thousands of pages with all that hangs on them, and without the dozen queries that signals take for each."""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Model, Q, QuerySet
from django.db.models.deletion import Collector
from django.db.models.sql import DeleteQuery
from wagtail.models import Page, ReferenceIndex

from repository.models import ResourcePage


class QuietCollector(Collector):
    """Collects as Django does, protected rows included, and deletes what it found without telling anybody."""

    def _has_signal_listeners(self, model: type[Model]) -> bool:
        return False

    def delete_quietly(self) -> None:
        """Call it in a transaction: foreign keys are checked at its end, so the order is of no account."""
        for rows in self.fast_deletes:
            rows._raw_delete(using=self.using)
        for (field, value), found in self.field_updates.items():
            model = field.model
            rows_found = [some for some in found if not isinstance(some, QuerySet)]
            keys = [one.pk for some in rows_found for one in some]  # type: ignore[attr-defined]
            queries = [some for some in found if isinstance(some, QuerySet)]
            if keys:
                model._base_manager.filter(pk__in=keys).update(**{field.name: value})
            if queries:
                reduce(or_, queries).update(**{field.name: value})
        for model, instances in self.data.items():
            DeleteQuery(model).delete_batch([one.pk for one in instances], self.using)


def delete_pages(page_ids: Collection[int]) -> Counter[str]:
    """Delete resources, which have no pages below them; how many from below each parent, by its path.

    Raises ProtectedError where something relies on one. Whoever follows resources is not told, and parents are not
    counted: do it in a transaction, the pages locked, with `resources_changed` and `count_fewer`.
    """
    pages = ResourcePage.objects.filter(pk__in=page_ids)
    collector = QuietCollector(using=DEFAULT_DB_ALIAS, origin=pages)
    collector.collect(pages)
    _forget_references(page_ids)
    parents = _parents_of(page_ids)
    collector.delete_quietly()
    return parents


def count_fewer(parents: Mapping[str, int]) -> None:
    """Take deleted pages off the numbers of their parents, by path.

    Last in a transaction: the parents' rows stay locked, and treebeard locks them for whoever adds a page.
    """
    for path, number in sorted(parents.items()):
        Page.objects.filter(path=path).update(numchild=F("numchild") - number)


def _parents_of(page_ids: Collection[int]) -> Counter[str]:
    """The path of each parent, and how many of the pages are below it."""
    length = Page.steplen
    above = models.functions.Left("path", models.functions.Length("path") - length)
    rows = Page.objects.filter(pk__in=page_ids).annotate(above=above).values("above")
    return Counter(dict(rows.annotate(number=models.Count("pk")).values_list("above", "number").order_by()))


def _forget_references(page_ids: Collection[int]) -> None:
    """What Wagtail's index of references says of the pages, and what others say of them."""
    base = ContentType.objects.get_for_model(Page)
    keys = [str(key) for key in page_ids]
    ReferenceIndex.objects.filter(
        Q(base_content_type=base, object_id__in=keys) | Q(to_content_type=base, to_object_id__in=keys)
    )._raw_delete(using=DEFAULT_DB_ALIAS)
