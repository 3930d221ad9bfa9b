"""Raise a table's version once a transaction, and only note what follows.

Raising it with each of ten thousand statements would leave ten thousand versions of one row, which the next must pass.
What follows is noted in a setting of the transaction, for whoever reads within it; a sequence gives the numbers, so that
none comes twice, whatever is rolled back.
"""

from importlib import import_module

from django.db import migrations

COUNTED_ONCE = """
CREATE OR REPLACE FUNCTION search_vocabulary_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := 'search.changed_' || TG_TABLE_NAME;
BEGIN
    IF coalesce(current_setting(noted, true), '') = '' THEN
        INSERT INTO search_vocabulary (name, version) VALUES (TG_TABLE_NAME, nextval('search_vocabulary_version'))
        ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version;
    END IF;
    PERFORM set_config(noted, nextval('search_vocabulary_version')::text, true);
    RETURN NULL;
END
$$;
"""
COUNTED_EACH_TIME = import_module("search.migrations.0002_vocabulary_versions").COUNTER
COUNTED_EACH_TIME = "CREATE OR REPLACE" + COUNTED_EACH_TIME.split("CREATE", 3)[3]


class Migration(migrations.Migration):
    dependencies = [("search", "0007_group_checksum")]

    operations = [migrations.RunSQL(COUNTED_ONCE, COUNTED_EACH_TIME)]
