"""Synonyms and associations are kept in memory too, so their changes are counted: in force with the next search."""

from importlib import import_module

from django.db import migrations

trigger = import_module("search.migrations.0002_vocabulary_versions").trigger


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0004_saved_searches"),
        ("repository", "0003_synonyms_and_wanted"),
    ]

    operations = [trigger("repository_synonym"), trigger("standards_association")]
