"""Any collection, loaded, is loaded; changed, is planned as exactly that change. The oracle is the change itself."""

import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from importers.payload import is_visible
from importers.resources.plan import RECORD, counts
from importers.resources.services import import_resources
from people.models import District
from repository.models import ResourcePage

pytestmark = pytest.mark.django_db

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40
).filter(is_visible)
# Values that are told apart on the page, so that one for another is a change of exactly one field.
CHOICES: dict[str, tuple[str, list[Any]]] = {
    "educationalLevel": ("grades", ["Grade 3", ["Grade 4", "Grade 5"], {"name": "High School"}]),
    "timeRequired": ("duration_minutes", ["PT10M", "PT1H", {"@value": "P1D"}]),
    "inLanguage": ("language", ["fr", "de", [{"name": "Spanish"}]]),
    "learningResourceType": ("kind", ["Lesson Plan", ["quiz"], {"name": "Project"}]),
    "license": ("licence", ["CC BY 4.0", {"@id": "https://creativecommons.org/licenses/by-sa/4.0/"}, "CC0"]),
    "author": ("attribution", ["Ada", [{"name": "Ben"}, {"name": "Cy"}]]),
    "keywords": ("tags", ["blue", ["red", "green"]]),
    "about": ("subjects", ["Science", [{"name": "Math"}]]),
    "educationalUse": ("modalities", ["group work", ["tutoring"]]),
    "educationalAlignment": ("alignments", [{"targetName": "Z.1"}, [{"targetName": "Z.2"}, {"targetUrl": "https://x.example/Z3"}]]),
    "x:shelf": (RECORD, [{"row": 1}, "B", [1, 2]]),
}  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(st.sets(st.sampled_from(sorted(CHOICES))))
    chosen = {key: draw(st.sampled_from(CHOICES[key][1])) for key in sorted(keys)}
    return {"@type": "LearningResource", "name": draw(WORDS), "description": draw(WORDS), **chosen}


@st.composite
def collections(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = draw(st.lists(records(), min_size=1, max_size=5))
    return [{**record, "identifier": f"r{number}"} for number, record in enumerate(found)]


@given(data=st.data(), collection=collections())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_collection_loads_once_and_a_change_is_planned_as_that_change(
    district: District, data: st.DataObject, collection: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        first = import_resources(json.dumps(collection).encode(), district=district)
        assert len(first.plan.added) == len(collection) == ResourcePage.objects.count()
        assert import_resources(json.dumps(collection).encode(), district=district).plan.is_empty

        which = data.draw(st.integers(0, len(collection) - 1))
        key = data.draw(st.sampled_from(sorted(CHOICES)))
        name, values = CHOICES[key]
        value = data.draw(st.sampled_from([one for one in values if one != collection[which].get(key)]))
        changed = [
            {**one, **({key: value} if number == which else {})} for number, one in enumerate(collection)
        ]
        report = import_resources(json.dumps(changed).encode(), district=district)
        assert counts(report.plan) | {"alignments": 0, "unresolved": 0} == {
            "added": 0, "changed": 1, "unchanged": len(collection) - 1, "conflicts": 0, "reviewed": 0, "gone": 0,
            "alignments": 0, "unresolved": 0,
        }  # fmt: skip
        (item,) = report.plan.changed
        assert item.key == f"r{which}"
        told = {one.field for one in item.changes}
        # A license that is not known any more, or is from now on, is told in the attribution, too.
        assert told - ({"attribution"} if key == "license" else set()) == {name}
        assert import_resources(json.dumps(changed).encode(), district=district).plan.is_empty
        assert Page.find_problems() == ([], [], [], [], [])
        transaction.set_rollback(True)
