from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.client import EngineDown
from search.saved.alerts import send_due


class Command(BaseCommand):
    help = "Mail people what is new in the searches that they keep. Run it every night, or every hour: it knows who is due."

    def handle(self, *args: Any, **options: Any) -> None:
        later = "Nothing is lost: who was not told is told the next time."
        try:
            sent = send_due()
        except EngineDown as error:
            raise CommandError(f"{error} {later}") from error
        except OSError as error:
            raise CommandError(f"The mail server does not answer: {error}. {later}") from error
        self.stdout.write(f"{sent} mail{'s' * (sent != 1)} sent.")
