"""Trying another prompt version on photos, for people who judge. No seller sees it, and none is counted."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from aiprefill import ledger, limits
from aiprefill.models import (
    OPEN_STATES,
    JobState,
    PrefillJob,
    PromptVersion,
    Purpose,
    Switch,
    photo_set_digest,
)
from aiprefill.rollout import is_configured
from listings import actions as listing_actions
from listings.models import Listing, Photo, Seller

UPLOADS_LIVE: Final = timedelta(days=1)
READ_ALIKE: Final = (Purpose.SELLER, Purpose.API, Purpose.LAB)
"""The purposes whose readings say how a version reads photos."""


class NotRun(Exception):
    """The lab does not read these photos now; the message says why, to the person who asked."""


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of photos that can be read again: by its cover, and who read it when."""

    job: uuid.UUID
    cover: uuid.UUID
    version: int
    at: datetime


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
        refuse_what_cannot_run(version)
        return _queue(version, listing, job.photo_ids, job.photo_set_digest, job.language, job.unit)


def read_with(job: PrefillJob, version: PromptVersion) -> PrefillJob:
    """How `version` reads the photos of `job`: the reading that there is, else a new one. Raises NotRun."""
    return reading_with(job, version) or run_again(job, version)


def reading_with(job: PrefillJob, version: PromptVersion) -> PrefillJob | None:
    """The newest reading of the photos of `job` with `version` that is done or under way."""
    if job.listing_id is None:
        return None
    same = PrefillJob.objects.filter(listing=job.listing_id, photo_set_digest=job.photo_set_digest)
    under_way = Q(state__in=OPEN_STATES, deadline__gt=Now())
    alike = same.filter(Q(state=JobState.DONE) | under_way, version=version, purpose__in=READ_ALIKE)
    return alike.order_by("-created_at").first()


def read_upload(file: BinaryIO, name: str, version: PromptVersion, by: Seller, language: str) -> PrefillJob:
    """Have a photo read that was uploaded for it: kept for a day, on a draft that no page shows.

    Raises NotRun, for a file that is no photo with a sentence that names it.
    """
    refuse_what_cannot_run(version)
    judged = listing_actions.judge([(file, name)])
    for refused in judged.refused:
        raise NotRun(refused.sentence)
    with transaction.atomic():
        unit = uuid.uuid4()  # nobody's browser
        draft, _is_new = listing_actions.start_draft(unit, by, uuid.uuid4(), lives=UPLOADS_LIVE)
        kept = listing_actions.add_judged(draft, judged)
        for refused in kept.refused:
            raise NotRun(refused.sentence)
        photo_ids = [photo.pk for photo in kept.added]
        return _queue(version, draft, photo_ids, photo_set_digest(kept.added), language, unit)


def find_reading(job: uuid.UUID) -> PrefillJob | None:
    """The lab's reading of that id."""
    return PrefillJob.objects.filter(pk=job, purpose=Purpose.LAB).select_related("version").first()


def find_read(job: uuid.UUID) -> PrefillJob | None:
    """The reading of that id, whoever asked for it, to be read again."""
    return PrefillJob.objects.filter(pk=job, listing__isnull=False).first()


def latest_reads(count: int) -> list[Read]:
    """The newest readings for sellers whose cover is still there."""
    jobs = PrefillJob.objects.filter(purpose=Purpose.SELLER, state=JobState.DONE, listing__isnull=False)
    # Some have lost their cover: a few more are looked at than are shown.
    newest = list(jobs.order_by("-created_at")[: 2 * count])
    there = Photo.objects.in_bulk([job.photo_ids[0] for job in newest])
    found = [job for job in newest if job.photo_ids[0] in there]
    return [Read(job.pk, job.photo_ids[0], job.version_id, job.created_at) for job in found[:count]]


def refuse_what_cannot_run(version: PromptVersion) -> None:
    """Raise NotRun where suggestions are off, no model is connected, or the day's budget is spent."""
    if off := Switch.objects.filter(is_off=True).first():
        raise NotRun(_("Suggestions are off: %(why)s") % {"why": off.why})
    if not version.spec.suggests:
        raise NotRun(_("%(version)s makes no suggestions.") % {"version": version})
    if not is_configured(version.provider):
        raise NotRun(_("No %(provider)s model is connected.") % {"provider": version.provider})
    if not limits.has_budget(ledger.call_reserve(version)):
        raise NotRun(str(limits.BudgetSpent()))


def _queue(
    version: PromptVersion,
    listing: Listing,
    photo_ids: list[uuid.UUID],
    digest: str,
    language: str,
    unit: uuid.UUID,
) -> PrefillJob:
    job = PrefillJob.objects.create(
        purpose=Purpose.LAB,
        listing=listing,
        photo_ids=photo_ids,
        photo_set_digest=digest,
        version=version,
        language=language,
        unit=unit,
        deadline=Now() + timedelta(seconds=settings.PREFILL_DEADLINE_SECONDS),
    )
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY prefill")
    return job
