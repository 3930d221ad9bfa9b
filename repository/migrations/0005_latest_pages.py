from django.db import migrations


class Migration(migrations.Migration):
    """The home page and those of districts show what was published last: without it, all that is published is sorted for each.

    Of those alone that are live: drafts, which have no date, would come first.
    """

    dependencies = [
        ("repository", "0004_wanted_ticket"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX resource_latest ON wagtailcore_page (last_published_at, id) WHERE live",
            "DROP INDEX resource_latest",
        ),
    ]
