"""What a load balancer and an operator ask: is the process alive, and can it serve?"""

from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from search import indexes
from search.client import EngineDown
from search.models import OutboxEntry


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nobody else."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when the database does not answer, otherwise 200: "ready", or "degraded" when the engine is away.

    Search rests without the engine and everything else goes on, so a load balancer must not take the site away.
    `outbox`: changes that the index has yet to hear of, and the age of the oldest in seconds.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        outbox = _outbox()
    except DatabaseError:
        return JsonResponse({"status": "not ready", "database": "down"}, status=503)
    engine = _engine()
    status = "ready" if engine == "ok" else "degraded"
    return JsonResponse({"status": status, "database": "ok", "engine": engine, "outbox": outbox})


def _engine() -> str:
    try:
        return "ok" if indexes.current() else "no index"
    except EngineDown:
        return "down"


def _outbox() -> dict[str, Any]:
    # Both times are the database's own, so that a web server's clock does not matter.
    found = OutboxEntry.objects.aggregate(waiting=Count("pk"), first=Min("created_at"), now=Min(Now()))
    lag = (found["now"] - found["first"]).total_seconds() if found["first"] else 0.0
    return {"waiting": found["waiting"], "oldest_seconds": round(lag, 1)}
