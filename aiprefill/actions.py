"""What sellers and staff do with suggestions: rows are written, the ringer rings, nobody waits."""

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, When
from django.db.models.functions import Now

from aiprefill import jobs, limits
from aiprefill.attempt import ended
from aiprefill.ledger import call_reserve
from aiprefill.models import (
    Feedback,
    JobState,
    Preference,
    PrefillJob,
    PromptVersion,
    Purpose,
    Switch,
    photo_set_digest,
)
from aiprefill.rollout import pick
from listings.models import Listing, Photo, Seller
from listings.rules import plain_line

log = logging.getLogger("aiprefill")


class Reason(StrEnum):
    """Why nothing was asked."""

    OFF = "off"
    OPTED_OUT = "opted_out"
    LIMIT_UNIT = "limit_unit"
    LIMIT_ACCOUNT = "limit_account"
    LIMIT_ADDRESS = "limit_address"
    BUDGET = "budget"
    NO_PHOTOS = "no_photos"


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Nothing was asked, for this reason: the seller gets the ordinary form."""

    reason: Reason


CAN_BE_ARMED: Final = (JobState.FAILED, JobState.GAVE_UP, JobState.CANCELLED)
SUPERSEDED: Final = "superseded"
"""The error class of a job that was cancelled because the photos changed."""


def ask(
    listing: Listing,
    *,
    unit: uuid.UUID,
    seller: Seller | None,
    language: str,
    purpose: Purpose = Purpose.SELLER,
    address: str = "",
) -> PrefillJob | NotAsked:
    """Have the listing's photos read; the same photos are read once, however often they are asked for.

    `address`: of a browser, whose day is limited too while nobody is signed in.
    An unfinished reading of other photos of the listing is cancelled. Raises Listing.DoesNotExist.
    """
    with transaction.atomic():
        # No two askings of one listing pass here together, and none passes its deletion.
        Listing.objects.select_for_update(no_key=True).get(pk=listing.pk)
        photos = list(listing.photos.all())
        if not photos:
            return NotAsked(Reason.NO_PHOTOS)
        digest = photo_set_digest(photos)
        readings = PrefillJob.objects.filter(listing=listing, purpose=purpose)
        job = readings.filter(photo_set_digest=digest).first()
        if job and job.error_class != SUPERSEDED:
            return job
        picked = pick(unit)
        if reason := _why_not(unit, seller, job.version if job else picked.version, address):
            return NotAsked(reason)
        readings.open().exclude(photo_set_digest=digest).update(**ended(JobState.CANCELLED, SUPERSEDED))
        if job:
            return _arm(job, seller)
        job = PrefillJob.objects.create(
            purpose=purpose,
            listing=listing,
            photo_ids=[photo.pk for photo in photos],
            photo_set_digest=digest,
            version=picked.version,
            arm=picked.arm,
            share=picked.share,
            salt=picked.salt,
            unit=unit,
            seller=seller,
            language=language,
            deadline=_deadline(),
        )
        _ring()
        return job


def try_again(job: PrefillJob, seller: Seller | None = None, address: str = "") -> PrefillJob | NotAsked:
    """Read the same photos once more, with a new deadline. What had arrived stays.

    `seller`: who asks, if signed in; what was asked for signed out is theirs from now on, and counts so.
    Counts as a job of the day. A job that is under way or done is returned as it is.
    """
    seller = job.seller or seller
    with transaction.atomic():
        # Before the row, as in `ask`: two that lock in two orders wait for each other.
        limits.hold(job.unit, seller.pk if seller else None)
        locked = PrefillJob.objects.select_for_update(of=("self",)).select_related("version")
        job = locked.get(pk=job.pk)
        # Past its deadline a job has given up, also before the sweep says so.
        is_overdue = PrefillJob.objects.overdue().filter(pk=job.pk).exists()
        if not (is_overdue or job.state in CAN_BE_ARMED) or job.erased_at:
            return job
        if reason := _why_not(job.unit, seller, job.version, address):
            return NotAsked(reason)
        return _arm(job, seller)


def stop(job: PrefillJob) -> bool:
    """The seller writes it alone; False if the job had ended. A running call ends at its next field."""
    return bool(PrefillJob.objects.open().filter(pk=job.pk).update(**ended(JobState.CANCELLED)))


def call_off(listing: Listing) -> bool:
    """Nobody waits for its readings any more; False if none was to begin. What arrived stays."""
    waiting = PrefillJob.objects.filter(listing=listing, purpose=Purpose.SELLER, state=JobState.QUEUED)
    return bool(waiting.update(**ended(JobState.CANCELLED)))


def give_feedback(job: PrefillJob, field: str, up: bool, word: str = "") -> Feedback:
    """A thumb for a field, or with an empty `field` for the whole; a second one replaces the first."""
    feedback, _ = Feedback.objects.update_or_create(
        job=job, field=field, defaults={"up": up, "word": plain_line(word)[:500]}
    )
    return feedback


def is_off() -> bool:
    """Whether suggestions are off for everybody."""
    return Switch.objects.filter(is_off=True).exists()


def turn_off(why: str, who: Seller | None = None) -> None:
    """From now on nobody's photos are read: what has not begun gives up, and what is under way ends."""
    with transaction.atomic():
        _switch(is_off=True, why=why, who=who)
        jobs.give_up_unclaimed()


