from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0008_word"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="report",
            name="report_reason_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="report_is_open_or_settled",
        ),
        migrations.AlterField(
            model_name="report",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Open"),
                    ("hidden", "Hidden"),
                    ("kept", "Kept"),
                    ("shown", "Shown again"),
                    ("gone", "Gone"),
                ],
                default="",
                max_length=6,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="reason",
            field=models.CharField(
                choices=[
                    ("scam", "It looks like a scam"),
                    ("forbidden", "It may not be sold here"),
                    ("wrong", "The photos or the text are not true, or not theirs"),
                    ("abuse", "It is insulting or threatening"),
                    ("other", "Something else"),
                    ("appeal", "Its seller asks us to look again"),
                ],
                max_length=9,
                verbose_name="reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["scam", "forbidden", "wrong", "abuse", "other", "appeal"])
                ),
                name="report_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("settled_at", None)),
                    models.Q(
                        ("outcome__in", ["hidden", "kept", "shown", "gone"]), ("settled_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="report_is_open_or_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", "appeal"), models.Q(("outcome", "hidden"), _negated=True)),
                    models.Q(
                        models.Q(("reason", "appeal"), _negated=True),
                        models.Q(("outcome", "shown"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="report_hides_and_appeal_shows",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", ""), ("reason", "appeal")),
                fields=("listing",),
                name="report_is_one_appeal_at_a_time",
            ),
        ),
    ]
