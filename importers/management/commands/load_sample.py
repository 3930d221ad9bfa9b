from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers.sample.files import SampleError
from importers.sample.load import NotHere, load
from importers.sample.places import PASSWORD


class Command(BaseCommand):
    help = (
        "Loads the sample content: the state of Meridian with two districts, its people, four standards "
        "frameworks and their resources. Adds what is missing and changes nothing that is there. "
        "For demo and tests only: the accounts' password is public."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load(self.stdout.write)
        except (NotHere, SampleError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Every sample account signs in with the password {PASSWORD}.")
