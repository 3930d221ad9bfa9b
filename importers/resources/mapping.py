"""From what a source says to the fields of a resource: vocabularies by name or synonym, everything else by rule.

`fields` are plain JSON with vocabularies by short name, so that two imports can be compared after years.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from importers.problems import Problems
from importers.resources import synonyms, values
from importers.resources.draft import ResourceDraft
from importers.resources.synonyms import folded
from importers.resources.teller import MAX_ATTRIBUTION, Teller, add_tag, terms_of
from repository.forms.blocks import MAX_ROWS
from repository.models import Audience, Modality, ResourceKind, Subject, Topic
from repository.services.bulk import AlignmentData, ResourceData

Fields = dict[str, Any]

DEFAULT_KINDS = ("reference", "lesson")
MAX_SUMMARY, MAX_IDENTIFIER, MAX_OBJECTIVE, MAX_LINK_TITLE = 300, 500, 500, 200
NAMESPACE = uuid.UUID("0b6c3a52-5b0e-5d8f-9d0c-6f2f0a7d5e11")


class Vocabularies:
    """The values that editors keep: keys and labels by short name, and short names by every word. Four queries."""

    def __init__(self) -> None:
        self.kinds, self.kind_labels = _kept(ResourceKind)
        self.subjects, self.subject_labels = _kept(Subject)
        self.modalities, setting_labels = _kept(Modality)
        self.topics, topic_labels = _kept(Topic, "name")
        self.kind_words = _words(synonyms.KINDS, self.kind_labels)
        self.subject_words = _words(synonyms.SUBJECTS, self.subject_labels)
        self.setting_words = _words(synonyms.SETTINGS, setting_labels)
        self.topic_words = _words({}, topic_labels)
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


def _kept(model: type[Model], label: str = "label") -> tuple[dict[str, int], dict[str, str]]:
    """Keys and labels, by short name."""
    rows = list(model._default_manager.values_list("slug", "pk", label))
    return {slug: key for slug, key, _ in rows}, {slug: name for slug, _, name in rows}


def _words(table: dict[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """The site's own labels and short names win over synonyms."""
    found = {word: slug for word, slug in synonyms.by_word(table).items() if slug in labels}
    found |= {folded(slug): slug for slug in labels}
    return found | {folded(label): slug for slug, label in labels.items()}


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
    tell = Teller(draft, problems)
    draft = tell.in_words()
    tags: dict[str, str] = {}  # by their folded form
    of_kinds, of_subjects = vocabularies.kind_words, vocabularies.subject_words
    of_topics, of_settings = vocabularies.topic_words, vocabularies.setting_words
    kinds = tell.sort(draft.kinds, of_kinds, "kind of resource", tags)
    subjects = tell.sort(draft.subjects, {**of_topics, **of_subjects}, "subject", tags)
    topics = tell.sort(draft.topics, {**of_subjects, **of_topics}, "", tags)
    uses = tell.sort(draft.settings, {**of_kinds, **of_settings}, "setting", tags)
    for said, table, what in (
        (draft.roles, synonyms.ROLES, "audience"),
        (draft.interactivity, synonyms.INTERACTIVITY, "interactivity type"),
    ):
        for tag in tell.sort(said, synonyms.by_word(table), what, tags):
            add_tag(tag, tags)
    default_kind, default_subjects = _defaults(draft, vocabularies, defaults, tell)
    language = tell.language(draft.language or defaults.get("language", ""), tags)
    found = list(dict.fromkeys([*(subjects if draft.subjects else default_subjects), *topics]))
    kinds += [use for use in uses if use in vocabularies.kinds]
    description = values.clean_text(draft.description)
    summary = values.summary_of(description, MAX_SUMMARY)
    address = tell.address(draft.url)
    return {
        "title": tell.title(draft.title),
        "summary": summary,
        "kind": next(iter(kinds), default_kind),
        "grades": tell.grades(draft),
        "subjects": [slug for slug in found if slug in vocabularies.subjects],
        "topics": [
            slug for slug in found if slug in vocabularies.topics and slug not in vocabularies.subjects
        ],
        "modalities": [slug for slug in dict.fromkeys(uses) if slug in vocabularies.modalities],
        "tags": list(tags.values()),
        "duration_minutes": tell.minutes(draft.duration),
        "language": language,
        "licence": tell.licence(draft.licence),
        "attribution": tell.attribution(draft),
        "audience": audience or Audience.PUBLIC.value,
        "link_url": address,
        "source_url": address,
        "source_identifier": next((name for name in draft.names if len(name) <= MAX_IDENTIFIER), ""),
        "body": _body(draft, description if description != summary else "", tell),
    }


def _defaults(
    draft: ResourceDraft, vocabularies: Vocabularies, defaults: Mapping[str, str], tell: Teller
) -> tuple[str, list[str]]:
    """The kind and the subjects of what says none. That it says none is told."""
    chosen_kind = defaults.get("kind", "") if defaults.get("kind", "") in vocabularies.kinds else ""
    kind = chosen_kind or vocabularies.default_kind
    if not draft.kinds:
        how = ", as chosen."
        if not chosen_kind:
            how = ". Choose another with the file, or say it in a column “type” (in JSON-LD, learningResourceType)."
        label = vocabularies.kind_labels.get(kind, "")
        tell.notice("kind", f"says no kind of resource; taken for “{label}”{how}")
    subjects = [subject for subject in [defaults.get("subject", "")] if subject in vocabularies.subjects]
    if not draft.subjects and subjects:
        label = vocabularies.subject_labels[subjects[0]]
        tell.notice("subject", f"says no subject; taken for “{label}”, as chosen.")
    if not draft.language and "language" in defaults:
        tell.notice("language", f"says no language; taken for “{defaults['language']}”, as chosen.")
    return kind, subjects


def _body(draft: ResourceDraft, description: str, tell: Teller) -> list[Fields]:
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
    terms = draft.licence if len(terms_of(draft)) > MAX_ATTRIBUTION else ""

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
