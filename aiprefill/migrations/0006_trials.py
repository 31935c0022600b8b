"""Versions that are only tried, held by the database against every way in.

The one change that a row of PromptVersion takes: a trial is saved, once, with its note. No label stands on a
trial.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION aiprefill_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    saving text[] := ARRAY['is_trial', 'note'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_trial AND NOT NEW.is_trial
            AND to_jsonb(NEW) - saving = to_jsonb(OLD) - saving THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a prompt version never changes, save that a trial is saved once: make a new one'
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER prompt_version_is_immutable ON aiprefill_promptversion;
CREATE TRIGGER prompt_version_is_immutable BEFORE UPDATE OR DELETE ON aiprefill_promptversion
    FOR EACH ROW EXECUTE FUNCTION aiprefill_guard_version();

CREATE FUNCTION aiprefill_guard_label() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM aiprefill_promptversion WHERE number = NEW.version_id AND is_trial) THEN
        RAISE EXCEPTION 'version % is a trial: save it in the lab before a label stands on it', NEW.version_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER label_stands_on_no_trial BEFORE INSERT ON aiprefill_labelmove
    FOR EACH ROW EXECUTE FUNCTION aiprefill_guard_label();
"""

BACKWARD = """
DROP TRIGGER label_stands_on_no_trial ON aiprefill_labelmove;
DROP FUNCTION aiprefill_guard_label();
DROP TRIGGER prompt_version_is_immutable ON aiprefill_promptversion;
CREATE TRIGGER prompt_version_is_immutable BEFORE UPDATE OR DELETE ON aiprefill_promptversion
    FOR EACH ROW EXECUTE FUNCTION aiprefill_refuse_change();
DROP FUNCTION aiprefill_guard_version();
"""


class Migration(migrations.Migration):
    dependencies = [("aiprefill", "0005_two_people")]

    operations = [
        migrations.RemoveConstraint("promptversion", "prompt_version_says_what_changed"),
        migrations.AddField(
            model_name="promptversion",
            name="is_trial",
            field=models.BooleanField(default=False, verbose_name="trial"),
        ),
        migrations.AddConstraint(
            model_name="promptversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_trial", True), ("note", "")),
                    models.Q(("is_trial", False), models.Q(("note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="prompt_version_says_what_changed",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
