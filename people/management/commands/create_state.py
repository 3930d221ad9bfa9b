from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from people.models import State


class Command(BaseCommand):
    help = "Give a new site its state, of which there is one. Its districts are added in the admin then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="What people call the state.")
        parser.add_argument("--slug", help="Its short name in addresses; without it, made of the name.")

    def handle(self, *args: Any, name: str, slug: str | None, **options: Any) -> None:
        if known := State.objects.first():
            raise CommandError(f"There is a state already: {known.name}.")
        state = State(name=name, slug=slug or slugify(name))
        try:
            state.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        state.save()
        self.stdout.write(f"{state.name} is there. Add its districts at /admin/districts/.")
