"""`manage.py embed_standards`: what suggested standards need to weigh meaning (EMBEDDINGS=1)."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.local_services import ServiceError, jars
from search.suggested import embeddings, meaning
from search.suggested.frameworks import chosen_frameworks
from search.suggested.suggest import what_is_said


class Command(BaseCommand):
    help = (
        "Fetch the language model that suggested standards use when EMBEDDINGS is on, once, and compute the vectors of "
        "the statements of all adopted frameworks (where none is adopted, of all) that have none yet."
    )
    requires_system_checks = ()  # they would say that the model is missing

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fetch", action="store_true", help="only fetch the model; needs no database")

    def handle(self, *args: Any, fetch: bool, **options: Any) -> None:
        if not fetch and not settings.EMBEDDINGS:
            raise CommandError(
                "EMBEDDINGS is off. Set it to 1 in the environment, for the web processes too."
            )
        try:
            [model] = jars.fetch(jars.MODEL, self.stdout.write)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The language model is {model}")
        if not fetch:
            self.embed()

    def embed(self) -> None:
        model = embeddings.model()
        if model is None:
            raise CommandError(embeddings.missing())
        frameworks = chosen_frameworks([])
        said = {text for framework in frameworks for text in what_is_said(framework)}
        added, removed = meaning.keep(model, said, self.progress)
        self.stdout.write(
            f"Vectors of {len(said)} texts are kept: {added} computed now, {removed} of texts that are gone removed."
        )

    def progress(self, done: int, total: int) -> None:
        self.stdout.write(f"  {done} of {total}")
