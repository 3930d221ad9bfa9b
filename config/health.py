"""What a load balancer and an operator ask: is the process alive, and can it serve?"""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.installed import left_undone
from search import health as search_health


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nobody else."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when the database does not answer or the installation is half done, otherwise 200: "ready", or "degraded" when
    search has a problem.

    Search rests without the engine and everything else goes on, so a load balancer must not take the site away.
    `outbox`: changes that the index has yet to hear of, and the age of the oldest in seconds.
    """
    try:
        if undone := left_undone():
            return JsonResponse({"status": "not ready", "database": "ok", "problem": undone}, status=503)
        search = search_health.status()
    except DatabaseError:
        return JsonResponse({"status": "not ready", "database": "down"}, status=503)
    return JsonResponse(
        {
            "status": "ready" if search.ok else "degraded",
            "database": "ok",
            "engine": "ok" if search.engine else "down" if search.has_index else "no index",
            "outbox": {"waiting": search.waiting, "oldest_seconds": round(search.lag_seconds, 1)},
            "problem": search.problem,
        }
    )


class Probes:
    """Answers before anything looks at the name that was asked for: a load balancer asks each server by its number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = {"/healthz": healthz, "/readyz": readyz}.get(request.path)
        return view(request) if view else self.get_response(request)
