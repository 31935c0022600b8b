"""Trying another prompt version on photos that a job has read, for people who judge. No seller sees it."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from aiprefill import ledger, limits
from aiprefill.models import PrefillJob, PromptVersion, Purpose, Switch
from aiprefill.rollout import is_configured
from listings.models import Listing, Photo


class NotRun(Exception):
    """The lab does not read these photos now; the message says why, to the person who asked."""


def run_again(job: PrefillJob, version: PromptVersion) -> PrefillJob:
    """Queue a lab job over the photos of `job` with `version`. Counts for no seller. Raises NotRun.

    The off switch holds here too: whatever it was thrown for, nothing more goes to a provider.
    """
    with transaction.atomic():
        # No deletion of the listing passes between looking at its photos and queueing them.
        mine = Listing.objects.select_for_update(no_key=True).filter(prefill_jobs=job)
        listing = mine.first()
        if listing is None or not Photo.objects.filter(pk__in=job.photo_ids).exists():
            raise NotRun(_("The photos of this job are gone."))
        _refuse_what_cannot_run(version)
        lab_job = PrefillJob.objects.create(
            purpose=Purpose.LAB,
            listing=listing,
            photo_ids=job.photo_ids,
            photo_set_digest=job.photo_set_digest,
            version=version,
            language=job.language,
            unit=job.unit,
            deadline=Now() + timedelta(seconds=settings.PREFILL_DEADLINE_SECONDS),
        )
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY prefill")
    return lab_job


def _refuse_what_cannot_run(version: PromptVersion) -> None:
    if off := Switch.objects.filter(is_off=True).first():
        raise NotRun(_("Suggestions are off: %(why)s") % {"why": off.why})
    if not version.spec.suggests:
        raise NotRun(_("%(version)s makes no suggestions.") % {"version": version})
    if not is_configured(version.provider):
        raise NotRun(_("No %(provider)s model is connected.") % {"provider": version.provider})
    if not limits.has_budget(ledger.call_reserve(version)):
        raise NotRun(str(limits.BudgetSpent()))
