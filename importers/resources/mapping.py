"""From what a source says to the fields of a resource: vocabularies by name or synonym, everything else by rule.

`fields` are plain JSON with vocabularies by short name, so that two imports can be compared after years.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from importers.problems import Problems
from importers.resources import synonyms, values
from importers.resources.draft import ResourceDraft
from importers.resources.synonyms import folded
from repository.forms.blocks import MAX_ROWS
from repository.forms.fields import MAX_TEXT
from repository.models import Audience, Licence, Modality, ResourceKind, Subject, Topic
from repository.services.bulk import AlignmentData, ResourceData
from standards.grades import GRADE_ORDER, normalise_grades

Fields = dict[str, Any]

DEFAULT_KINDS = ("reference", "lesson")
MAX_TITLE, MAX_SUMMARY, MAX_ATTRIBUTION, MAX_TAG, MAX_ADDRESS, MAX_IDENTIFIER = 255, 300, 300, 100, 1000, 500
MAX_OBJECTIVE, MAX_LINK_TITLE = 500, 200
MIN_MAKERS = 20
"""Characters of an attribution; in less, no name can be read."""
NAMESPACE = uuid.UUID("0b6c3a52-5b0e-5d8f-9d0c-6f2f0a7d5e11")
_valid_url = URLValidator(schemes=["http", "https"])


class Vocabularies:
    """The values that editors keep, by short name and by every word for them. Six queries."""

    def __init__(self) -> None:
        self.kinds = dict(ResourceKind.objects.values_list("slug", "pk"))
        self.subjects = dict(Subject.objects.values_list("slug", "pk"))
        self.modalities = dict(Modality.objects.values_list("slug", "pk"))
        self.topics = dict(Topic.objects.values_list("slug", "pk"))
        self.kind_words = _words(
            synonyms.KINDS, ResourceKind.objects.values_list("label", "slug"), self.kinds
        )
        self.subject_words = _words(
            synonyms.SUBJECTS, Subject.objects.values_list("label", "slug"), self.subjects
        )
        self.setting_words = _words(
            synonyms.SETTINGS, Modality.objects.values_list("label", "slug"), self.modalities
        )
        self.topic_words = _words({}, Topic.objects.values_list("name", "slug"), self.topics)
        self.kind_labels = dict(ResourceKind.objects.values_list("slug", "label"))
        self.subject_labels = dict(Subject.objects.values_list("slug", "label"))
        self.default_kind = next((slug for slug in DEFAULT_KINDS if slug in self.kinds), "") or next(
            iter(self.kinds), ""
        )

    def data(self, fields: Fields, alignments: tuple[AlignmentData, ...]) -> ResourceData:
        """The fields by key, for the writer. A value that was taken out of its vocabulary since is left out."""
        own = {
            name: value
            for name, value in fields.items()
            if name not in ("kind", "subjects", "topics", "modalities")
        }
        return ResourceData(
            **{**own, "grades": tuple(own["grades"]), "tags": tuple(own["tags"]), "body": tuple(own["body"])},
            kind_id=self.kinds.get(fields["kind"]) or self.kinds[self.default_kind],
            subjects=tuple(self.subjects[slug] for slug in fields["subjects"] if slug in self.subjects),
            topics=tuple(self.topics[slug] for slug in fields["topics"] if slug in self.topics),
            modalities=tuple(
                self.modalities[slug] for slug in fields["modalities"] if slug in self.modalities
            ),
            alignments=alignments,
        )


def _words(table: dict[str, str], labels: Any, known: dict[str, int]) -> dict[str, str]:
    """The site's own labels and short names win over synonyms."""
    found = {word: slug for word, slug in synonyms.by_word(table).items() if slug in known}
    found |= {folded(slug): slug for slug in known}
    return found | {folded(label): slug for label, slug in labels}


