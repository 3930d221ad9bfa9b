"""The vocabularies that a new site starts with, from vocabularies.json. What is there stays as its keepers made it."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from repository.models import Modality, ResourceKind, Subject, Synonym

FILE = Path(__file__).with_name("vocabularies.json")
# Key in the file → model, and the fields that only its terms have.
_MODELS: dict[str, tuple[type[ResourceKind | Modality | Subject], tuple[str, ...]]] = {
    "kinds": (ResourceKind, ("blocks",)),
    "modalities": (Modality, ()),
    "subjects": (Subject, ("mark",)),
}


@transaction.atomic
def load_vocabularies() -> int:
    """How many kinds, settings, subjects and synonyms were created; those whose slug or term exists are left alone."""
    created = 0
    file: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_bytes())
    for key, (model, own_fields) in _MODELS.items():
        for position, term in enumerate(file[key], 1):
            fields = {name: term[name] for name in ("label", "description", *own_fields) if name in term}
            _, is_new = model.objects.get_or_create(
                slug=term["slug"], defaults={**fields, "position": position * 10}
            )
            created += is_new
    return created + _load_synonyms(file["synonyms"])


def _load_synonyms(entries: list[dict[str, Any]]) -> int:
    known = {term.lower() for term in Synonym.objects.values_list("term", flat=True)}
    new = [
        Synonym(term=entry["term"], means=", ".join(entry["means"]))
        for entry in entries
        if entry["term"].lower() not in known
    ]
    return len(Synonym.objects.bulk_create(new))
