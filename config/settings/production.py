"""For real deployments: everything comes from the environment, and what is missing stops the start with a sentence.

docs/operating.md lists every variable.
"""

import os
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403 - settings extend each other this way
from .base import STORAGES, flag, number


def _required(name: str, why: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {why} See docs/operating.md.")
    return value


DEBUG = False

SECRET_KEY = _required("SECRET_KEY", "Set it to a long random text of your own, and keep it secret.")
if len(SECRET_KEY) < 50 or "demo-only" in SECRET_KEY or "test-only" in SECRET_KEY or "insecure" in SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is a default or too short: set it to at least 50 random characters, for example the output of "
        "`openssl rand -base64 60`. See docs/operating.md."
    )

# The site's own address, such as https://resources.example.org: links in mails start with it.
WAGTAILADMIN_BASE_URL = _required(
    "SITE_URL", "Set it to the address of the site, such as https://resources.example.org."
)
_parts = urlsplit(WAGTAILADMIN_BASE_URL)
_host = _parts.hostname
if _parts.scheme != "https" or not _host or _parts.path not in ("", "/"):
    raise ImproperlyConfigured(
        f'SITE_URL is "{WAGTAILADMIN_BASE_URL}"; it must start with https:// and name a host, and nothing behind it.'
    )
# The demo's name is of a state that there is not.
WAGTAIL_SITE_NAME = os.environ.get("SITE_NAME") or _host
ALLOWED_HOSTS = [_host, *filter(None, map(str.strip, os.environ.get("ALLOWED_HOSTS", "").split(",")))]
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL.rstrip("/")]

_NO_LOCAL_SERVERS = "The local servers of the demo have no password and no backup, and do not run here."
DATABASES = {
    "default": dj_database_url.parse(
        _required("DATABASE_URL", f"Set it to postgresql://user:password@host/name. {_NO_LOCAL_SERVERS}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
# Seconds: a host that is off does not refuse, and each request would wait two minutes for it. One that goes off does not end
# its connections either, and who has one would wait for a quarter of an hour: tcp_user_timeout, in milliseconds, is for what
# it does not acknowledge, keepalives are for who waits for its answer.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
} | DATABASES["default"].get("OPTIONS", {})
OPENSEARCH_URL = _required(
    "OPENSEARCH_URL", f"Set it to https://user:password@host:9200. {_NO_LOCAL_SERVERS}"
)
# No default: two sites that both kept it would take each other's index for their own.
OPENSEARCH_PREFIX = _required(
    "OPENSEARCH_PREFIX",
    "Set it to a name that no other site on the same cluster has, such as meridian-resources.",
)

# Behind a proxy that ends TLS: it must set X-Forwarded-Proto itself, or anyone could claim to come by https.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Sign-ins are counted by the visitor's address, of which each proxy notes the one that came to it. Without this all would
# have the proxy's, and thirty sign-ins a minute be all that the state has.
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 1)
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # a load balancer asks them without TLS
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", 60 * 60 * 24 * 365)
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD = flag("SECURE_HSTS_PRELOAD", True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if os.environ.get("S3_BUCKET"):
    from botocore.config import Config

    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": os.environ["S3_BUCKET"],
            "endpoint_url": os.environ.get("S3_ENDPOINT_URL") or None,
            "region_name": os.environ.get("S3_REGION") or None,
            # Private: every file leaves by a view of ours that checks who asks.
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": False,
            # Seconds: by itself the library waits five minutes in all, and eight such requests fill a process.
            "client_config": Config(
                connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2}
            ),
        },
    }

EMAIL_HOST = _required(
    "EMAIL_HOST", "Set it to the mail server: reviewers and teachers hear of each other by mail."
)
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20  # seconds
# Inboxes show the name, and an address alone says little.
_name, _address = parseaddr(os.environ.get("DEFAULT_FROM_EMAIL") or f"no-reply@{_host}")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = formataddr((_name or WAGTAIL_SITE_NAME, _address))
