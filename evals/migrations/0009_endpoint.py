"""Where a run's questions went; of the runs before it nobody knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evals", "0008_cached_failures")]

    operations = [
        migrations.AddField(
            model_name="evalrun",
            name="endpoint",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="asked at"
            ),
        ),
    ]
