"""Whether what an address answers is what was imported from it last: then it is neither parsed nor planned."""

from importers.models import FrameworkImport
from importers.payload import Payload, Validators
from importers.plan import Plan
from importers.sources import NotModified, fetch

_DONE = [FrameworkImport.State.APPLIED, FrameworkImport.State.UNCHANGED]


class Unchanged(Exception):
    """The source has not changed since `record`, the last import of its framework."""

    def __init__(self, record: FrameworkImport) -> None:
        self.record = record


def fetch_if_changed(url: str) -> Payload:
    """What `url` answers. Raises Unchanged if that is what its framework holds already."""
    known = last_import(url)
    if known is None:
        return fetch(url)
    try:
        payload = fetch(url, Validators(known.etag, known.last_modified))
    except NotModified:
        raise Unchanged(known) from None
    if payload.checksum == known.checksum:
        raise Unchanged(known)
    return payload


def last_import(url: str) -> FrameworkImport | None:
    """The import of `url` that a framework stands at. None if anything was imported or undone there since.

    None, too, if the address brought several frameworks: one of them may have gone its own way.
    """
    found = FrameworkImport.objects.filter(source_url=url, state__in=_DONE, framework__isnull=False)
    frameworks = set(found.order_by().values_list("framework", flat=True))
    if len(frameworks) != 1:
        return None
    runs = FrameworkImport.objects.filter(framework=frameworks.pop(), state__in=_DONE)
    last = runs.select_related("framework__owner").defer("payload", "journal", "plan").order_by("-pk").first()
    return last if last is not None and last.source_url == url and last.undoes_id is None else None


def unchanged_plan(record: FrameworkImport) -> Plan:
    """The plan that changes nothing."""
    framework = record.framework
    if framework is None:
        raise ValueError("The import has no framework.")
    items = framework.items.filter(withdrawn=False).count()
    return Plan(
        identifier=framework.identifier,
        title=framework.title,
        format=record.format,
        is_new=False,
        unchanged=items,
        associations=framework.associations.filter(withdrawn=False).count(),
        stored_items=items,
    )
