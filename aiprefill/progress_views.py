"""How the reading of a draft goes, for the page that asks again and again."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from aiprefill.forms import offers
from aiprefill.models import OPEN_STATES, PrefillJob, Purpose
from aiprefill.progress import progress
from listings.units import unit_of


def jobs_of(listing_id: uuid.UUID) -> Any:
    """A listing's readings, newest first, each with the database's clock as `now`."""
    jobs = PrefillJob.objects.filter(listing=listing_id, purpose=Purpose.SELLER)
    return jobs.annotate(now=Now()).order_by("-armed_at")


def progress_url(request: HttpRequest, job: PrefillJob) -> str:
    """Where this browser asks how the job goes: the signature lets it, so that no session need be read."""
    address = reverse("aiprefill:progress", kwargs={"draft": job.listing_id})
    return f"{address}?{urlencode({'job': _signer(request, job.listing_id).sign(str(job.pk))})}"


def _signer(request: HttpRequest, draft: uuid.UUID | None) -> signing.Signer:
    return signing.Signer(salt=f"aiprefill.progress.{draft}.{unit_of(request)}")


@never_cache
@require_GET
def progress_of(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """The job as data, or 204 if nothing changed since `after`; one query by primary key."""
    try:
        job_id = uuid.UUID(_signer(request, draft).unsign(request.GET.get("job", "")))
    except (signing.BadSignature, ValueError) as error:
        raise Http404 from error
    job = jobs_of(draft).filter(pk=job_id).first()
    if job is None:
        raise Http404
    shown = progress(job, job.now)
    # Past the deadline nobody may be left to count the sequence on.
    is_told = shown.is_under_way or job.state not in OPEN_STATES
    if is_told and request.GET.get("after") == str(job.sequence):
        return HttpResponse(status=204)
    return JsonResponse(
        {
            "sequence": job.sequence,
            "phase": shown.phase,
            "words": shown.words,
            "under_way": shown.is_under_way,
            "fields": {name: _data(offer) for name, offer in offers(job).items()},
        }
    )


def _data(offer: Any) -> dict[str, str | None]:
    return {"value": offer.value, "text": offer.text, "digest": offer.digest, "note": offer.note}
