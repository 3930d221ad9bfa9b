from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines
from django.template.exceptions import TemplateDoesNotExist


class Command(BaseCommand):
    help = "Compile every template of the project, so that a mistyped tag is found before a reader finds it."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "templates"
        names = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
        problems = [problem for name in names if (problem := _problem(name))]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(names)} templates compile.")


def _problem(name: str) -> str:
    try:
        engines["django"].get_template(name)
    except (TemplateSyntaxError, TemplateDoesNotExist) as error:
        return f"templates/{name}: {error}"
    return ""
