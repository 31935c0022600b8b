"""A report is signed in words, by a person, after it was written: not in the act of writing it."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION evals_guard_new_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a report is written first and signed then' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER report_is_written_unsigned BEFORE INSERT ON evals_report
    FOR EACH ROW WHEN (NEW.signed_at IS NOT NULL) EXECUTE FUNCTION evals_guard_new_report();
"""

BACKWARD = """
DROP TRIGGER report_is_written_unsigned ON evals_report;
DROP FUNCTION evals_guard_new_report();
"""


class Migration(migrations.Migration):
    dependencies = [("evals", "0006_only")]

    operations = [
        migrations.AlterModelOptions(
            name="report",
            options={
                "ordering": ["-id"],
                "verbose_name": "model report",
                "verbose_name_plural": "model reports",
            },
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_at", None), ("signed_words__regex", r"\S"), _connector="OR"),
                name="report_signed_in_words",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
