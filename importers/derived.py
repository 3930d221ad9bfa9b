"""What is worked out from a record alone: its code's spellings, its grades, whether it has ended, its columns."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from importers.draft import AssociationDraft, ItemDraft, other_codes
from standards.codes import code_forms, fold_code
from standards.grades import normalise_grades


def ends_of(association: AssociationDraft) -> tuple[tuple[str, str], tuple[str, str]]:
    return (
        (association.origin_identifier, association.origin_uri),
        (association.destination_identifier, association.destination_uri),
    )


def find_key(found: dict[str, int], identifier: str, uri: str) -> int | None:
    by_identifier = found.get(identifier) if identifier else None
    return found.get(uri) if by_identifier is None and uri else by_identifier


def all_code_forms(item: ItemDraft) -> list[str]:
    codes = filter(None, (item.human_coding_scheme, *other_codes(item)))
    return list(dict.fromkeys(form for code in codes for form in code_forms(code)))


def former_codes(known: Sequence[str], before: str, now: str) -> list[str]:
    """The codes that a statement had before the one that it has now, each in its last spelling."""
    codes = {fold_code(code): code for code in (*known, before)}
    return [code for folded, code in codes.items() if folded not in ("", fold_code(now))]


def with_former(forms: Sequence[str], former: Iterable[str], taken: Container[str]) -> list[str]:
    """`forms`, and after them those of former codes that are not `taken`: what another statement is called now, it is."""
    added = (form for code in former for form in code_forms(code) if form not in taken)
    return list(dict.fromkeys([*forms, *added]))


def own_grades(item: ItemDraft) -> list[str]:
    """From educationLevel, or the keys under which older dialects have it."""
    said = item.education_level or item.extra.get("educationalLevel") or item.extra.get("gradeLevel")
    return normalise_grades(said) if said else []


def ended(date: str, now: datetime) -> datetime | None:
    """The day on which the source ended a statement, if that day has come."""
    if not date:
        return None
    try:
        day = parse_date(date[:10]) or getattr(parse_datetime(date), "date", lambda: None)()
    except ValueError:
        return None
    if day is None or day > timezone.localdate(now):
        return None
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def columns_of(draft: Any, *without: str) -> dict[str, Any]:
    return {field.name: getattr(draft, field.name) for field in fields(draft) if field.name not in without}
