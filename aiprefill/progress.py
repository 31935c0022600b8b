"""What a job's row and the database's clock mean to the seller, and all the words for it.

The page and the poll show nothing but what `progress` says; it reads no clock and makes no query.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext_noop as noop

from aiprefill.actions import Reason
from aiprefill.models import OPEN_STATES, JobState, PrefillJob
from aiprefill.providers.base import ErrorClass, Shown
from aiprefill.suggestion import Dropped, PriceRange, SuggestedField
from listings.fields import AI_FIELDS


class Phase(StrEnum):
    """What the seller sees of a job. Nothing else is ever shown."""

    NONE = "none"  # nobody asked for a reading
    WAITING = "waiting"
    READING = "reading"
    PARTLY = "partly"
    RETRYING = "retrying"
    READY = "ready"
    FAILED = "failed"
    GAVE_UP = "gave_up"
    STOPPED = "stopped"


UNDER_WAY: Final = (Phase.WAITING, Phase.READING, Phase.PARTLY, Phase.RETRYING)
"""Phases that end by themselves: the page keeps asking and offers *Stop*."""

FIELD_NAMES: Final = {
    "title": gettext_lazy("title"),
    "category": gettext_lazy("category"),
    "condition": gettext_lazy("condition"),
    "description": gettext_lazy("description"),
    "price": gettext_lazy("price"),
}

SAFE: Final = noop("Your photos and what you wrote are safe.")

RETRYING: Final = {
    Shown.SLOW: noop("That took too long; trying again. Nothing you wrote is lost."),
    Shown.BUSY: noop("Many photos are being read right now; trying again soon. Nothing you wrote is lost."),
    None: noop("That did not work; trying again. Nothing you wrote is lost."),
}
"""By what the last try ended with; None for the rest."""

FAILED: Final = {
    Shown.SLOW: noop("Your photos could not be read in time."),
    Shown.BUSY: noop("Too many photos are being read right now."),
    Shown.UNAVAILABLE: noop("Suggestions are not available today."),
    Shown.BAD_PICTURE: noop("One of your photos could not be read."),
    Shown.NOT_DESCRIBED: noop("We could not describe what is in your photos."),
    Shown.STOPPED: noop("Reading your photos was stopped."),
}

NEXT: Final = {
    Shown.SLOW: noop("Try again, or write it yourself."),
    Shown.BUSY: noop("Try again in a minute, or write it yourself."),
    Shown.UNAVAILABLE: noop("Write it yourself; posting works as always."),
    Shown.BAD_PICTURE: noop("Put another photo in its place, or write it yourself."),
    Shown.NOT_DESCRIBED: noop("Try again, or write it yourself."),
    Shown.STOPPED: noop("Try again, or write it yourself."),
}

UNTOLD: Final = {
    Dropped.MISSING: noop("the photos do not tell"),
    Dropped.MALFORMED: noop("the answer could not be used"),
    Dropped.UNKNOWN_CHOICE: noop("it fits none of our categories"),
    Dropped.NOT_A_PRICE: noop("no sensible price came back"),
    Dropped.CONTACT: noop("it held an address or a number"),
    Dropped.WRONG_LANGUAGE: noop("it came in another language"),
    Dropped.DISAGREES: noop("two readings of your photos disagreed"),
    None: noop("the photos do not tell"),
}
"""Why a field stayed empty, where the model gave no reason of its own."""

NOT_ASKED: Final = {
    Reason.OFF: gettext_lazy(
        "Suggestions are off right now. Your photos are not read; you write it yourself."
    ),
    Reason.OPTED_OUT: gettext_lazy("Your photos are not read: you write your listings yourself."),
    Reason.LIMIT_UNIT: gettext_lazy(
        "You have used today’s suggestions: your photos were not read. Sign in for more, or write it."
    ),
    Reason.LIMIT_ACCOUNT: gettext_lazy(
        "You have used today’s suggestions, so your photos were not read. Write this one yourself."
    ),
    Reason.LIMIT_ADDRESS: gettext_lazy(
        "Very many photos were read today from your internet connection, and yours were not. "
        "Sign in for more, or write it."
    ),
    Reason.BUDGET: gettext_lazy(
        "Suggestions are used up for today, so your photos were not read. Write this one yourself."
    ),
    Reason.NO_PHOTOS: gettext_lazy("Add a photo, and it can be read."),
}
"""Why nothing was asked, and what is left to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a job. `words` is what the status line says, one or two sentences."""

    phase: Phase
    words: str

    @property
    def is_under_way(self) -> bool:
        return self.phase in UNDER_WAY

    @property
    def can_try_again(self) -> bool:
        return self.phase in {Phase.FAILED, Phase.GAVE_UP, Phase.STOPPED}


def progress(job: PrefillJob | None, now: datetime) -> Progress:
    """What `job` is to its seller at `now`, the database's clock; None: nothing was asked."""
    phase = phase_of(job, now)
    return Progress(phase, words(phase, job) if job else "")


