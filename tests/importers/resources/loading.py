"""Collections imported for tests, and what is then stored."""

import json
from typing import Any

from importers.resources.plan import counts
from importers.resources.services import Report, import_resources
from people.models import District, Role
from repository.models import ResourcePage
from repository.services.drafts import save_draft
from tests.factories import member


def lesson(name: str, **more: Any) -> dict[str, Any]:
    return {
        "@type": "LearningResource", "@id": f"https://lessons.example/{name.replace(' ', '-').lower()}", "name": name,
        "description": f"About {name}.", "learningResourceType": "lesson", "educationalLevel": "Grade 6",
        "license": "https://creativecommons.org/licenses/by/4.0/", **more,
    }  # fmt: skip


def load(district: District, *lessons: dict[str, Any], **options: Any) -> Report:
    return import_resources(json.dumps(lessons).encode(), district=district, **options)


def page(title: str) -> ResourcePage:
    return ResourcePage.objects.get(title=title)


def numbers(report: Report) -> dict[str, int]:
    return {name: number for name, number in counts(report.plan).items() if number}


def edit(title: str, **changes: str) -> None:
    """A teacher's edit, which becomes the latest draft."""
    one = page(title)

    def change(draft: ResourcePage) -> None:
        for name, value in changes.items():
            setattr(draft, name, value)

    save_draft(identifier=one.identifier, user=member(Role.COORDINATOR, one.district), change=change)


def aligned(name: str, *targets: dict[str, str]) -> dict[str, Any]:
    return lesson(name, educationalAlignment=[{"alignmentType": "teaches", **target} for target in targets])
