import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0012_report_barred"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(django.db.models.functions.text.Upper("recipient"), name="mail_of_recipient"),
        ),
    ]
