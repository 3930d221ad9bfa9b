"""Single values of a resource as a source gives them, made the page's; and what is told where that could not be done."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from importers.problems import Problems
from importers.resources import synonyms, values
from importers.resources.draft import ResourceDraft
from importers.resources.languages import languages
from importers.resources.synonyms import folded
from repository.forms.fields import MAX_TEXT
from repository.languages import language_name
from repository.models import Licence
from standards.grades import GRADE_ORDER, normalise_grades

MAX_TITLE, MAX_ATTRIBUTION, MAX_TAG, MAX_ADDRESS = 255, 300, 100, 1000
MIN_MAKERS = 20
"""Characters of an attribution; in less, no name can be read."""
_valid_url = URLValidator(schemes=["http", "https"])


def _known_as(word: str, known: dict[str, str]) -> str:
    """The short name of a word, or of the first of several ("Lesson/Lesson Plan") that is known; "" for none."""
    parts = [] if "://" in word else word.split("/")
    return next((known[folded(part)] for part in (word, *parts) if folded(part) in known), "")


def add_tag(text: str, tags: dict[str, str]) -> None:
    tag = values.shortened(text, MAX_TAG)
    tags.setdefault(tag.casefold(), tag)


class Teller:
    """Maps single values of one draft, and tells what it could not make out."""

    def __init__(self, draft: ResourceDraft, problems: Problems) -> None:
        self.draft, self.problems = draft, problems

    def notice(self, rule: str, message: str, alike: str = "", severity: Any = "notice") -> None:
        self.problems.add(severity, self.draft.path, rule, message, alike=alike)

    def in_words(self) -> ResourceDraft:
        """The draft without its source's own mark-up in what is read, and without the rest of endless texts."""

        def words(text: str) -> str:
            plain, marks = values.without_macros(self.cut(text))
            for mark in marks:
                self.notice(
                    "markup",
                    f"has mark-up of its source, “@{mark}{{…}}”: shown as words, kept whole with the record.",
                    mark,
                )
            return plain

        return replace(
            self.draft,
            title=words(self.draft.title),
            description=words(self.draft.description),
            licence=self.cut(self.draft.licence),
            authors=tuple(map(self.cut, self.draft.authors)),
            publishers=tuple(map(self.cut, self.draft.publishers)),
            objectives=tuple(map(words, self.draft.objectives)),
            part_of=tuple(replace(part, name=words(part.name)) for part in self.draft.part_of),
            based_on=tuple(replace(part, name=words(part.name)) for part in self.draft.based_on),
        )

    def cut(self, text: str) -> str:
        if len(text) <= MAX_TEXT:
            return text
        self.notice(
            "long-text",
            f"has a text of {len(text):,} characters: the first {MAX_TEXT:,} are shown, and all is kept with the "
            "record.",
            severity="warning",
        )
        return values.shortened(text, MAX_TEXT)

    def sort(
        self, words: tuple[str, ...], known: dict[str, str], what: str, tags: dict[str, str]
    ) -> list[str]:
        """The short names of the words that are known; the others become tags."""
        found = []
        for word in (part for one in words for part in synonyms.divided(one, known)):
            if slug := _known_as(word, known):
                found.append(slug)
            elif folded(word) and folded(word) not in synonyms.IGNORED:
                text = values.one_line(word)
                add_tag(text, tags)
                if what:
                    self.notice(
                        f"unknown-{what.replace(' ', '-')}",
                        f"names a {what} that is not in the list, “{text[:80]}”; kept as a tag.",
                        text,
                    )
        return found

    def title(self, text: str) -> str:
        line = values.one_line(text) or text
        if len(line) > MAX_TITLE:
            self.notice(
                "title",
                f"has a title of more than {MAX_TITLE} characters; shown shortened, kept whole.",
                severity="warning",
            )
        return values.shortened(line, MAX_TITLE)

    def grades(self, draft: ResourceDraft) -> list[str]:
        found = {grade for level in draft.levels for grade in normalise_grades(level)}
        for level in draft.levels:
            if not normalise_grades(level):
                self.notice(
                    "unknown-grade",
                    f"has a level that is no grade, “{level[:80]}”; kept with the record.",
                    level,
                )
        if not found:
            found = {grade for age in draft.ages for grade in values.grades_of_ages(age)}
            if draft.ages and not found:
                self.notice(
                    "unknown-age",
                    f"has ages that are no school's, “{draft.ages[0][:80]}”; kept with the record.",
                    draft.ages[0],
                )
        return sorted(found, key=GRADE_ORDER.index)

    def minutes(self, text: str) -> int | None:
        found = values.minutes(text) if text else None
        if text and found is None:
            self.notice(
                "duration", f"has a duration that cannot be read, “{text[:40]}”; kept with the record.", text
            )
        return found

    def language(self, text: str, tags: dict[str, str]) -> str:
        """The first of those that are named; the others become tags, since a resource has one."""
        found, unknown = languages(text) if text else ([], [])
        for word in unknown:
            then = "kept with the record" if found else "taken for English"
            self.notice("language", f"has a language that is not known, “{word[:40]}”; {then}.", word)
        names = [language_name(tag) for tag in found]
        if len(names) > 1:
            self.notice(
                "languages",
                f"is in several languages, “{text[:60]}”: {names[0]} is its language here, and the others are tags.",
                text,
            )
        for name in names[1:]:
            add_tag(name, tags)
        return next(iter(found), "en")

    def licence(self, text: str) -> str:
        found = values.licence(text)
        if not text:
            self.notice("licence", "says no license, so all rights are taken to be reserved.")
        elif found == Licence.OTHER:
            self.notice(
                "licence",
                f"has a license that we do not know, “{text[:80]}”: shown as it is, and nobody may adapt it.",
                text,
            )
        return found.value

    def attribution(self, draft: ResourceDraft) -> str:
        """Who made it and under what terms, as the page shows it."""
        names = map(values.one_line, (*draft.authors, *draft.publishers))
        makers, terms = ", ".join(dict.fromkeys(filter(None, names))), terms_of(draft)
        whole = ". ".join(part for part in (makers, terms) if part)
        if len(whole) <= MAX_ATTRIBUTION:
            return whole
        shown_how = (
            "the license is whole below the text" if len(terms) > MAX_ATTRIBUTION else "makers are left out"
        )
        self.notice(
            "attribution",
            f"says who made it and under what license in more than {MAX_ATTRIBUTION} characters: {shown_how}, "
            "and all is kept with the record.",
        )
        # The terms come first: whoever uses it must be able to read them.
        room = MAX_ATTRIBUTION - len(f". {terms}" if terms else "")
        shown = values.shortened(makers, room) if room >= MIN_MAKERS else ""
        return values.shortened(". ".join(part for part in (shown, terms) if part), MAX_ATTRIBUTION)

    def address(self, url: str) -> str:
        if not url:
            return ""
        given, url = url, url.replace(" ", "%20")
        if values.lacks_scheme(url):
            url = values.with_scheme(url)
            self.notice("scheme", f"has an address without its beginning; taken for “{url[:80]}”.")
        try:
            _valid_url(url)
        except ValidationError:
            self.notice(
                "address",
                f"has an address that leads nowhere, “{given[:80]}”; kept with the record.",
                severity="warning",
            )
            return ""
        if len(url) > MAX_ADDRESS:
            self.notice(
                "address",
                f"has an address of {len(url):,} characters, where {MAX_ADDRESS:,} are room, “{url[:80]}…”; kept with the "
                "record.",
                severity="warning",
            )
            return ""
        return url


def terms_of(draft: ResourceDraft) -> str:
    """A license that has no short name here, in the source's words."""
    unnamed = draft.licence and values.licence(draft.licence) in (Licence.OTHER, Licence.ALL_RIGHTS)
    return f"License: {values.one_line(draft.licence)}" if unnamed else ""
