"""What every deployment shares. The environment decides the rest, in demo, test and production."""

import os
from email.utils import formataddr
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.local_services import jars

BASE_DIR = Path(__file__).resolve().parents[2]


def flag(name: str, default: bool) -> bool:
    """1 or 0, and nothing else: "true" taken for off would switch a safeguard off without a word."""
    value = os.environ.get(name, "").strip() or str(int(default))
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f'{name} is "{value}". Set it to 1 or 0. See docs/operating.md.')
    return value == "1"


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f'{name} is "{value}". Set it to a whole number. See docs/operating.md.')
    return int(value)


INSTALLED_APPS = [
    "config",
    "people",
    "standards",
    "importers",
    "repository",
    "search",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    # Lets FORM_RENDERER find Django's own widget templates beside ours.
    "django.forms",
]

MIDDLEWARE = [
    "config.request_log.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "config.csp.ContentSecurityPolicy",
    "config.health.Probes",
    "config.addresses.WithoutNull",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.private.NotForSharedCaches",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "repository.admin_addresses.OthersAreNotThere",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.frame",
            ],
        },
    },
]

FORM_RENDERER = "config.forms.FormRenderer"
# The living style guide at /styleguide/: for people who build pages, so on in demo and tests only.
STYLE_GUIDE = False

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Beside allauth's own: what is counted here, counted as sign-ins are (in each process by itself).
ACCOUNT_RATE_LIMITS = {
    "suggest_standards_by_address": "30/m/ip",
    "suggest_standards_by_account": "30/m/user",
}
ACCOUNT_ADAPTER = "people.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "people.sign_in.SignInForm"}
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
LOGIN_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "people:admin_sign_in"

LANGUAGE_CODE = "en-us"
# What our own words are in: a language joins when they are translated. Of others a visitor would get Django's words among
# ours, a page that says it is in them, and for Arabic all of it from right to left.
LANGUAGES = [("en", "English")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# Days end by it: the last one of a statement, the one that a resource is published on.
TIME_ZONE = os.environ.get("TIME_ZONE") or "America/Denver"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"  # never served: files leave by checked views: repository.files

STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "config.request_log.AddRequestId"},
        "in brief": {"()": "config.request_log.EngineInBrief"},
        "no fault of ours": {"()": "config.request_log.NoFaultOfOurs"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {request_id} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request", "no fault of ours"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "opensearch": {"level": "WARNING", "filters": ["in brief"]},  # otherwise a line a query
        # All it warns of is that Django leaves the body of a HEAD request to the server: a line for each.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}

# Each step of a lesson has a dozen fields in Wagtail's editor: with Django's thousand a unit of sixty could not be saved.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

WAGTAIL_SITE_NAME = os.environ.get("SITE_NAME") or "Meridian Learning Commons"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = formataddr((WAGTAIL_SITE_NAME, "no-reply@localhost"))
WAGTAILADMIN_BASE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILDOCS_DOCUMENT_MODEL = "repository.ResourceDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # checked on every request, on S3 too
WAGTAILDOCS_DOCUMENT_FORM_BASE = "repository.forms.uploads.CheckedDocumentForm"
WAGTAILIMAGES_IMAGE_MODEL = "repository.ResourceImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "repository.forms.uploads.CheckedImageForm"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # one signs in with it: administrators of the district change it
WAGTAIL_PASSWORD_RESET_ENABLED = False  # allauth's counts how many letters one asks for
WAGTAIL_FINISH_WORKFLOW_ACTION = "repository.publishing.publish_reviewed"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
TAGGIT_CASE_INSENSITIVE = True

OPENSEARCH_URL = os.environ.get("OPENSEARCH_URL", "http://127.0.0.1:9201")
# Every index and alias of this deployment starts with it, so that two deployments can share a cluster.
OPENSEARCH_PREFIX = os.environ.get("OPENSEARCH_PREFIX", "resources")

# Suggested standards weigh meaning beside words, by a small language model on this machine: see search.suggested.embeddings.
EMBEDDINGS = flag("EMBEDDINGS", False)
EMBEDDINGS_MODEL = jars.files(jars.MODEL)[0]

# Frameworks that are imported: the largest file, the seconds that fetching one may take, and whether addresses
# inside the operator's own network may be fetched (a district's CASE server).
IMPORT_MAX_BYTES = number("IMPORT_MAX_BYTES", 100_000_000)
IMPORT_TIMEOUT = number("IMPORT_TIMEOUT", 60)
IMPORT_ALLOW_PRIVATE_ADDRESSES = flag("IMPORT_ALLOW_PRIVATE_ADDRESSES", False)

# How standards learns the number of resources of its items for the API, without knowing search.
RESOURCE_COUNTER = "search.counts.counts_for"
