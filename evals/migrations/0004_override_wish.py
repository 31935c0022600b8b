"""Wishes to override the gate: a row gets its outcome once, by a second person and within seven days."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION evals_guard_wish() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['outcome', 'ended_by_id', 'ended_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.outcome = '' AND NEW.asked_at <= clock_timestamp() THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a wish begins open, and now' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.outcome = '' AND NEW.outcome <> ''
            AND to_jsonb(NEW) - ending = to_jsonb(OLD) - ending THEN
        IF NEW.outcome = 'confirmed' AND OLD.asked_at <= clock_timestamp() - interval '7 days' THEN
            RAISE EXCEPTION 'the wish is older than 7 days: ask anew' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a wish ends once, nothing else' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER override_wish_ends_once BEFORE INSERT OR UPDATE OR DELETE ON evals_overridewish
    FOR EACH ROW EXECUTE FUNCTION evals_guard_wish();
"""

BACKWARD = """
DROP TRIGGER override_wish_ends_once ON evals_overridewish;
DROP FUNCTION evals_guard_wish();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("aiprefill", "0005_two_people"),
        ("evals", "0003_promotion"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OverrideWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("why", models.CharField(max_length=500, verbose_name="why")),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="asked",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("confirmed", "confirmed"), ("withdrawn", "withdrawn")],
                        max_length=9,
                        verbose_name="outcome",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="override_wishes",
                        to="aiprefill.promptversion",
                        verbose_name="prompt version",
                    ),
                ),
            ],
            options={
                "verbose_name": "wish to override the gate",
                "verbose_name_plural": "wishes to override the gate",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True), name="override_wish_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None), ("outcome", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("outcome__in", ["confirmed", "withdrawn"]),
                            ),
                            _connector="OR",
                        ),
                        name="override_wish_ended_by_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "confirmed"), _negated=True),
                            models.Q(("ended_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="override_wish_confirmed_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
