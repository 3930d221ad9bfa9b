"""What a visitor finds, for tests."""

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from people.models import User
from repository.audience import user_tokens
from search.client import EngineDown
from search.find import find
from search.request import parse
from search.results import Hit, Results

VISITOR = AnonymousUser()


def search(query: str = "", user: User | AnonymousUser = VISITOR) -> Results:
    request, complaints = parse(QueryDict(query))
    assert complaints == []
    return find(request, user_tokens(user))


def titles(query: str = "", user: User | AnonymousUser = VISITOR) -> list[str]:
    return sorted(hit.title for hit in search(query, user).hits)


def card(query: str = "") -> Hit:
    (hit,) = search(query).hits
    return hit


def other_name(index: str, word: str) -> str:
    """The name of another index of the same deployment."""
    return f"{index[:-6]}{word}"


def find_if_awake(query: str) -> Results | None:
    """None while search rests."""
    request, _complaints = parse(QueryDict(query))
    try:
        return find(request, user_tokens(VISITOR))
    except EngineDown:
        return None
