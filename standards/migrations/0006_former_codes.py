import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("standards", "0005_more_code_forms")]
    operations = [
        migrations.AddField(
            model_name="item",
            name="former_codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=255), blank=True, default=list, size=None
            ),
        )
    ]
