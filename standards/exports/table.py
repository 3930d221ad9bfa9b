"""A framework as a CSV file: a row for each statement, in the order of the tree.

The columns are those of `rows.COLUMNS`, then `parent` (an identifier), `sequenceNumber`, one for each kind of
association that occurs (identifiers, joined by commas), and the source's own. The table reader reads it back, without
the apostrophe before what a spreadsheet would take for a formula.
"""

import csv
import io
from collections import defaultdict

from standards.exports.rows import COLUMNS, Rows, rows_of
from standards.formulas import guarded
from standards.models import AssociationType, Framework

PARENT = "parent"
_KINDS = [str(kind) for kind in AssociationType.values if kind != "isChildOf"]


def write(framework: Framework) -> tuple[bytes, list[str]]:
    rows = rows_of(framework)
    links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    known = {cells["identifier"] for cells in rows.cells}
    for link in rows.links:
        kind = link.association_type
        if kind in _KINDS and link.origin_identifier in known:
            links[link.origin_identifier][kind].append(link.destination_identifier)
        elif kind != "isChildOf":
            rows.remarks[f"An association of the kind {kind} has no column or no row"] += 1
    kinds = [kind for kind in _KINDS if any(kind in found for found in links.values())]
    lost = PARENT if _is_lost_parent(rows) else ""
    own = [name for name in rows.own if name != lost]
    target = io.StringIO()
    sheet = csv.writer(target)
    sheet.writerow(map(guarded, [*COLUMNS, PARENT, "sequenceNumber", *kinds, *own]))
    for cells in rows.cells:
        key = cells["identifier"]
        sheet.writerow(map(guarded, [
            *(cells[name] for name in COLUMNS), rows.parents[key] or cells.get(lost, ""), str(rows.numbers[key]),
            *(",".join(links[key][kind]) for kind in kinds), *(cells.get(name, "") for name in own),
        ]))  # fmt: skip
    remarks = rows.told()
    if not rows.cells:
        remarks.append(
            "There are no statements, so the table says nothing, and is not imported; CASE has the rest"
        )
    return target.getvalue().encode(), remarks


def _is_lost_parent(rows: Rows) -> bool:
    """Whether the source's own column `parent` names only what is not here: so the table reader keeps such names."""
    known = {cells[name] for cells in rows.cells for name in ("identifier", "humanCodingScheme")}
    return all(
        not rows.parents[cells["identifier"]] and cells[PARENT] not in known
        for cells in rows.cells
        if cells.get(PARENT)
    )
