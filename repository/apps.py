from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    name = "repository"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from repository import mails, signals  # noqa: F401

        mails.connect()