def phase_of(job: PrefillJob | None, now: datetime) -> Phase:
    """The phase by row and clock: past its deadline an open job has given up, whoever is alive to say so."""
    if job is None:
        return Phase.NONE
    if job.state in OPEN_STATES and job.deadline <= now:
        return Phase.GAVE_UP
    match JobState(job.state):
        case JobState.QUEUED:
            return Phase.RETRYING if job.tries else Phase.WAITING
        case JobState.RUNNING:
            return Phase.PARTLY if job.fields else Phase.READING
        case JobState.DONE:
            return Phase.READY
        case JobState.FAILED:
            return Phase.FAILED
        case JobState.GAVE_UP:
            return Phase.GAVE_UP
        case JobState.CANCELLED:
            return Phase.STOPPED


def words(phase: Phase, job: PrefillJob) -> str:
    """The status line of a job in that phase."""
    match phase:
        case Phase.NONE:
            return ""
        case Phase.WAITING:
            return _("Waiting to read your photos. You can already write.")
        case Phase.READING:
            count = len(job.photo_ids)
            return ngettext("Reading %(count)d photo", "Reading %(count)d photos", count) % {"count": count}
        case Phase.PARTLY:
            return _("%(filled)s so far, still reading") % {"filled": _filled(job)}
        case Phase.RETRYING:
            return _(RETRYING.get(_shown(job), RETRYING[None]))
        case Phase.READY:
            return _ready(job)
        case Phase.FAILED:
            shown = _shown(job) or Shown.UNAVAILABLE
            return _sentences(_(FAILED[shown]), _arrived(job), _(SAFE), _(NEXT[shown]))
        case Phase.GAVE_UP:
            return _sentences(_("Suggestions are off for this listing."), _arrived(job), _(SAFE))
        case Phase.STOPPED:
            return _sentences(_("Stopped: you write this one yourself."), _arrived(job))


def why_it_failed(job: PrefillJob) -> str:
    """In one sentence, for a program; empty for a job that is done."""
    if job.state == JobState.DONE:
        return ""
    is_late = job.state in OPEN_STATES or job.error_class == "deadline"
    return _(FAILED[Shown.SLOW if is_late else _shown(job) or Shown.UNAVAILABLE])


def note_on_reading(provider: str, host: str | None) -> str:
    """Where the photos go to be read; `host` is the provider's where it is not its usual one."""
    if provider == "catalogue":
        return _("Your photos are compared with the listings of this site. They go nowhere else.")
    name = host or {"openai": "OpenAI"}.get(provider, provider)
    return _("Your photos are sent to %(name)s to be read.") % {"name": name}


def untold(field: SuggestedField) -> str:
    """Why a field without a value has none, as the end of a sentence."""
    return field.reason or _(UNTOLD[field.dropped])


def note(field: SuggestedField) -> str:
    """What is said about a suggestion beside its field: the guess that a price is, or why there is none."""
    if field.value is None:
        return _("Could not tell: %(reason)s") % {"reason": untold(field)}
    if not isinstance(field.value, PriceRange):
        return ""
    guess = price_words(field.value)
    return _("%(price)s: %(reason)s") % {"price": guess, "reason": field.reason} if field.reason else guess


def price_words(price: PriceRange) -> str:
    """A price as the guess it is; never a number alone."""
    if price.high == 0:
        return _("probably free")
    if price.low == price.high:
        return _("probably %(price)s") % {"price": euros(price.likely)}
    prices = {"low": euros(price.low), "high": euros(price.high)}
    return _("probably %(low)s to %(high)s") % prices


def euros(amount: object) -> str:
    """Whole euros without cents: € 10, € 7.50."""
    return f"€\N{NO-BREAK SPACE}{amount}".removesuffix(".00")


def suggested_fields(job: PrefillJob) -> dict[str, SuggestedField]:
    """What has arrived so far, in the order of the form."""
    return {
        name: SuggestedField.from_json(name, job.fields[name]) for name in AI_FIELDS if name in job.fields
    }


def _shown(job: PrefillJob) -> Shown | None:
    """The kind of message for the last failure; None for a class that providers do not know."""
    return ErrorClass(job.error_class).shown if job.error_class in set(ErrorClass) else None


def _told(job: PrefillJob) -> int:
    return sum(field.value is not None for field in suggested_fields(job).values())


def _filled(job: PrefillJob) -> str:
    count = _told(job)
    return ngettext("%(count)d filled", "%(count)d filled", count) % {"count": count}


def _arrived(job: PrefillJob) -> str:
    """What stays of a reading that did not end well; "" when nothing had arrived."""
    return _("%(filled)s before that.") % {"filled": _filled(job)} if _told(job) else ""


def _ready(job: PrefillJob) -> str:
    empty = {name: field for name, field in suggested_fields(job).items() if field.value is None}
    if not _told(job):
        return _("Your photos did not tell enough to fill anything in. Write it yourself.")
    if not empty:
        return _("All %(count)d filled. Check them before you post.") % {"count": _told(job)}
    names = [str(FIELD_NAMES[name]) for name in empty]
    left = _("%(filled)s, %(names)s left to you") % {"filled": _filled(job), "names": _listed(names)}
    if len(empty) > 1:
        return left
    reason = untold(next(iter(empty.values()))).rstrip(".")
    return pgettext("what is left: why", "%(left)s: %(reason)s") % {"left": left, "reason": reason}


def _listed(names: list[str]) -> str:
    """a / a and b / a, b and c."""
    *first, last = names
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
