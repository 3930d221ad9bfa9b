"""For one machine: `make demo` and `make serve`. Local servers, known passwords, mail into files. Never production."""

import os

import dj_database_url

from config.local_services import postgres, state

from .base import *  # noqa: F403 - settings extend each other this way
from .base import DATA_DIR, LOGGING

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = "demo-only-" + "0" * 50  # production has its own, and refuses this one
ALLOWED_HOSTS = ["*"]  # a tunnel or a container's name may lead here

# A URL in the environment means a server of your own; what it does not name is started locally.
LOCAL_SERVICES = [
    name
    for name, variable in (("postgres", "DATABASE_URL"), ("opensearch", "OPENSEARCH_URL"))
    if not os.environ.get(variable)
]
DATABASES = {
    "default": dj_database_url.config()
    if os.environ.get("DATABASE_URL")
    else postgres.django_settings(DATA_DIR)
}
# A connection costs a process of the server: kept, a page of results takes a third of the time. Not with DEBUG, where
# runserver has a new thread for each request, and would keep one for each.
if not DEBUG:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
OPENSEARCH_URL = os.environ.get("OPENSEARCH_URL") or state.opensearch_url(DATA_DIR)
OPENSEARCH_HEAP = os.environ.get("OPENSEARCH_HEAP", "1g")

# Static files straight from their sources: no collectstatic before the demo.
WHITENOISE_USE_FINDERS = True
STYLE_GUIDE = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"

SAMPLE_CONTENT = True  # load_sample makes accounts whose password everyone knows
# The terminal belongs to what the demo says.
LOGGING = {**LOGGING, "root": {"handlers": ["stderr"], "level": "WARNING"}}
