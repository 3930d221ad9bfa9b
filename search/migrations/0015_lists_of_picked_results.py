from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0014_picks_may_swap")]

    operations = [
        migrations.AlterModelOptions(
            name="promotion",
            options={
                "ordering": ["phrases"],
                "verbose_name": "list of picked results",
                "verbose_name_plural": "lists of picked results",
            },
        ),
    ]
