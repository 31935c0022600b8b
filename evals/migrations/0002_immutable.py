"""The evidence is held by the database, against every way in.

Cases, releases, their members, openings of a holdout, calls and verdicts take no UPDATE and no DELETE, save
that a case ends once and is erased once, a result erased once, a report signed once. A release commits only
whole: with as many cases as it says, and with the digest of exactly those. A run keeps its question always
and everything once it is done.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION evals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows never change: make a new one', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER case_file_is_immutable BEFORE UPDATE OR DELETE ON evals_casefile
    FOR EACH ROW EXECUTE FUNCTION evals_refuse_change();
CREATE TRIGGER release_is_immutable BEFORE UPDATE OR DELETE ON evals_release
    FOR EACH ROW EXECUTE FUNCTION evals_refuse_change();
CREATE TRIGGER release_case_is_immutable BEFORE UPDATE OR DELETE ON evals_releasecase
    FOR EACH ROW EXECUTE FUNCTION evals_refuse_change();
CREATE TRIGGER holdout_opening_is_append_only BEFORE UPDATE OR DELETE ON evals_holdoutopening
    FOR EACH ROW EXECUTE FUNCTION evals_refuse_change();
CREATE TRIGGER run_call_is_immutable BEFORE UPDATE OR DELETE ON evals_runcall
    FOR EACH ROW EXECUTE FUNCTION evals_refuse_change();
CREATE TRIGGER verdict_is_immutable BEFORE UPDATE OR DELETE ON evals_verdict
    FOR EACH ROW EXECUTE FUNCTION evals_refuse_change();

CREATE FUNCTION evals_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['valid_to'];
    erasing text[] := ARRAY['erased_at', 'expected', 'provenance', 'tags', 'clusters', 'why'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL AND to_jsonb(NEW) - ending = to_jsonb(OLD) - ending THEN
            RETURN NEW;
        END IF;
        IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
                AND to_jsonb(NEW) - erasing = to_jsonb(OLD) - erasing THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a case version ends once and is erased once, nothing else: make a new version'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER case_is_immutable BEFORE UPDATE OR DELETE ON evals_case
    FOR EACH ROW EXECUTE FUNCTION evals_guard_case();

CREATE FUNCTION evals_guard_case_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM evals_releasecase WHERE case_id = NEW.case_id) THEN
        RAISE EXCEPTION 'the case is in a release: make a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_file_comes_with_its_case BEFORE INSERT ON evals_casefile
    FOR EACH ROW EXECUTE FUNCTION evals_guard_case_file();

CREATE FUNCTION evals_guard_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM evals_releasecase AS member JOIN evals_release AS release ON release.id = member.release_id
        WHERE member.release_id IN (SELECT release_id FROM added)
        GROUP BY release.id HAVING count(*) > release.case_count
    ) THEN
        RAISE EXCEPTION 'the release is complete: make a new one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER release_takes_no_more AFTER INSERT ON evals_releasecase
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION evals_guard_membership();

CREATE FUNCTION evals_guard_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    SELECT count(*) AS cases, count(DISTINCT c.key) AS keys, count(*) FILTER (WHERE c.dataset_id <> NEW.dataset_id)
        AS strangers, encode(sha256(convert_to(string_agg(c.digest, E'\\n' ORDER BY c.digest COLLATE "C"), 'UTF8')),
        'hex') AS digest
    INTO found
    FROM evals_releasecase AS member JOIN evals_case AS c ON c.id = member.case_id
    WHERE member.release_id = NEW.id;
    IF found.cases <> NEW.case_count OR found.keys <> NEW.case_count OR found.strangers > 0
            OR found.digest IS DISTINCT FROM NEW.digest THEN
        RAISE EXCEPTION 'the release does not hold exactly the cases of its digest'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER release_is_whole AFTER INSERT ON evals_release
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION evals_guard_release();

CREATE FUNCTION evals_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    progress text[] := ARRAY['state', 'reason', 'concurrency', 'max_cost_micros', 'attempt', 'lease_until',
        'stop_asked', 'planned', 'finished', 'from_cache', 'errors', 'paid_again', 'cost_micros', 'started_at',
        'ended_at'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state <> 'done' THEN
        IF OLD.index_digest = '' THEN
            progress := progress || 'index_digest'::text;
        END IF;
        IF to_jsonb(NEW) - progress = to_jsonb(OLD) - progress THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a run keeps its question, and all of it once it is done: make a new one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER run_keeps_its_question BEFORE UPDATE OR DELETE ON evals_evalrun
    FOR EACH ROW EXECUTE FUNCTION evals_guard_run();

CREATE FUNCTION evals_guard_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasing text[] := ARRAY['erased_at', 'answer'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM evals_evalrun WHERE id = NEW.run_id AND state = 'done') THEN
            RAISE EXCEPTION 'the run is done: make a new one' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
            AND to_jsonb(NEW) - erasing = to_jsonb(OLD) - erasing THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a result never changes, save that its answer is erased once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER case_result_is_written_once BEFORE INSERT OR UPDATE OR DELETE ON evals_caseresult
    FOR EACH ROW EXECUTE FUNCTION evals_guard_result();

CREATE FUNCTION evals_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signing text[] := ARRAY['signed_by_id', 'signed_at', 'signed_words'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL
            AND to_jsonb(NEW) - signing = to_jsonb(OLD) - signing THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a report is signed once, nothing else' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER report_is_signed_once BEFORE UPDATE OR DELETE ON evals_report
    FOR EACH ROW EXECUTE FUNCTION evals_guard_report();
"""

BACKWARD = """
DROP TRIGGER report_is_signed_once ON evals_report;
DROP TRIGGER case_result_is_written_once ON evals_caseresult;
DROP TRIGGER run_keeps_its_question ON evals_evalrun;
DROP TRIGGER release_is_whole ON evals_release;
DROP TRIGGER release_takes_no_more ON evals_releasecase;
DROP TRIGGER case_file_comes_with_its_case ON evals_casefile;
DROP TRIGGER case_is_immutable ON evals_case;
DROP TRIGGER verdict_is_immutable ON evals_verdict;
DROP TRIGGER run_call_is_immutable ON evals_runcall;
DROP TRIGGER holdout_opening_is_append_only ON evals_holdoutopening;
DROP TRIGGER release_case_is_immutable ON evals_releasecase;
DROP TRIGGER release_is_immutable ON evals_release;
DROP TRIGGER case_file_is_immutable ON evals_casefile;
DROP FUNCTION evals_guard_report();
DROP FUNCTION evals_guard_result();
DROP FUNCTION evals_guard_run();
DROP FUNCTION evals_guard_release();
DROP FUNCTION evals_guard_membership();
DROP FUNCTION evals_guard_case_file();
DROP FUNCTION evals_guard_case();
DROP FUNCTION evals_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("evals", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
