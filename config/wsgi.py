import gc
import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

# What is there by now stays: looking through it for garbage at every few hundred new objects took a tenth of each page.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)


def _tell_of_search() -> None:
    from search.health import log_problem  # now that the apps are there

    log_problem()


# Beside the start, which waits for neither database nor engine.
Thread(target=_tell_of_search, name="search-health", daemon=True).start()
