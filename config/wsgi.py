import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()


def _tell_what_is_missing() -> None:
    from config.installed import log_left_undone
    from search.health import log_problem
    from search.suggested import embeddings  # now that the apps are there

    log_left_undone()
    embeddings.model()
    log_problem()


# Beside the start, which waits for neither database nor engine.
Thread(target=_tell_what_is_missing, name="what-is-missing", daemon=True).start()
