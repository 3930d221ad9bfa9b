"""A number for each table of vocabularies, which grows with each change: `search.memory` reads them once a request.

The database itself counts, in the transaction of the change, so a bulk write or a hand-written UPDATE is counted too.
"""

from django.db import migrations

TABLES = (
    "people_organisation",
    "repository_competencylevel",
    "repository_competencyscale",
    "repository_modality",
    "repository_resourcekind",
    "repository_subject",
    "repository_topic",
    "standards_framework",
    "standards_item",
    "standards_itemalias",
    "standards_itemancestor",
)

COUNTER = """
CREATE SEQUENCE search_vocabulary_version;
CREATE TABLE search_vocabulary (name text PRIMARY KEY, version bigint NOT NULL);
CREATE FUNCTION search_vocabulary_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_vocabulary (name, version) VALUES (TG_TABLE_NAME, nextval('search_vocabulary_version'))
    ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END
$$;
"""
NO_COUNTER = """
DROP FUNCTION search_vocabulary_changed();
DROP TABLE search_vocabulary;
DROP SEQUENCE search_vocabulary_version;
"""


def trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER search_vocabulary AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION search_vocabulary_changed(); "
        f"INSERT INTO search_vocabulary (name, version) VALUES ('{table}', nextval('search_vocabulary_version'))",
        f"DROP TRIGGER search_vocabulary ON {table}; DELETE FROM search_vocabulary WHERE name = '{table}'",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
        ("people", "0001_initial"),
        ("repository", "0001_initial"),
        ("standards", "0001_initial"),
    ]

    operations = [migrations.RunSQL(COUNTER, NO_COUNTER), *(trigger(table) for table in TABLES)]
