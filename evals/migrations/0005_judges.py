"""Judges' verdicts and people's labels, and the triggers that hold both.

Neither takes an UPDATE or a DELETE, save that its words are erased once. A correction is of the same person,
answer and failure mode as the label that it corrects. No label of prompts stands on a judge's version, which
offers no categories and makes no suggestions.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION evals_guard_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasing text[] := ARRAY['erased_at', TG_ARGV[0]];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
            AND to_jsonb(NEW) - erasing = to_jsonb(OLD) - erasing THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% rows never change, save that their words are erased once', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER judge_verdict_is_immutable BEFORE UPDATE OR DELETE ON evals_judgeverdict
    FOR EACH ROW EXECUTE FUNCTION evals_guard_words('reason');
CREATE TRIGGER judge_label_is_append_only BEFORE UPDATE OR DELETE ON evals_judgelabel
    FOR EACH ROW EXECUTE FUNCTION evals_guard_words('why');

CREATE FUNCTION evals_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM evals_judgelabel WHERE id = NEW.corrects_id
            AND (mode, answer_digest, person_id) = (NEW.mode, NEW.answer_digest, NEW.person_id)
    ) THEN
        RAISE EXCEPTION 'a label corrects one of the same person about the same answer'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER judge_label_corrects_its_own BEFORE INSERT ON evals_judgelabel
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL) EXECUTE FUNCTION evals_guard_correction();

CREATE FUNCTION evals_guard_suggesting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT spec_text::json ->> 'taxonomy' FROM aiprefill_promptversion WHERE number = NEW.version_id) = '[]' THEN
        RAISE EXCEPTION 'version % is a judge and makes no suggestions', NEW.version_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER label_stands_on_what_suggests BEFORE INSERT ON aiprefill_labelmove
    FOR EACH ROW EXECUTE FUNCTION evals_guard_suggesting();
"""

BACKWARD = """
DROP TRIGGER label_stands_on_what_suggests ON aiprefill_labelmove;
DROP TRIGGER judge_label_corrects_its_own ON evals_judgelabel;
DROP TRIGGER judge_label_is_append_only ON evals_judgelabel;
DROP TRIGGER judge_verdict_is_immutable ON evals_judgeverdict;
DROP FUNCTION evals_guard_suggesting();
DROP FUNCTION evals_guard_correction();
DROP FUNCTION evals_guard_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("aiprefill", "0005_two_people"),
        ("evals", "0004_override_wish"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="JudgeLabel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mode", models.CharField(max_length=40, verbose_name="failure mode")),
                ("answer_digest", models.CharField(max_length=64, verbose_name="digest of the answer")),
                ("fails", models.BooleanField(verbose_name="fails")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "labelled_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="labelled",
                    ),
                ),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="words erased")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="evals.judgelabel",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judge_labels",
                        to="evals.caseresult",
                        verbose_name="result",
                    ),
                ),
            ],
            options={
                "verbose_name": "label for judges",
                "verbose_name_plural": "labels for judges",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("corrects", None)),
                        fields=("mode", "answer_digest", "person"),
                        name="judge_label_once_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", ""), _negated=True),
                            ("answer_digest__regex", "^[0-9a-f]{64}$"),
                        ),
                        name="judge_label_can_be_found",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("erased_at", None), ("why", ""), _connector="OR"),
                        name="judge_label_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JudgeVerdict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mode", models.CharField(max_length=40, verbose_name="failure mode")),
                ("answer_digest", models.CharField(max_length=64, verbose_name="digest of the answer")),
                ("fails", models.BooleanField(verbose_name="fails")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "judged_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="judged",
                    ),
                ),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="reason erased")),
                (
                    "output",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judge_verdict",
                        to="aiprefill.modeloutput",
                        verbose_name="model output",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judge_verdicts",
                        to="aiprefill.promptversion",
                        verbose_name="version of the judge",
                    ),
                ),
            ],
            options={
                "verbose_name": "verdict of a judge",
                "verbose_name_plural": "verdicts of judges",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "answer_digest"), name="judge_verdict_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", ""), _negated=True),
                            ("answer_digest__regex", "^[0-9a-f]{64}$"),
                        ),
                        name="judge_verdict_can_be_found",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("erased_at", None), ("reason", ""), _connector="OR"),
                        name="judge_verdict_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
