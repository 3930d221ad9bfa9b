from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0015_lists_of_picked_results")]

    operations = [
        migrations.AlterField(
            model_name="promotion",
            name="phrases",
            field=models.TextField(
                help_text="What people type, one search a line. Capital letters, accents and signs do not matter.",
                verbose_name="searches",
            ),
        ),
    ]
