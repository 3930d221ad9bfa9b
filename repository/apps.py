from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    name = "repository"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.admin.views.mixins import SpreadsheetExportMixin

        from repository import mails, signals  # noqa: F401
        from standards.formulas import guarded

        mails.connect()
        # Titles and names in the admin's reports may come from anybody. Its workbooks have no formulas, its CSV would.
        SpreadsheetExportMixin.custom_value_preprocess |= {str: {SpreadsheetExportMixin.FORMAT_CSV: guarded}}
