"""Runs over chosen cases, which are a look and no evidence: no verdict stands on one, by any way in."""

import django.contrib.postgres.fields
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION evals_guard_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM evals_evalrun WHERE id IN (NEW.candidate_run_id, NEW.baseline_run_id) AND "only" IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a run over chosen cases is no evidence: run the whole split'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verdict_stands_on_whole_runs BEFORE INSERT ON evals_verdict
    FOR EACH ROW EXECUTE FUNCTION evals_guard_verdict();
"""

BACKWARD = """
DROP TRIGGER verdict_stands_on_whole_runs ON evals_verdict;
DROP FUNCTION evals_guard_verdict();
"""


class Migration(migrations.Migration):
    dependencies = [("evals", "0005_judges")]

    operations = [
        migrations.AddField(
            model_name="evalrun",
            name="only",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                null=True,
                size=None,
                verbose_name="only these cases",
            ),
        ),
        migrations.AddConstraint(
            model_name="evalrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("only", None),
                    models.Q(("only__len__gte", 1), models.Q(("split", "holdout"), _negated=True)),
                    _connector="OR",
                ),
                name="eval_run_chosen_cases_are_open",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
