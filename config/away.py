"""What commands, pages and the log say where there is no database, or no bucket of files, to work with."""

from django.conf import settings
from django.db import InterfaceError, OperationalError

_AWAY = ("08", "57P")
"""PostgreSQL's classes of errors for a connection that fails, and for a server that starts or ends."""


def away(error: BaseException | None) -> str:
    """One line on the database or the bucket of files, where that is what failed, and on what to do; "" otherwise."""
    if isinstance(error, OperationalError | InterfaceError):
        return database_is_away(error)
    if type(error).__module__.partition(".")[0] == "botocore":
        return f"The bucket does not answer. See to S3_BUCKET, S3_ENDPOINT_URL and the keys. Its library says: {error}"
    return ""


def database_is_away(error: OperationalError | InterfaceError) -> str:
    """One line on a database that cannot be reached, or went away, and what to do; "" if the error is another one.

    Where no connection comes about, the driver has no SQLSTATE to give.
    """
    state = getattr(error.__cause__, "sqlstate", None)
    if state and not state.startswith(_AWAY):
        return ""
    if "postgres" in getattr(settings, "LOCAL_SERVICES", ()):
        do = "Start it by `make demo`, or by `manage.py services start`."
    else:
        do = "See that the server runs, and that DATABASE_URL leads to it."
    return f"The database does not answer. {do} The driver says: {' '.join(str(error).split())}"
