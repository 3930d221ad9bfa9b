from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0016_searches_in_words")]

    operations = [
        # Short texts were taken for versions of one lesson that are lessons of their own: the next `search_reindex` judges
        # them anew. A sketch of fewer than 64 hashes has the whole text.
        migrations.RunSQL(
            "DELETE FROM search_versiongroup WHERE cardinality(sketch) < 64", migrations.RunSQL.noop
        ),
    ]
