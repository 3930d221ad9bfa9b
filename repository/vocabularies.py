"""The vocabularies that a new site starts with, from vocabularies.json. What is there stays as its keepers made it."""

import json
from pathlib import Path

from django.db import transaction

from repository.models import Modality, ResourceKind, Subject

FILE = Path(__file__).with_name("vocabularies.json")
# Key in the file → model, and the fields that only its terms have.
_MODELS: dict[str, tuple[type[ResourceKind | Modality | Subject], tuple[str, ...]]] = {
    "kinds": (ResourceKind, ("blocks",)),
    "modalities": (Modality, ()),
    "subjects": (Subject, ("mark",)),
}


@transaction.atomic
def load_vocabularies() -> int:
    """How many kinds, settings and subjects were created; those whose slug exists are left alone."""
    created = 0
    for key, terms in json.loads(FILE.read_bytes()).items():
        model, own_fields = _MODELS[key]
        for position, term in enumerate(terms, 1):
            fields = {name: term[name] for name in ("label", "description", *own_fields) if name in term}
            _, is_new = model.objects.get_or_create(
                slug=term["slug"], defaults={**fields, "position": position * 10}
            )
            created += is_new
    return created
