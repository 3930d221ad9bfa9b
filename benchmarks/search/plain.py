"""What it is measured against: a plain Wagtail site on PostgreSQL full text, with the same facets.

Words are weighted as a tsvector with a GIN index, as Wagtail's own database search keeps them. A page asks for the hits
by rank, for their number, and for each facet with one GROUP BY, all under the same audience and the same chosen values:
what Django's ORM makes of `.filter(…).values(facet).annotate(Count(…))`. Like ours, a facet leaves out its own choice,
and standards count through the closure table.
"""

import time
from collections.abc import Iterator
from urllib.parse import parse_qsl

from django.db import connection

HITS = 20

SETUP = """
DROP TABLE IF EXISTS bench_text;
CREATE TABLE bench_text AS
SELECT p.id AS page_id, setweight(to_tsvector('english', p.title), 'A')
    || setweight(to_tsvector('english', r.summary), 'B')
    || to_tsvector('english', coalesce(
        (SELECT string_agg(b -> 'value' ->> 'text', ' ') FROM jsonb_array_elements(r.body) b), ''
    )) AS words
FROM repository_resourcepage r JOIN wagtailcore_page p ON p.id = r.page_ptr_id;
ALTER TABLE bench_text ADD PRIMARY KEY (page_id);
CREATE INDEX ON bench_text USING gin (words);
"""
TABLES = "repository_resourcepage r JOIN wagtailcore_page p ON p.id = r.page_ptr_id JOIN bench_text t ON t.page_id = p.id"

# Facet: (further tables, value).
FACETS = {
    "standard": (
        """JOIN repository_alignment a ON a.page_id = p.id
        JOIN standards_itemancestor c ON c.descendant_id = a.item_id
        JOIN standards_item i ON i.id = c.ancestor_id JOIN standards_framework f ON f.id = i.framework_id""",
        "CASE WHEN i.depth = 0 THEN f.short_name END",
    ),
    "subject": (
        """JOIN repository_resourcepage_subjects x ON x.resourcepage_id = p.id
        JOIN repository_subject s ON s.id = x.subject_id""",
        "s.slug",
    ),
    "grade": ("CROSS JOIN LATERAL unnest(r.grades) AS g(grade)", "g.grade"),
    "kind": ("JOIN repository_resourcekind k ON k.id = r.kind_id", "k.slug"),
    "level": (
        "JOIN repository_alignment a ON a.page_id = p.id JOIN repository_competencylevel l ON l.id = a.level_id",
        "l.slug",
    ),
    "topic": (
        "JOIN repository_resourcepage_topics x ON x.resourcepage_id = p.id JOIN repository_topic n ON n.id = x.topic_id",
        "substr(n.path, 1, 4)",
    ),
    "modality": (
        """JOIN repository_resourcepage_modalities x ON x.resourcepage_id = p.id
        JOIN repository_modality m ON m.id = x.modality_id""",
        "m.slug",
    ),
    "duration": ("", "width_bucket(r.duration_minutes, ARRAY[1, 16, 31, 61, 91, 241])"),
    "relation": ("JOIN repository_alignment a ON a.page_id = p.id", "a.relation"),
    "licence": ("", "r.licence"),
    "language": ("", "r.language"),
    "district": ("JOIN people_organisation o ON o.id = r.district_id", "o.slug"),
    "school": ("JOIN people_organisation o ON o.id = r.school_id", "o.slug"),
    "audience": ("", "r.audience"),
}
# How a chosen value narrows; standards by everything below.
CHOSEN = {
    "grade": "r.grades @> ARRAY[%s]::varchar[]",
    "subject": "EXISTS (SELECT FROM repository_resourcepage_subjects y JOIN repository_subject z ON z.id = y.subject_id "
    "WHERE y.resourcepage_id = p.id AND z.slug = %s)",
    "standard": "EXISTS (SELECT FROM repository_alignment y JOIN standards_itemancestor z ON z.descendant_id = y.item_id "
    "JOIN standards_item w ON w.id = z.ancestor_id WHERE y.page_id = p.id AND w.human_coding_scheme = %s)",
}


def set_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SETUP)
        cursor.execute("ANALYZE")


def page(query: str) -> float:
    """Milliseconds that the database needs for one page of results."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for statement, values in _statements(dict(parse_qsl(query))):
            cursor.execute(statement, values)
            cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def _statements(asked: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    q = asked.pop("q", "")
    chosen = {name: value.rpartition(":")[2] for name, value in asked.items() if name in CHOSEN}

    def where(without: str = "") -> tuple[str, list[str]]:
        conditions, values = ["p.live", "r.audience = 'public'"], []
        if q:
            conditions.append("t.words @@ plainto_tsquery('english', %s)")
            values.append(q)
        for name, value in chosen.items():
            if name != without:
                conditions.append(CHOSEN[name])
                values.append(value)
        return " AND ".join(conditions), values

    condition, values = where()
    order, ranked = "p.first_published_at DESC, p.id", []
    if q:
        order, ranked = "ts_rank(t.words, plainto_tsquery('english', %s)) DESC, p.id", [q]
    yield (
        f"SELECT p.*, r.* FROM {TABLES} WHERE {condition} ORDER BY {order} LIMIT {HITS}",
        [*values, *ranked],
    )
    yield f"SELECT count(*) FROM {TABLES} WHERE {condition}", values
    for name, (joins, value) in FACETS.items():
        condition, values = where(without=name)
        yield (
            f"SELECT {value}, count(DISTINCT p.id) FROM {TABLES} {joins} WHERE {condition} GROUP BY 1",
            values,
        )
