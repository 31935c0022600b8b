"""Where the prompt lab stands, as the address of its page says, so that a reload loses nothing."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from aiprefill.public import PRODUCTION, PrefillJob, PromptVersion, find_reading, label_version
from evals.models import EvalRun


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the lab stands: what was started from, what was tried, and the tries of exactly that."""

    start: PromptVersion
    version: PromptVersion | None = None
    cases: EvalRun | None = None
    case: EvalRun | None = None
    job: PrefillJob | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """As an address says; what it names and is not there, or of another version, is left out."""
        start = _version(query.get("start", "")) or label_version(PRODUCTION)
        version = _version(query.get("version", ""))
        if version is None:
            return cls(start)
        job = _job(query.get("job", ""))
        return cls(
            start,
            version,
            _look(query.get("cases", ""), version),
            _look(query.get("case", ""), version),
            job if job and job.version_id == version.pk else None,
        )

    def with_version(self, version: PromptVersion) -> Self:
        """With this one tried; the tries of another are left behind."""
        return self if version == self.version else type(self)(self.start, version)

    @property
    def address(self) -> str:
        """Of the page that stands so."""
        named = {name: getattr(self, name) for name in ("start", "version", "cases", "case", "job")}
        return f"{reverse('evals:lab')}?{urlencode({name: row.pk for name, row in named.items() if row})}"


def is_number(text: str) -> bool:
    """Whether it can be the number of a row."""
    return text.isdecimal() and len(text) < 10


def _version(number: str) -> PromptVersion | None:
    return PromptVersion.objects.filter(pk=int(number)).first() if is_number(number) else None


def _look(number: str, version: PromptVersion) -> EvalRun | None:
    """The try over chosen cases of that number, if it is this version's."""
    looks = EvalRun.objects.filter(version=version, only__isnull=False).select_related("release__dataset")
    return looks.filter(pk=int(number)).first() if is_number(number) else None


def _job(key: str) -> PrefillJob | None:
    job = as_uuid(key)
    return find_reading(job) if job else None


def as_uuid(key: str) -> UUID | None:
    """The UUID of that text, if it is one."""
    try:
        return UUID(key)
    except ValueError:
        return None
