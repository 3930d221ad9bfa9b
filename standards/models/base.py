"""What every CASE record has in common."""

from django.db import models


class CaseRecord(models.Model):
    """A record of a CASE package.

    A column holds a non-empty value exactly as the source gave it. Whatever has no column, and whatever a
    column cannot hold as given (null, an empty string, a number in place of a string, an unknown key), is kept
    under its CASE key in `extra`. An export writes the non-empty columns and lays `extra` over them, so a
    package goes out as it came in.
    """

    identifier = models.CharField(max_length=255)
    uri = models.TextField(blank=True)
    last_change_date_time = models.CharField(max_length=60, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
