"""What never changes is held by the database, against every way in.

PromptVersion and LabelMove take no UPDATE and no DELETE. A ModelOutput is settled once and erased once, a
Correction erased once; neither is ever deleted.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE aiprefill_promptversion
    ADD CONSTRAINT prompt_version_digest_is_of_its_text
        CHECK (digest = encode(sha256(convert_to(spec_text, 'UTF8')), 'hex')),
    ADD CONSTRAINT prompt_version_columns_are_of_its_text
        CHECK (provider = spec_text::jsonb ->> 'provider' AND model = spec_text::jsonb ->> 'model');

CREATE FUNCTION aiprefill_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows never change: make a new one', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER prompt_version_is_immutable BEFORE UPDATE OR DELETE ON aiprefill_promptversion
    FOR EACH ROW EXECUTE FUNCTION aiprefill_refuse_change();
CREATE TRIGGER label_move_is_append_only BEFORE UPDATE OR DELETE ON aiprefill_labelmove
    FOR EACH ROW EXECUTE FUNCTION aiprefill_refuse_change();

CREATE FUNCTION aiprefill_guard_model_output() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settling text[] := ARRAY['status', 'error_class', 'http_status', 'request_id', 'index_digest', 'raw', 'parsed',
        'input_tokens', 'cached_tokens', 'output_tokens', 'cost_micros', 'latency_ms', 'settled_at'];
    erasing text[] := ARRAY['erased_at', 'request', 'raw', 'parsed'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'open' AND NEW.status <> 'open' AND to_jsonb(NEW) - settling = to_jsonb(OLD) - settling THEN
            RETURN NEW;
        END IF;
        IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
                AND to_jsonb(NEW) - erasing = to_jsonb(OLD) - erasing THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a model output is settled once and erased once, nothing else'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER model_output_is_settled_once BEFORE UPDATE OR DELETE ON aiprefill_modeloutput
    FOR EACH ROW EXECUTE FUNCTION aiprefill_guard_model_output();

CREATE FUNCTION aiprefill_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasing text[] := ARRAY['erased_at', 'suggested', 'final'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
            AND NEW.suggested IS NULL AND NEW.final IS NULL
            AND to_jsonb(NEW) - erasing = to_jsonb(OLD) - erasing THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a correction never changes, save that its texts are erased once'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER correction_is_written_once BEFORE UPDATE OR DELETE ON aiprefill_correction
    FOR EACH ROW EXECUTE FUNCTION aiprefill_guard_correction();
"""

BACKWARD = """
DROP TRIGGER correction_is_written_once ON aiprefill_correction;
DROP TRIGGER model_output_is_settled_once ON aiprefill_modeloutput;
DROP TRIGGER label_move_is_append_only ON aiprefill_labelmove;
DROP TRIGGER prompt_version_is_immutable ON aiprefill_promptversion;
DROP FUNCTION aiprefill_guard_correction();
DROP FUNCTION aiprefill_guard_model_output();
DROP FUNCTION aiprefill_refuse_change();
ALTER TABLE aiprefill_promptversion
    DROP CONSTRAINT prompt_version_columns_are_of_its_text,
    DROP CONSTRAINT prompt_version_digest_is_of_its_text;
"""


class Migration(migrations.Migration):
    dependencies = [("aiprefill", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
