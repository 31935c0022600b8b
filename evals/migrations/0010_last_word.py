"""Production moves by the gate's last word on the release that decides: of all with cases in the split gate, the
one that was made last.

A PASS holds until another verdict on its release is none, and both of its runs have to ask at least three
times. An easier set and a single try could else move it.

All of the function stands here; migration 0003 made it, and its trigger stays.
"""

from importlib import import_module

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION evals_guard_production() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing integer;
    deciding bigint;
    its_name text;
BEGIN
    -- Moves come one after the other, so that each is judged against the one before it.
    PERFORM pg_advisory_xact_lock(hashtextextended('evals.production', 0));
    IF NEW.kind = 'gate' THEN
        SELECT version_id INTO standing FROM aiprefill_labelmove
            WHERE label = NEW.label ORDER BY id DESC LIMIT 1;
        SELECT r.id, d.name || '@' || r.number INTO deciding, its_name
            FROM evals_release AS r JOIN evals_dataset AS d ON d.id = r.dataset_id
            WHERE EXISTS (
                SELECT FROM evals_releasecase AS m JOIN evals_case AS c ON c.id = m.case_id
                    WHERE m.release_id = r.id AND c.split = 'gate'
            )
            ORDER BY r.id DESC LIMIT 1;
        IF NOT EXISTS (
            SELECT FROM evals_verdict AS v
                JOIN evals_evalrun AS cand ON cand.id = v.candidate_run_id
                JOIN evals_evalrun AS base ON base.id = v.baseline_run_id
                JOIN evals_release AS r ON r.id = v.release_id
            WHERE v.id = CASE jsonb_typeof(NEW.verdict -> 'id') WHEN 'number' THEN (NEW.verdict ->> 'id')::bigint END
                AND v.status = 'pass' AND v.candidate_id = NEW.version_id
                AND v.judged_at > now() - interval '7 days'
                AND cand.version_id = NEW.version_id AND base.version_id = standing
                AND (cand.state, base.state, cand.split, base.split) = ('done', 'done', 'gate', 'gate')
                AND (cand.release_id, base.release_id) = (r.id, r.id)
                AND cand."limit" IS NULL AND base."limit" IS NULL
                -- As often as promotion.REPEATS says.
                AND cand.repeats >= 3 AND base.repeats >= 3
                AND r.id = deciding
                AND NOT EXISTS (
                    SELECT FROM evals_verdict AS later
                        WHERE later.candidate_id = v.candidate_id AND later.release_id = v.release_id
                            AND later.id > v.id AND later.status <> 'pass'
                )
        ) THEN
            RAISE EXCEPTION 'production moves on a fresh PASS against it as the last word on %, the release that '
                'was made last, by 3 repeats or more: manage.py gate --candidate=% --dataset=%',
                coalesce(its_name, 'a release'), NEW.version_id, coalesce(its_name, 'NAME')
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.kind = 'rollback' THEN
        IF NOT EXISTS (
            SELECT FROM aiprefill_labelmove WHERE label = NEW.label AND version_id = NEW.version_id
        ) THEN
            RAISE EXCEPTION 'version % never was production, so there is no way back to it', NEW.version_id
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.kind = 'bootstrap' THEN
        IF EXISTS (SELECT FROM evals_verdict)
                OR EXISTS (SELECT FROM aiprefill_labelmove WHERE label = NEW.label AND kind <> 'bootstrap') THEN
            RAISE EXCEPTION 'production is decided by the gate now: manage.py gate, then manage.py promote'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""

_BEFORE = import_module("evals.migrations.0003_promotion").FORWARD.partition("CREATE TRIGGER")[0]
BACKWARD = _BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("evals", "0009_endpoint")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
