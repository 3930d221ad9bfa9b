from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('importers', '0008_replace_reviewed'),
    ]

    operations = [
        migrations.AddField(
            model_name='resourceimport',
            name='defaults',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
