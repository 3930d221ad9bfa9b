"""Look-up knows more spellings of a code than before: give them to the statements that are there."""

from django.db import migrations

from standards.codes import MAX_FORMS, code_forms

BATCH = 2000


def add_forms(apps, schema_editor):
    Item = apps.get_model("standards", "Item")
    changed = []
    # Forms from another notation of the same code stay, behind those of the code itself.
    for item in Item.objects.exclude(human_coding_scheme="").only("human_coding_scheme", "code_forms").iterator(BATCH):
        forms = list(dict.fromkeys([*code_forms(item.human_coding_scheme), *item.code_forms]))[:MAX_FORMS]
        if forms != item.code_forms:
            item.code_forms = forms
            changed.append(item)
        if len(changed) == BATCH:
            Item.objects.bulk_update(changed, ["code_forms"])
            changed.clear()
    Item.objects.bulk_update(changed, ["code_forms"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("standards", "0004_code_beginnings")]
    operations = [migrations.RunPython(add_forms, migrations.RunPython.noop, elidable=True)]