def map_fields(
    draft: ResourceDraft,
    vocabularies: Vocabularies,
    audience: str,
    problems: Problems,
    defaults: Mapping[str, str],
) -> Fields:
    """The page's fields. What has no place in a vocabulary becomes a tag, and is told in `problems`. `defaults` are the
    kind, subject and language that the importer has chosen for what says none.
    """
    tell = _Teller(draft, problems)
    draft = tell.in_words()
    tags: dict[str, str] = {}  # by their folded form
    kinds = tell.sort(draft.kinds, vocabularies.kind_words, "kind of resource", tags)
    subjects = tell.sort(
        draft.subjects, {**vocabularies.topic_words, **vocabularies.subject_words}, "subject", tags
    )
    words = tell.sort(draft.topics, {**vocabularies.subject_words, **vocabularies.topic_words}, "", tags)
    uses = tell.sort(
        draft.settings, {**vocabularies.kind_words, **vocabularies.setting_words}, "setting", tags
    )
    meant = [
        *tell.sort(draft.roles, synonyms.by_word(synonyms.ROLES), "audience", tags),
        *tell.sort(draft.interactivity, synonyms.by_word(synonyms.INTERACTIVITY), "interactivity type", tags),
    ]
    for tag in meant:
        _add_tag(tag, tags)
    chosen = {
        name: value
        for name, known in (("kind", vocabularies.kinds), ("subject", vocabularies.subjects))
        if (value := defaults.get(name, "")) in known
    }
    kind = chosen.get("kind") or vocabularies.default_kind
    if not draft.kinds:
        how = (
            ", as chosen."
            if "kind" in chosen
            else ". Choose another with the file, or say it in a column “type” (in JSON-LD, learningResourceType)."
        )
        tell.notice(
            "kind", f"says no kind of resource; taken for “{vocabularies.kind_labels.get(kind, '')}”{how}"
        )
    if not draft.subjects and "subject" in chosen:
        subjects = [chosen["subject"]]
        label = vocabularies.subject_labels[chosen["subject"]]
        tell.notice("subject", f"says no subject; taken for “{label}”, as chosen.")
    if not draft.language and "language" in defaults:
        tell.notice("language", f"says no language; taken for “{defaults['language']}”, as chosen.")
    found = [*subjects, *words]
    description = values.clean_text(draft.description)
    summary = values.summary_of(description, MAX_SUMMARY)
    address = tell.address(draft.url)
    return {
        "title": tell.title(draft.title),
        "summary": summary,
        "kind": next(iter(kinds), "") or next((use for use in uses if use in vocabularies.kinds), "") or kind,
        "grades": tell.grades(draft),
        "subjects": [slug for slug in dict.fromkeys(found) if slug in vocabularies.subjects],
        "topics": [
            slug
            for slug in dict.fromkeys(found)
            if slug in vocabularies.topics and slug not in vocabularies.subjects
        ],
        "modalities": [slug for slug in dict.fromkeys(uses) if slug in vocabularies.modalities],
        "tags": list(tags.values()),
        "duration_minutes": tell.minutes(draft.duration),
        "language": tell.language(draft.language or defaults.get("language", "")),
        "licence": tell.licence(draft.licence),
        "attribution": tell.attribution(draft),
        "audience": audience or Audience.PUBLIC.value,
        "link_url": address,
        "source_url": address,
        "source_identifier": next((name for name in draft.names if len(name) <= MAX_IDENTIFIER), ""),
        "body": _body(draft, description if description != summary else "", tell),
    }


def _known_as(word: str, known: dict[str, str]) -> str:
    """The short name of a word, or of the first of several ("Lesson/Lesson Plan") that is known; "" for none."""
    parts = [] if "://" in word else word.split("/")
    return next((known[folded(part)] for part in (word, *parts) if folded(part) in known), "")


def _add_tag(text: str, tags: dict[str, str]) -> None:
    tag = values.shortened(text, MAX_TAG)
    tags.setdefault(tag.casefold(), tag)


class _Teller:
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
                _add_tag(text, tags)
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

    def language(self, text: str) -> str:
        found = values.language(text) if text else "en"
        if not found:
            self.notice(
                "language", f"has a language that is not known, “{text[:40]}”; taken for English.", text
            )
        return found or "en"

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
        makers, terms = ", ".join(dict.fromkeys(filter(None, names))), _terms(draft)
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
            url = f"https://{url}"
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


def _terms(draft: ResourceDraft) -> str:
    """A license that has no short name here, in the source's words."""
    unnamed = draft.licence and values.licence(draft.licence) in (Licence.OTHER, Licence.ALL_RIGHTS)
    return f"License: {values.one_line(draft.licence)}" if unnamed else ""


def _body(draft: ResourceDraft, description: str, tell: _Teller) -> list[Fields]:
    """Blocks for what has no column of its own, with ids that are the same for the same source.

    `description` is empty where the summary says all of it. What the editors would refuse is not in it: nobody could
    save the page.
    """
    sources = [(values.one_line(part.name), tell.address(part.url)) for part in draft.based_on]
    links = [
        {"title": f"Based on: {name or url}"[:MAX_LINK_TITLE], "url": url, "note": ""}
        for name, url in sources
        if url
    ]
    goals = [text[:MAX_OBJECTIVE] for text in draft.objectives]
    terms = draft.licence if len(_terms(draft)) > MAX_ATTRIBUTION else ""

    def text(name: str, heading: str, words: str) -> list[Fields]:
        value = {"heading": heading, "text": tell.cut(words)}
        return [_block(draft, "text", value, name)] if words.strip() else []

    return [
        *_lists(draft, "objectives", "objectives", "objective", goals, {"evidence": ""}),
        *text("text", "", description),
        *text("part of", "Part of", " › ".join(values.one_line(part.name) for part in draft.part_of)),
        *_lists(draft, "links", "items", "link", links, {}),
        *text("based on", "Based on", ", ".join(name for name, url in sources if name and not url)),
        *text("license", "License", values.clean_text(terms)),
    ]


def _lists(
    draft: ResourceDraft, kind: str, field: str, name: str, members: Sequence[Any], more: Fields
) -> Iterator[Fields]:
    """Blocks with the members, in each as many as a form has rows."""
    for start in range(0, len(members), MAX_ROWS):
        items = [
            {"type": "item", "value": value, "id": _id(draft, f"{name} {number}")}
            for number, value in enumerate(members[start : start + MAX_ROWS], start=start)
        ]
        yield _block(draft, kind, {field: items, **more}, f"{kind} {start}" if start else kind)


def _block(draft: ResourceDraft, kind: str, value: Fields, name: str = "") -> Fields:
    return {"type": kind, "value": value, "id": _id(draft, name or kind)}


def _id(draft: ResourceDraft, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{draft.names[:1]} {name}"))
