"""What programs have read: a photo in, a suggestion out, at once or later."""

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import File, Header, Router, Status, UploadedFile
from ninja.errors import HttpError

from aiprefill import actions
from aiprefill.actions import NotAsked, Reason
from aiprefill.models import PrefillJob, Purpose
from aiprefill.progress import NOT_ASKED, why_it_failed
from aiprefill.prompts import NoSuchLabel
from aiprefill.schemas import JobOut, SuggestionOut
from aiprefill.waiting import wait_for
from listings import actions as listing_actions
from listings.addresses import until_midnight
from listings.authentication import HourlyWrites, caller
from listings.intake import judge_photo, keep_photo
from listings.models import Listing, Seller
from listings.schemas import MULTIPART, errors

router = Router(tags=["Suggestions"])

KEPT: Final = timedelta(days=1)
UNITS: Final = uuid.UUID("6a3f9f0c-5a2c-4d53-9f0b-0c8b1a4f2e77")
"""The unit of an account is made from this: its programs get one arm of an experiment, all of them."""
STATUS: Final = {
    Reason.OFF: HTTPStatus.SERVICE_UNAVAILABLE,
    Reason.OPTED_OUT: HTTPStatus.FORBIDDEN,
    Reason.LIMIT_ACCOUNT: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.BUDGET: HTTPStatus.TOO_MANY_REQUESTS,
}
LATER: Final[dict[str, Any]] = MULTIPART | {
    "responses": {
        202: {
            "headers": {
                "Location": {"description": "The job's address.", "schema": {"type": "string"}},
            }
        }
    }
}


class NotRead(HttpError):
    """The photo is not read now; `retry_after` is in seconds, where waiting helps."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(STATUS[reason], str(NOT_ASKED[reason]))
        waiting_helps = self.status_code == HTTPStatus.TOO_MANY_REQUESTS
        self.retry_after = int(until_midnight().total_seconds()) + 1 if waiting_helps else None


@router.post(
    "/analyze-image",
    response={200: SuggestionOut, 202: JobOut, **errors(400, 401, 403, 413, 422, 429, 503, 507)},
    throttle=HourlyWrites(),
    operation_id="analyze_image",
    summary="Have a photo read",
    openapi_extra=LATER,
    url_name="analyze_image",
)
def analyze_image(
    request: HttpRequest,
    response: HttpResponse,
    image: File[UploadedFile],
    prefer: Annotated[str, Header(description="`respond-async`: answer 202 at once.")] = "",
) -> Status[SuggestionOut] | Status[JobOut]:
    """Answers within 20 seconds: what the photo tells, or where to ask for that later."""
    job = _ask(_hidden_draft(caller(request), image), caller(request))
    if _wants_no_waiting(prefer):
        response["Preference-Applied"] = "respond-async"
    elif wait_for(job):
        return Status(200, _read(job))
    told = JobOut.of(_jobs().get(pk=job.pk), request)
    response["Location"] = told.url
    return Status(202, told)


@router.get(
    "/jobs/{id}",
    response={200: JobOut, **errors(401, 404, 422)},
    operation_id="get_job",
    summary="How a reading goes",
    url_name="job",
)
def read_job(request: HttpRequest, id: uuid.UUID) -> JobOut:  # noqa: A002  its name in the address
    """And what it told, once it is done. Only whoever asked for it is answered."""
    job = _jobs().filter(pk=id, seller=caller(request), listing__isnull=False).first()
    if job is None:
        raise Http404(_("You have no such job. Jobs are forgotten after a day."))
    return JobOut.of(job, request)


def _jobs() -> Any:
    """The jobs of programs, each with the database's clock as `now`."""
    return PrefillJob.objects.filter(purpose=Purpose.API).annotate(now=Now())


def _hidden_draft(seller: Seller, image: UploadedFile) -> Listing:
    """A draft that no page shows, with the photo. Raises ValidationError, or HttpError for a full disk."""
    judged = judge_photo(image)
    with transaction.atomic():
        draft, _is_new = listing_actions.start_draft(_unit(seller), seller, uuid.uuid4(), lives=KEPT)
        keep_photo(draft, judged)
    return draft


def _ask(draft: Listing, seller: Seller) -> PrefillJob:
    """Raises NotRead; nothing is kept of the draft then."""
    asked: PrefillJob | NotAsked
    try:
        asked = actions.ask(
            draft,
            unit=_unit(seller),
            seller=seller,
            language=get_language() or "en",
            purpose=Purpose.API,
        )
    except NoSuchLabel:
        asked = NotAsked(Reason.OFF)
    if isinstance(asked, NotAsked):
        listing_actions.delete(draft)
        raise NotRead(asked.reason)
    return asked


def _read(job: PrefillJob) -> SuggestionOut:
    """What an ended job told. Raises HttpError, 503, when it failed before it told anything."""
    job = _jobs().get(pk=job.pk)
    suggestion = SuggestionOut.of(job)
    if suggestion.is_empty and (why := why_it_failed(job)):
        raise HttpError(HTTPStatus.SERVICE_UNAVAILABLE, why)
    return suggestion


def _unit(seller: Seller) -> uuid.UUID:
    return uuid.uuid5(UNITS, str(seller.pk))


def _wants_no_waiting(prefer: str) -> bool:
    """Whether the header (RFC 7240) says so; what else it says is passed over."""
    return "respond-async" in (each.partition(";")[0].strip().lower() for each in prefer.split(","))
