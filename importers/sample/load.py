"""The order in which the sample is loaded. Each part adds what is missing and changes nothing else."""

import datetime
import hashlib
from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from importers.models import FrameworkImport
from importers.sample import files, places, resources, vocabulary
from importers.services import import_framework
from people.models import Organisation
from repository.vocabularies import load_vocabularies
from standards.models import Adoption, Framework

# The beginning of the school year in which Meridian's standards came into force.
ADOPTED_ON = datetime.date(2024, 7, 1)


class NotHere(Exception):
    """The sample must not be loaded in this deployment."""


def load(say: Callable[[str], None]) -> None:
    """Load the whole sample, saying a line about each part.

    Raises NotHere where settings do not allow it, and SampleError for a mistake in a file.
    """
    if not getattr(settings, "SAMPLE_CONTENT", False):
        raise NotHere(
            "Sample content brings accounts whose password everyone knows, so it is loaded only where "
            "SAMPLE_CONTENT is on: in the demo and test settings, never in production."
        )
    state = files.read_state()
    topics = files.read_topics()
    records = files.read_resources()
    parts: list[tuple[str, Callable[[], int]]] = [
        ("State, districts and schools", lambda: places.load_places(state)),
        ("People", lambda: places.load_people(state.people)),
        ("Kinds, settings, subjects and synonyms", load_vocabularies),
        ("Topics", lambda: vocabulary.load_topics(topics)),
        ("Competency scales", lambda: vocabulary.load_scales(state.scales)),
        ("Standards frameworks", lambda: load_frameworks(state)),
        ("Resources", lambda: resources.load_resources(records, say)),
    ]
    for name, part in parts:
        created = part()
        say(f"{name}: {created} new." if created else f"{name}: there already.")


@transaction.atomic
def load_frameworks(record: files.StateRecord) -> int:
    """Import each package whose present bytes were not imported before, and adopt it; how many were imported.

    The bytes are compared here because an import that changes nothing is recorded as a run too.
    """
    state = Organisation.objects.get(slug=record.state.slug)
    districts = [district.slug for district in record.districts]
    imported = 0
    for path in files.framework_files():
        short_name = path.stem.upper()
        data = path.read_bytes()
        checksum = hashlib.sha256(data).hexdigest()
        if not FrameworkImport.objects.filter(framework__short_name=short_name, checksum=checksum).exists():
            import_framework(path, owner=state, short_name=short_name)
            imported += 1
            _adopt(Framework.objects.get(short_name=short_name), [state.slug, *districts])
    return imported


def _adopt(framework: Framework, slugs: list[str]) -> None:
    for organisation in Organisation.objects.filter(slug__in=slugs):
        Adoption.objects.get_or_create(
            organisation=organisation, framework=framework, defaults={"adopted_on": ADOPTED_ON}
        )
