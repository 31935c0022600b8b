import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0007_api_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                ("text", models.CharField(max_length=30, primary_key=True, serialize=False)),
                (
                    "stumps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["stumps"], name="word_stumps")],
            },
        ),
    ]