def turn_on(who: Seller | None = None) -> None:
    """Photos are read again: of those that gave up, when their seller tries again."""
    _switch(is_off=False, why="", who=who)


def set_preference(seller: Seller, wants: bool) -> None:
    """Keep whether this account wants suggestions."""
    Preference.objects.update_or_create(seller=seller, defaults={"wants_suggestions": wants})


def wants_suggestions(seller: Seller | None) -> bool:
    """Whether this person has not opted out."""
    return seller is None or not Preference.objects.filter(seller=seller, wants_suggestions=False).exists()


def _why_not(unit: uuid.UUID, seller: Seller | None, version: PromptVersion, address: str) -> Reason | None:
    """What stands against another job of this person; holds their count until the transaction ends."""
    if is_off():
        return Reason.OFF
    if not wants_suggestions(seller):
        return Reason.OPTED_OUT
    seller_id = seller.pk if seller else None
    limits.hold(unit, seller_id)
    if limits.is_used_up(unit, seller_id):
        return Reason.LIMIT_ACCOUNT if seller else Reason.LIMIT_UNIT
    if not limits.has_budget(call_reserve(version)):
        return Reason.BUDGET
    if not seller and limits.is_address_used_up(address):  # last: it counts
        return Reason.LIMIT_ADDRESS
    return None


def _arm(job: PrefillJob, seller: Seller | None) -> PrefillJob:
    """Queue an ended job again, as `seller`'s if it was nobody's.

    `attempt` counts on: a call of an earlier round stays fenced.
    """
    photos = list(Photo.objects.filter(listing=job.listing_id))
    # A photo that was removed and added again is the same photo by another id.
    is_there = photo_set_digest(photos) == job.photo_set_digest
    PrefillJob.objects.filter(pk=job.pk).update(
        state=JobState.QUEUED,
        seller=job.seller or seller,
        photo_ids=[photo.pk for photo in photos] if is_there else job.photo_ids,
        arms=Case(When(armed_at__lt=limits.MIDNIGHT, then=1), default=F("arms") + 1),
        armed_at=Now(),
        tries=0,
        losses=0,
        next_at=Now(),
        deadline=_deadline(),
        ended_at=None,
        lease_until=None,
        error_class="",
        error_detail="",
        sequence=F("sequence") + 1,
    )
    job.refresh_from_db()
    _ring()
    return job


def _deadline() -> Any:
    return Now() + timedelta(seconds=settings.PREFILL_DEADLINE_SECONDS)


def _ring() -> None:
    """Wake the ringer when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY prefill")


def _switch(*, is_off: bool, why: str, who: Seller | None) -> None:
    Switch.objects.update_or_create(
        id=1, defaults={"is_off": is_off, "why": why[:200], "who": who, "changed_at": Now()}
    )
    log.warning("suggestions turned %s by %s", "off" if is_off else "on", who.pk if who else "the console")
