"""What lifted a hit besides its words: what it shares with the best matches, and words around a standard that was typed.

The parts of a query have names; the engine says of each hit which of them it meets, and how much that added to its score.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from search.ranking import AROUND, SHARED, THEMES, Leads
from search.words import Words

# Of a hit's score: what added less is no reason for it.
WORTH_TELLING = 0.2


def lifted(raw: Mapping[str, Any], leads: Leads, words: Words, *, alone: bool = False) -> list[str]:
    """Reasons in words, at most one of each kind: the standard, the topic or tag, the words around. alone: it has none of
    the words, and is there for these reasons only, however little they add.

    None for the best matches, which would share with themselves, and none where the order is another than by relevance.
    """
    added: Mapping[str, float] | list[str] = raw.get("matched_queries") or {}
    # Names alone, where the search did not ask what each added.
    if isinstance(added, list) or not added or not raw.get("_score") or raw["_id"] in leads.ids:
        return []
    best: dict[str, tuple[float, str]] = {}
    for name, score in added.items():
        kind, _colon, value = name.partition(":")
        telling = alone or score >= WORTH_TELLING * raw["_score"]
        if telling and value not in words.quoted:
            best[kind] = max(best.get(kind, (0.0, "")), (score, value))
    reasons = []
    if SHARED in best:
        codes = {one["identifier"]: one["code"] for one in raw["_source"]["card"]["standards"]}
        code = codes.get(best[SHARED][1])
        reasons.append(
            _("Shares %(what)s with the best matches") % {"what": code}
            if code
            else _("Shares a standard with the best matches")
        )
    if THEMES in best:
        theme = best[THEMES][1]
        written = next((one for one in raw["_source"]["keywords"] if one.lower() == theme), theme)
        reasons.append(_("Shares %(what)s with the best matches") % {"what": f"“{written}”"})
    if AROUND in best:
        reasons.append(_("Has words from around a standard that says this"))
    return reasons
