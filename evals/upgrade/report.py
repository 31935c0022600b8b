"""The report of a trial: written once, with its verdict, and signed once by a person."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from aiprefill.public import PRODUCTION, label_version, traffic
from evals.gate import gate
from evals.models import Report, VerdictStatus
from evals.trial import Trial
from evals.upgrade.figures import figures, run_numbers
from evals.upgrade.words import markdown


class NotSigned(Exception):
    """The report stays as it is; the message says why, to the person who wanted to sign."""


def find_or_write(trial: Trial, now: datetime) -> Report:
    """The report on exactly these runs, written if there is none."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two who try the same model at once wait for the same runs: one report is enough.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('evals.report', 0))")
        return written(trial) or write(trial, now)


def write(trial: Trial, now: datetime) -> Report:
    """Judge the trial and write down what it found."""
    production = label_version(PRODUCTION)
    with transaction.atomic():
        verdict, decision = gate(trial, now)
        told = figures(trial, production, verdict, decision, traffic(now))
        return Report.objects.create(
            version=trial.candidate, verdict=verdict, body=markdown(told), figures=told
        )


def written(trial: Trial) -> Report | None:
    """The report that stands on exactly the runs that a new one would, and is not broken."""
    wanted = run_numbers(trial, label_version(PRODUCTION))
    reports = Report.objects.filter(version=trial.candidate).exclude(verdict__status=VerdictStatus.BROKEN)
    for report in reports.select_related("verdict"):
        sides = {name: report.figures[name] for name in ("before", "after")}
        found = {name: side["run"] for name, side in sides.items()}
        if found | {f"{name}_aa": side["aa"] for name, side in sides.items()} == wanted:
            return report
    return None


def sign(report: Report, by: int, words: str) -> None:
    """Put a person's name and words under the report; `by` is an account's id. Raises NotSigned."""
    if not words.strip():
        raise NotSigned("Say in your own words what you sign.")
    unsigned = Report.objects.filter(pk=report.pk, signed_at=None)
    if not unsigned.update(signed_by=by, signed_at=Now(), signed_words=words.strip()):
        raise NotSigned("The report is signed already.")
