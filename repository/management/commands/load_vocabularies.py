from typing import Any

from django.core.management.base import BaseCommand

from repository.vocabularies import load_vocabularies


class Command(BaseCommand):
    help = (
        "Gives a new site its kinds of resource, settings, subjects and synonyms. What is there already, also with another "
        "label, stays as it is: a second run changes nothing. They are kept in the admin from then on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Kinds of resource, settings, subjects and synonyms: {load_vocabularies()} new.")
