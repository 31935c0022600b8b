from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0011_photo_upload_sha256"),
    ]

    operations = [
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
                    ("barred", "Blocked"),
                    ("kept", "Kept"),
                    ("shown", "Shown again"),
                    ("gone", "Gone"),
                ],
                default="",
                max_length=6,
                verbose_name="outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("settled_at", None)),
                    models.Q(
                        ("outcome__in", ["hidden", "barred", "kept", "shown", "gone"]),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="report_is_open_or_settled",
            ),
        ),
    ]
