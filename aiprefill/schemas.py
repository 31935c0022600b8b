"""What the API answers about a reading."""

from typing import Any, Final, Literal, Self
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Schema

from aiprefill.models import PrefillJob
from aiprefill.progress import Phase, phase_of, suggested_fields, why_it_failed
from aiprefill.suggestion import PriceRange
from listings.models import Category

JobStatus = Literal["queued", "running", "done", "failed"]

STATUSES: Final[dict[Phase, JobStatus]] = {
    Phase.WAITING: "queued",
    Phase.RETRYING: "queued",
    Phase.READING: "running",
    Phase.PARTLY: "running",
    Phase.READY: "done",
}
"""Every other phase is a failure."""


class SuggestionOut(Schema):
    """What a photo tells. Null: it could not be told."""

    title: str | None
    description: str | None
    category: str | None = Field(description="The category's name.")
    price: float | None = Field(description="In euros: the likeliest of a range.")

    @classmethod
    def of(cls, job: PrefillJob) -> Self:
        told: dict[str, Any] = {name: field.value for name, field in suggested_fields(job).items()}
        category = Category.objects.filter(slug=told.get("category") or "").first()
        price = told.get("price")
        return cls(
            title=told.get("title"),
            description=told.get("description"),
            category=category.name if category else None,
            price=float(price.likely) if isinstance(price, PriceRange) else None,
        )

    @property
    def is_empty(self) -> bool:
        return not any(value is not None for value in self.model_dump().values())


class JobOut(Schema):
    """A reading. It is forgotten after a day."""

    id: UUID
    status: JobStatus
    url: str = Field(description="Where to ask again.", json_schema_extra={"format": "uri"})
    suggestion: SuggestionOut | None = Field(description="What was told, once it is done.")
    error: str | None = Field(description="Why it failed.")

    @classmethod
    def of(cls, job: PrefillJob, request: HttpRequest) -> Self:
        """`job` has the database's clock as `now`."""
        status: JobStatus = STATUSES.get(phase_of(job, job.now), "failed")  # type: ignore[attr-defined]
        return cls(
            id=job.pk,
            status=status,
            url=request.build_absolute_uri(reverse("api:job", args=[job.pk])),
            suggestion=SuggestionOut.of(job) if status == "done" else None,
            error=why_it_failed(job) if status == "failed" else None,
        )
