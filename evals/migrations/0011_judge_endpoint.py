"""Where a judge was asked; of the verdicts before it nobody knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("aiprefill", "0007_arms_of_a_day"),
        ("evals", "0010_last_word"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="judgeverdict",
            name="judge_verdict_once",
        ),
        migrations.AddField(
            model_name="judgeverdict",
            name="endpoint",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="asked at"
            ),
        ),
        migrations.AddConstraint(
            model_name="judgeverdict",
            constraint=models.UniqueConstraint(
                fields=("version", "endpoint", "answer_digest"), name="judge_verdict_once"
            ),
        ),
    ]
