"""For the test suite and the type checker. Reading it starts nothing: tests/conftest.py starts what tests need."""

import os
import secrets

import dj_database_url

from config.local_services import postgres, state

from .base import *  # noqa: F403 - settings extend each other this way
from .base import BASE_DIR

DEBUG = False
SECRET_KEY = "test-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]

# Apart from the demo's, so that a test run never touches what somebody is looking at.
DATA_DIR = BASE_DIR / "var" / "tests"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"

LOCAL_SERVICES = [
    name
    for name, variable in (("postgres", "TEST_DATABASE_URL"), ("opensearch", "TEST_OPENSEARCH_URL"))
    if not os.environ.get(variable)
]
DATABASES = {
    "default": dj_database_url.config(env="TEST_DATABASE_URL")
    if os.environ.get("TEST_DATABASE_URL")
    else postgres.django_settings(DATA_DIR)
}
OPENSEARCH_URL = os.environ.get("TEST_OPENSEARCH_URL") or state.opensearch_url(DATA_DIR)
OPENSEARCH_HEAP = os.environ.get("OPENSEARCH_HEAP", "512m")
# Each worker process reads this file, so each has indices of its own in the one engine.
OPENSEARCH_PREFIX = f"test-{secrets.token_hex(4)}"

STYLE_GUIDE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in hundreds of times
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Static files straight from their sources: no collectstatic before a test.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

SAMPLE_CONTENT = True

EMBEDDINGS = False  # tests that need the language model switch it on
# Tests ask more often than people do; those of the limits have them as they are.
ACCOUNT_RATE_LIMITS = {}
