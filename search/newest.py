"""The newest resources that a search finds, for who is told of them without seeing the page: mails and feeds."""

from dataclasses import replace

from django.contrib.auth.models import AnonymousUser

from people.models import User
from repository.audience import user_tokens
from search import query
from search.client import ask
from search.hits import make_hit
from search.request import SearchRequest, Sort
from search.results import Hit
from search.understanding import understand


def newest(asked: SearchRequest, user: User | AnonymousUser, *, limit: int) -> tuple[Hit, ...]:
    """The newest matches that the user may see. Raises EngineDown.

    Always asked strictly: one or two words must all be there, of more three quarters (`text.STRICTLY`), a sentence's too.
    The page can say that it makes do with some of the words, with near spellings or without the grade; a mail is only wanted
    for what was asked.
    """
    understood = understand(replace(asked, sort=Sort.NEWEST, page=1, cursor="", limit=limit))
    request, words = understood.request, understood.words
    found = ask(query.hits(request, words, user_tokens(user)))
    return tuple(make_hit(raw, request, words) for raw in found["hits"]["hits"])
