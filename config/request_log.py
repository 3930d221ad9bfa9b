"""One number for each request: in every line of its log and in its answer, so that a report can be traced."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from config.away import away

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[\w-]{8,64}\Z")  # anything else from outside could forge lines of the log
_NUMBER = "resources.request_id"
_current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestId:
    """Takes the number from the proxy in front, or draws one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if _ACCEPTABLE.match(given) else secrets.token_hex(8)
        request.META[_NUMBER] = number
        token = _current.set(number)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = number
        return response


class EngineInBrief(logging.Filter):
    """Of what the engine's library warns of: leaves out where in the library it happened, and that something is not there,
    such as the index of a new site. Who called it says what came of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return "[status:404 " not in record.getMessage()


class NoFaultOfOurs(logging.Filter):
    """A line each, without where in the program: for what is answered with 400 to 499, since anybody may ask for what is
    refused, and programs that try doors do so all day; and for what finds the database away, since then everything does."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = away(record.exc_info[1]) if record.exc_info else ""
        if said:
            record.msg, record.args = f"{record.getMessage()}: {said}", ()
        if said or 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True


class AddRequestId(logging.Filter):
    """Gives each record the number of the request that it belongs to, or a dash."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of an answer of 400 or more when it has left us.
        request = getattr(record, "request", None)
        record.request_id = request.META.get(_NUMBER, "-") if request else _current.get()
        return True
