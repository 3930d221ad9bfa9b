"""What `manage.py check`, and every command that checks first, says of the search settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from search.suggested import embeddings


def language_model(**kwargs: Any) -> list[CheckMessage]:
    """A switch that can do nothing is said; suggestions go on without."""
    if settings.EMBEDDINGS and (missing := embeddings.missing()):
        return [Warning(embeddings.WITHOUT, hint=missing, id="search.W001")]
    return []
