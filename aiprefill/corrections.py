"""What became of each suggested field when the listing was posted: the feedback that nobody has to give.

Truth is the FieldTrace: what the page last put before the seller and what they did with it. What was never
shown was never offered, whatever the job's row holds.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now

from aiprefill import ledger
from aiprefill.models import (
    Correction,
    CorrectionKind,
    Feedback,
    FieldTrace,
    How,
    JobState,
    PrefillJob,
)
from aiprefill.suggestion import PriceRange, SuggestedField, canonical_json
from listings.fields import AI_FIELDS
from listings.models import Listing

DECIDED: Final = (How.USED, How.TYPED, How.DISMISSED, How.CLEARED)
REPLACED_UNDER: Final = 0.4
"""Of the keep rate: below it the seller wrote something else."""
A_SWEEP: Final = 50
"""Jobs mended by one sweep, so that it stays short."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one field. The rates are shares of 1; None where there is nothing to compare."""

    kind: CorrectionKind
    keep_rate: float | None = None
    addition_share: float | None = None


def offer_digest(name: str, field: SuggestedField) -> str:
    """What a page sends back as `offer_<name>` once it has shown this suggestion; "" for an empty one."""
    told = told_text(field)
    return "" if told is None else hashlib.sha256(canonical_json([name, told]).encode()).hexdigest()


def told_text(field: SuggestedField) -> str | None:
    """A suggestion as the text that a form would hold; the price is the likely one."""
    value = field.value.likely if isinstance(field.value, PriceRange) else field.value
    return None if value is None else str(value)


def trace(job: PrefillJob, field: str, offer: str, how: str) -> None:
    """Keep what the page says of a field; an empty `offer` leaves the last one.

    Raises ValueError for an unknown `how`.
    """
    how = How(how)
    decided = how in DECIDED
    new: dict[str, Any] = {"offer": offer[:64], "how": how}
    new |= {"first_shown_at": Now()} if offer else {}
    new |= {"decided_at": Now()} if decided else {}
    found, created = FieldTrace.objects.get_or_create(job=job, field=field, defaults=new)
    if created or (found.how == how and offer in ("", found.offer)):
        return
    FieldTrace.objects.filter(pk=found.pk).update(
        offer=offer[:64] or F("offer"),
        how=how,
        first_shown_at=Coalesce(F("first_shown_at"), Now()) if offer else F("first_shown_at"),
        decided_at=(F("decided_at") if found.how == how else Now()) if decided else None,
    )


def mark_published(listing: Listing) -> PrefillJob | None:
    """Note that the listing was posted on the job that its page shows; the job, if it is the first time."""
    job = PrefillJob.objects.on_page(listing).first()
    if job and PrefillJob.objects.filter(pk=job.pk, published_at=None).update(published_at=Now()):
        return job
    return None


def record(job: PrefillJob) -> None:
    """Write the corrections of a posted job, once."""
    with transaction.atomic():
        posted = PrefillJob.objects.filter(published_at__isnull=False, corrected_at=None, erased_at=None)
        row = (
            posted.select_for_update(of=("self",))
            .select_related("listing__category")
            .filter(pk=job.pk)
            .first()
        )
        if row is None or row.listing is None:
            return
        traces = {trace.field: trace for trace in row.traces.all()}
        final = row.listing.fields
        Correction.objects.bulk_create(
            [_correction(row, name, traces.get(name), getattr(final, name)) for name in AI_FIELDS],
            ignore_conflicts=True,
        )
        PrefillJob.objects.filter(pk=row.pk).update(corrected_at=Now())


def erase(jobs: Any) -> None:
    """Take every text out of these jobs and what hangs on them; counts, costs and versions stay."""
    pks = list(jobs.filter(erased_at=None).values_list("pk", flat=True))
    is_open = Q(state__in=(JobState.QUEUED, JobState.RUNNING))
    with transaction.atomic():
        PrefillJob.objects.filter(pk__in=pks).update(
            fields={},
            error_detail="",
            erased_at=Now(),
            lease_until=None,
            sequence=F("sequence") + 1,
            ended_at=Case(When(is_open, then=Now()), default=F("ended_at")),
            state=Case(When(is_open, then=Value(JobState.CANCELLED)), default=F("state")),
        )
        ledger.erase(pks)
        Correction.objects.filter(job__in=pks, erased_at=None).update(
            erased_at=Now(), suggested=None, final=None
        )
        Feedback.objects.filter(job__in=pks).update(word="")


def sweep() -> None:
    """Write what a crash left out after a publish, and erase what it left behind after a deletion."""
    posted = PrefillJob.objects.filter(published_at__isnull=False, corrected_at=None, listing__isnull=False)
    for job in posted.order_by("published_at")[:A_SWEEP]:
        record(job)
    left = PrefillJob.objects.filter(listing=None, erased_at=None)
    if left.exists():
        erase(left)


def judge(name: str, suggested: str | None, final: str | None, how: How) -> Judged:
    """Compare what was offered with what was posted; `suggested` None: nothing was offered."""
    said, final = normal(suggested or ""), normal(final or "")
    if not said:
        return Judged(CorrectionKind.ADDED if final else CorrectionKind.BLANK)
    if said == final:
        return Judged(CorrectionKind.KEPT, 1.0, 0.0)
    if how in (How.DISMISSED, How.UNTOUCHED):
        return Judged(CorrectionKind.IGNORED)
    if not final:
        return Judged(CorrectionKind.CLEARED, 0.0, 0.0)
    keep, addition = _rates(name, said, final)
    is_edited = keep >= REPLACED_UNDER
    return Judged(CorrectionKind.EDITED if is_edited else CorrectionKind.REPLACED, keep, addition)


def normal(text: str) -> str:
    """NFKC with single spaces: what a reader would call the same text. Case counts."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def text_rates(suggested: str, final: str) -> tuple[float, float]:
    """(keep rate, addition share) of a text that was edited.

    Keep rate: 1 - (deleted + substituted characters) / length of the suggestion. Addition share: inserted
    characters / length of the final text; a substituted character is not inserted.
    """
    gone = inserted = 0
    for tag, i, j, k, m in SequenceMatcher(None, suggested, final, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += j - i
            inserted += max(0, (m - k) - (j - i))
    return 1 - gone / len(suggested), inserted / len(final)


def _rates(name: str, suggested: str, final: str) -> tuple[float, float]:
    if name in {"category", "condition"}:
        return 0.0, 0.0
    if name == "price":
        low, high = sorted((float(suggested), float(final)))
        return low / high, 0.0
    return text_rates(suggested, final)


def _correction(job: PrefillJob, name: str, trace: FieldTrace | None, value: Any) -> Correction:
    suggested = None
    if trace and name in job.fields:
        field = SuggestedField.from_json(name, job.fields[name])
        # A page reports what it showed; only what this job suggested counts.
        suggested = told_text(field) if trace.offer and trace.offer == offer_digest(name, field) else None
    final = None if value is None else str(value)
    judged = judge(name, suggested, final, How(trace.how) if trace else How.UNTOUCHED)
    return Correction(
        job=job,
        field=name,
        kind=judged.kind,
        suggested=suggested,
        final=final,
        keep_rate=judged.keep_rate,
        addition_share=judged.addition_share,
    )
