"""What stands on the prompt lab's bench. The address of its page says it, so that a reload loses nothing."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from aiprefill.public import PRODUCTION, PrefillJob, PromptVersion, find_reading, label_version
from evals.admin.lab_photos import as_number, as_uuid
from evals.models import EvalRun


@dataclass(frozen=True, slots=True)
class Bench:
    """What was started from, what was tried, and the tries of exactly that.

    `cases` is the try over production's worst cases, `case` the one over a case of the dev split, `job` the
    reading of photos.
    """

    start: PromptVersion
    version: PromptVersion | None = None
    cases: EvalRun | None = None
    case: EvalRun | None = None
    job: PrefillJob | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """As an address says; what it names and is not there, or is of another version, is left out."""
        start = _version(query.get("start", "")) or label_version(PRODUCTION)
        version = _version(query.get("version", ""))
        if version is None:
            return cls(start)
        cases, case = (_look(query.get(name, ""), version) for name in ("cases", "case"))
        job = find_reading(as_uuid(query.get("job", "")))
        return cls(start, version, cases, case, job if job and job.version_id == version.pk else None)

    def with_version(self, version: PromptVersion) -> Self:
        """With this one tried; the tries of another are left behind."""
        return self if version == self.version else type(self)(self.start, version)

    @property
    def address(self) -> str:
        """Where the page shows it."""
        named = {name: getattr(self, name) for name in ("start", "version", "cases", "case", "job")}
        return f"{reverse('evals:lab')}?{urlencode({name: row.pk for name, row in named.items() if row})}"


def _version(text: str) -> PromptVersion | None:
    return PromptVersion.objects.filter(pk=as_number(text)).first()


def _look(text: str, version: PromptVersion) -> EvalRun | None:
    """The try over chosen cases of that number, if it is this version's."""
    looks = EvalRun.objects.filter(version=version, only__isnull=False).select_related("release__dataset")
    return looks.filter(pk=as_number(text)).first()
