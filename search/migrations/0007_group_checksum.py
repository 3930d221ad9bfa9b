from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0006_ranking'),
    ]

    operations = [
        # Sketches are made of other hashes from now on: the next `search_reindex` makes all anew.
        migrations.RunSQL("DELETE FROM search_versiongroup", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='versiongroup',
            name='made_of',
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
