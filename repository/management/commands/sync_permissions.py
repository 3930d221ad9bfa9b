from typing import Any

from django.core.management.base import BaseCommand

from repository.permissions import sync_all


class Command(BaseCommand):
    help = (
        "Derives Wagtail's groups, page permissions, collections and review workflows from memberships. "
        "Runs by itself on every change of a membership; run it by hand after changing data in bulk. "
        "A second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sync_all()
        self.stdout.write("Groups, permissions, collections and workflows follow the memberships.")
