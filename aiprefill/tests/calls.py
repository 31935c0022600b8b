"""Readings and calls of the past, without a provider."""

from datetime import datetime
from typing import Any

from aiprefill.models import ModelOutput, OutputPurpose, PrefillJob
from aiprefill.prompts import PRODUCTION, label_version
from aiprefill.tests.job_steps import asked


def call(job: PrefillJob | None, then: datetime, **fields: Any) -> None:
    """A settled call of production's version; without a job, an evaluation's."""
    settled: dict[str, Any] = {"status": "ok", "started_at": then, "settled_at": then, "cost_micros": 500}
    purpose = OutputPurpose.JOB if job else OutputPurpose.EVAL
    version = label_version(PRODUCTION)
    ModelOutput.objects.create(**{"purpose": purpose, "job": job, "version": version} | settled | fields)


def posted(then: datetime) -> PrefillJob:
    """A reading whose listing was posted then."""
    job = asked()
    PrefillJob.objects.filter(pk=job.pk).update(published_at=then)
    return job
