"""Words for the names in a plan, for pages and mails: fields and numbers of changes."""

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_LABELS = {
    "fullStatement": _("Statement"),
    "abbreviatedStatement": _("Short statement"),
    "alternativeLabel": _("Other label"),
    "humanCodingScheme": _("Code"),
    "listEnumeration": _("Number in its list"),
    "CFItemType": _("Type"),
    "CFItemTypeURI": _("Type (link)"),
    "educationLevel": _("Grades"),
    "educationalLevel": _("Grades"),
    "conceptKeywords": _("Keywords"),
    "subject": _("Subjects"),
    "notes": _("Notes"),
    "language": _("Language"),
    "uri": _("Address"),
    "lastChangeDateTime": _("Last changed"),
    "statusStartDate": _("Valid from"),
    "statusEndDate": _("Valid until"),
    "licenseURI": _("License"),
    "title": _("Title"),
    "creator": _("Creator"),
    "publisher": _("Publisher"),
    "description": _("Description"),
    "version": _("Version"),
    "adoptionStatus": _("Adoption status"),
    "officialSourceURL": _("Official source"),
    "jurisdiction": _("Jurisdiction"),
    "normalizedSubject": _("Subject"),
    "altStatementNotation": _("Other codes"),
    # Of resources.
    "summary": _("Summary"),
    "kind": _("Kind"),
    "grades": _("Grades"),
    "subjects": _("Subjects"),
    "topics": _("Topics"),
    "modalities": _("Settings"),
    "tags": _("Tags"),
    "duration_minutes": _("Minutes"),
    "licence": _("License"),
    "attribution": _("Attribution"),
    "audience": _("Who may see it"),
    "link_url": _("Link"),
    "source_url": _("Address at its source"),
    "source_identifier": _("Identifier at its source"),
    "body": _("Content"),
    "alignments": _("Standards"),
    "record": _("Other parts of its record"),
}


def field_label(key: str) -> str:
    """A field of a record in words; one that is not known by its own name."""
    return str(_LABELS.get(key, key))


_SOURCES = {
    "asn": "ASN",
    "case": "CASE",
    "csp": "Common Standards Project",
    "knowledge": "Learning Commons Knowledge Graph",
    "opensalt": _("an OpenSALT workbook"),
    "table": _("a table"),
}


def source_label(format: str) -> str:
    """What kind of source a format is of, in words."""
    return str(_SOURCES.get(format.partition("-")[0], format))


def in_words(counts: dict[str, int]) -> str:
    """ "12 added, 3 changed": only what is not zero; where no statement changes, what else does."""
    words = {
        "added": gettext("%(n)s added"),
        "changed": gettext("%(n)s changed"),
        "moved": gettext("%(n)s moved"),
        "retired": gettext("%(n)s retired"),
        "ended": gettext("%(n)s ended"),
        "restored": gettext("%(n)s brought back"),
        "removed": gettext("%(n)s removed"),
        "aligned": gettext("%(n)s waiting alignments of imported resources made"),
    }
    return _numbers_in_words(counts, words) or _beside(counts) or gettext("No statement changes")


def _beside(counts: dict[str, int]) -> str:
    """ "Associations: 2 added; rubrics: 1 changed"."""
    kinds = {
        "associations": gettext("associations: %(numbers)s"),
        "definitions": gettext("definitions: %(numbers)s"),
        "rubrics": gettext("rubrics: %(numbers)s"),
        "details": gettext("the framework’s own details: %(numbers)s"),
    }
    ways = {
        "added": gettext("%(n)s added"),
        "changed": gettext("%(n)s changed"),
        "removed": gettext("%(n)s removed"),
    }
    said = {
        text: _numbers_in_words(counts, {f"{kind}_{way}": words for way, words in ways.items()})
        for kind, text in kinds.items()
    }
    return capfirst("; ".join(text % {"numbers": numbers} for text, numbers in said.items() if numbers))


def resources_in_words(counts: dict[str, int]) -> str:
    """The same of an import of resources."""
    words = {
        "added": gettext("%(n)s added"),
        "changed": gettext("%(n)s changed"),
        "conflicts": gettext("%(n)s kept as they are here"),
        "gone": gettext("%(n)s no longer in the source"),
    }
    return _numbers_in_words(counts, words) or gettext("No changes")


def _numbers_in_words(counts: dict[str, int], words: dict[str, str]) -> str:
    """Those that are not zero, each in its own words (`%(n)s`)."""
    return ", ".join(text % {"n": f"{counts[name]:,}"} for name, text in words.items() if counts.get(name))
