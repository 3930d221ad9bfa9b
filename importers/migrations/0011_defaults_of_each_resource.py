from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('importers', '0010_alignment_moves'),
    ]

    operations = [
        migrations.AddField(
            model_name='importedresource',
            name='defaults',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
