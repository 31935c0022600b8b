"""A model about to be tried: the version that differs in it alone, and the runs that its report lacks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from aiprefill.public import PROVIDERS, PromptVersion, SameVersion, create_version, is_configured
from evals.content import Tier
from evals.datasets import NotTheRelease, verify
from evals.margins import BadMarginsError, NoMarginsError, margins_for
from evals.models import EvalRun, Release, ReleaseCase, Split
from evals.trial import Trial, asks_anew

LONGEST_NAME: Final = PromptVersion._meta.get_field("model").max_length


class NotTried(Exception):
    """The model cannot be tried; the message says why, and nothing was asked."""


class Step(NamedTuple):
    """A run that the report wants: of which version, whether it is its A/A run, and the words to make it.

    `words` come after `manage.py`; None if the run is there.
    """

    version: PromptVersion
    aa: bool
    words: list[str] | None


def refuse(source: PromptVersion, model: str, release: Release) -> None:
    """Raise NotTried for what can be seen before money is spent."""
    if not model or model != "".join(model.split()) or len(model) > (LONGEST_NAME or 0):
        raise NotTried(f"{model!r} is no name of a model: one word of at most {LONGEST_NAME} characters.")
    if not PROVIDERS[source.provider].charges:
        raise NotTried(f"{source} asks no model. Name a version that does: --from N.")
    if not is_configured(source.provider):
        raise NotTried(
            f"No {source.provider} model is connected. Set OPENAI_API_KEY, or OPENAI_BASE_URL to a server."
        )
    if source.model == model:
        raise NotTried(f"{source} asks {model} already.")
    cases = ReleaseCase.objects.filter(release=release, case__split=Split.GATE, case__erased_at=None)
    try:
        verify(release)
        margins_for(release.dataset.name, cases.filter(case__tier=Tier.METRIC).count())
    except (NotTheRelease, NoMarginsError, BadMarginsError) as error:
        raise NotTried(f"{error} The gate could not judge.") from error


def version_with(model: str, source: PromptVersion) -> PromptVersion:
    """The version that differs from `source` in the model alone; made if there is none."""
    spec = replace(source.spec, model=model)
    try:
        return create_version(spec, f"The same words for {model}.", copied_from=source)
    except SameVersion as same:
        return same.version


def steps(trial: Trial, production: PromptVersion, now: datetime) -> Iterator[Step]:
    """The four runs in their order, each looked for when its turn comes: what is made before is there."""
    for version, aa in (
        (production, False),
        (trial.candidate, False),
        (trial.candidate, True),
        (production, True),
    ):
        run = trial.run(version, aa=aa)
        fresh = version == production and not aa and asks_anew(trial, version, now)
        words = trial.evaluate(str(version.pk), fresh=fresh, aa=aa)
        yield Step(version, aa, words if run is None or fresh or has_holes(run) else None)


def has_holes(run: EvalRun) -> bool:
    """Whether the provider left a question unanswered, so that only asking again can tell.

    The same run made again takes every other answer from the cache.
    """
    return run.results.filter(scores={}).exclude(error_class="").exists()
