"""A plan as a person reads it: the site's own words in place of the short names of its vocabularies."""

from typing import Any

from repository.models import Audience, Licence, Modality, ResourceKind, Subject, Topic
from standards.grades import grade_label

_LISTS = ("added", "changed", "conflicts")


def in_site_words(plan: dict[str, Any] | None) -> dict[str, Any] | None:
    """`plan` with kinds, subjects, topics, settings, licenses, grades and audiences by their labels; a name that is in no
    list any more stays. Four queries.
    """
    if not plan:
        return plan
    labels: dict[str, dict[str, str]] = {
        "kind": dict(ResourceKind.objects.values_list("slug", "label")),
        "subjects": dict(Subject.objects.values_list("slug", "label")),
        "topics": dict(Topic.objects.values_list("slug", "name")),
        "modalities": dict(Modality.objects.values_list("slug", "label")),
        "licence": {one.value: str(one.label) for one in Licence},
        "audience": {one.value: str(one.label) for one in Audience},
    }
    return {**plan, **{name: [_entry(one, labels) for one in plan.get(name, ())] for name in _LISTS}}


def _entry(entry: dict[str, Any], labels: dict[str, dict[str, str]]) -> dict[str, Any]:
    def said(field: str, text: Any) -> Any:
        if field == "grades" and text:
            return ", ".join(map(grade_label, text.split(", ")))
        if field in labels and isinstance(text, str):
            return ", ".join(labels[field].get(name, name) for name in text.split(", "))
        return text

    found = dict(entry)
    found |= {name: said(name, entry[name]) for name in ("kind", "subjects") if name in entry}
    if "fields" in entry:
        found["fields"] = [
            {**one, "before": said(one["field"], one["before"]), "after": said(one["field"], one["after"])}
            for one in entry["fields"]
        ]
    return found
