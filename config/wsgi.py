import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()


def _tell_of_search() -> None:
    from search.health import log_problem
    from search.suggested import embeddings  # now that the apps are there

    embeddings.model()
    log_problem()


# Beside the start, which waits for neither database nor engine.
Thread(target=_tell_of_search, name="search-health", daemon=True).start()
