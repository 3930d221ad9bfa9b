from django.apps import AppConfig
from django.core import checks


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search.checks import language_model
        from search.signals import people, repository, standards, wagtail  # noqa: F401  connects the receivers

        checks.register(language_model)
