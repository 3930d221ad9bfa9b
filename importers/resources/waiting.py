"""Alignments that wait for their standard: made when a framework arrives that has it."""

from django.db import transaction

from importers.models import WaitingAlignment
from importers.resources.standards import Target, resolve, target_of
from people.models import Organisation
from repository.services.alignments import align
from repository.services.bulk import AlignmentData


@transaction.atomic
def resolve_waiting() -> int:
    """Looks all waiting alignments up again, and ties their resources to the standards that are here now; how many.

    The live version and the current drafts get the alignment, without publishing other draft text. What waits because
    its page was deleted here goes on waiting.
    """
    # Not the records as they came: of all resources that wait they may be hundreds of megabytes.
    rows = WaitingAlignment.objects.filter(resource__page__isnull=False).select_related("resource__district")
    waiting: dict[Organisation, list[WaitingAlignment]] = {}
    for one in rows.defer("resource__raw", "resource__fields", "resource__alignments"):
        waiting.setdefault(one.resource.district, []).append(one)
    found = []
    for district, some in waiting.items():
        resolved = resolve(some, district=district)
        found += [(one, resolved.items[target_of(one)]) for one in some if target_of(one) in resolved.items]
        _keep_new_reasons(some, resolved.reasons)
    if not found:
        return 0
    additions: dict[int, list[AlignmentData]] = {}
    for one, item_id in found:
        additions.setdefault(one.resource.page_id or 0, []).append(AlignmentData(item_id, one.relation))
    align(additions=additions)
    WaitingAlignment.objects.filter(pk__in=[one.pk for one, _ in found]).delete()
    return len(found)


def _keep_new_reasons(waiting: list[WaitingAlignment], reasons: dict[Target, str]) -> None:
    changed = []
    for one in waiting:
        reason = reasons.get(target_of(one), one.reason)
        if reason != one.reason:
            one.reason = reason
            changed.append(one)
    WaitingAlignment.objects.bulk_update(changed, ["reason"], batch_size=1000)
