"""What the gate judges by, and everything that may keep it from judging: `CHECKS`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min, Q
from django.db.models.functions import Coalesce

from aiprefill.public import PRODUCTION, PromptVersion, endpoint, label_version
from evals.datasets import NotTheRelease, verify
from evals.decision import Reason
from evals.judges import gating
from evals.models import EvalRun, EvalRunQuerySet, Release, RunState, Split
from evals.runner.questions import count
from evals.scoring import VERSION

FRESH: Final = timedelta(days=7)
"""How old a baseline may be; `promotion` trusts a verdict as long."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is judged: both runs must be over this split of this release, `repeats` times."""

    candidate: PromptVersion
    release: Release
    split: str = Split.GATE
    repeats: int = 3

    def runs(self, version: PromptVersion, *, aa: bool = False) -> EvalRunQuerySet:
        """The version's runs that fit, whatever their state, the newest first; or its A/A runs."""
        asked = {"release": self.release, "split": self.split, "repeats": self.repeats}
        asked["repeat_from"] = self.repeats + 1 if aa else 1
        return EvalRun.objects.whole().filter(version=version, **asked).order_by("-ended_at", "-pk")

    def run(self, version: PromptVersion, *, aa: bool = False) -> EvalRun | None:
        """The version's newest complete run over the cases that can be read today, with the scores of today,
        asked where it is asked today; or its A/A run.
        """
        today = {"scoring": VERSION, "endpoint": endpoint(version.provider)}
        return self.runs(version, aa=aa).complete().readable().filter(**today).first()

    def nearest(self, version: PromptVersion, *, done: bool = False) -> EvalRun | None:
        """What `run` gives, else the run over a whole split that comes nearest to it, of equals the newest.

        `done`: of those that are.
        """
        runs = EvalRun.objects.complete() if done else EvalRun.objects.whole()
        runs = runs.filter(version=version, repeat_from=1).select_related("version")
        return self.run(version) or min(runs.order_by("-ended_at", "-pk"), key=self._lacks, default=None)

    def _lacks(self, run: EvalRun) -> tuple[int, bool, bool, bool]:
        """How far the run is from what is needed, what weighs most first."""
        fits = run.release_id == self.release.pk, run.split == self.split, run.repeats == self.repeats
        elsewhere = run.endpoint != endpoint(run.version.provider)
        return fits.count(False), run.state != RunState.DONE, run.scoring != VERSION, elsewhere

    def evaluate(self, version: str, *, fresh: bool = False, aa: bool = False) -> list[str]:
        """The words after `manage.py` that make such a run."""
        words = ["evaluate", f"--prompt={version}", f"--dataset={self.release}", f"--split={self.split}"]
        return [*words, f"--repeats={self.repeats}", *["--fresh"][: int(fresh)], *["--aa"][: int(aa)]]


def is_old(baseline: EvalRun, now: datetime) -> bool:
    """Whether the oldest answer of the run says too little about production as it answers today.

    One from the cache is as old as when it was given.
    """
    given = Coalesce("output__settled_at", "settled_at")
    oldest = baseline.results.aggregate(oldest=Min(given))["oldest"]
    return oldest is not None and oldest < now - FRESH


def asks_anew(trial: Trial, version: PromptVersion, now: datetime) -> bool:
    """Whether the version's run, if it has to be made, must not take the answers that are known: too old."""
    last = trial.nearest(version, done=True) if version == label_version(PRODUCTION) else None
    return last is not None and is_old(last, now)


def lacking(trial: Trial, now: datetime) -> Iterator[tuple[PromptVersion, bool]]:
    """The versions whose run a verdict needs and has not; True: the cache would only say the old again."""
    production = label_version(PRODUCTION)
    fresh = asks_anew(trial, production, now)
    if fresh or trial.run(production) is None:
        yield production, fresh
    if trial.candidate != production and trial.run(trial.candidate) is None:
        yield trial.candidate, False


def to_judge(trial: Trial, now: datetime) -> Iterator[tuple[EvalRun, str]]:
    """The runs of which a verdict waits for the word of a judge, with the judge's failure mode.

    None while a run is missing, for there will be no verdict. Each is looked for when its turn comes: what
    was judged for one may be enough for the next.
    """
    if any(lacking(trial, now)):
        return
    for version in (label_version(PRODUCTION), trial.candidate):
        if run := trial.run(version):
            for mode in gating.to_judge(trial.release.dataset.name, run):
                yield run, mode.name


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions, and its run that comes nearest to what the trial needs.

    `name` is what `evaluate --prompt` calls the version. Each check of it gives what is wrong, in words; ""
    if nothing is.
    """

    trial: Trial
    version: PromptVersion
    name: str
    production: PromptVersion
    now: datetime
    run: EvalRun | None

    def changed(self) -> str:
        """The release is no longer what was released."""
        try:
            verify(self.trial.release)
        except NotTheRelease as error:
            return str(error)
        return ""

    def is_production(self) -> str:
        """There is nothing to judge production against."""
        if self.version != self.production:
            return ""
        return f"{self.version} is production: there is nothing to judge it against."

    def missing(self) -> str:
        """No run of the version at all."""
        if self.run:
            return ""
        return f"There is no run of {self.version} on {self.trial.release}, {self.trial.split}.{self._make()}"

    def other_release(self) -> str:
        """The runs are over other cases."""
        return self._other("release")

    def other_split(self) -> str:
        """The runs are over another split of them."""
        return self._other("split")

    def other_repeats(self) -> str:
        """The runs ask more often, or less."""
        return self._other("repeats")

    def unfinished(self) -> str:
        """The run waits, runs, failed or was stopped."""
        if self.run is None or self.run.state == RunState.DONE:
            return ""
        why = f": {self.run.reason}" if self.run.reason else "."
        return f"Run {self.run.pk} of {self.version} is {self.run.state}{why}{self._make()}"

    def scoring(self) -> str:
        """The run has other scores than those of today."""
        if self.run is None or self.run.scoring == VERSION:
            return ""
        text = (
            f"Run {self.run.pk} was scored by version {self.run.scoring} of the scores, today's is {VERSION}."
        )
        return text + self._make()

    def elsewhere(self) -> str:
        """The run asked another server: what answers there says nothing of what answers sellers.

        Two versions of one provider are so compared at one address; of two providers, each at its own.
        """
        here = endpoint(self.version.provider)
        if self.run is None or self.run.endpoint == here:
            return ""
        there = self.run.endpoint or "a place that was not kept"
        text = f"Run {self.run.pk} of {self.version} asked {there}, from here it would be {here}."
        return f"{text} Set OPENAI_BASE_URL as it was there, or make a new one.{self._make()}"

    def erased(self) -> str:
        """Cases were erased since: a run that is made now has no answers about them."""
        if self.run is None or EvalRun.objects.readable().filter(pk=self.run.pk).exists():
            return ""
        return f"Run {self.run.pk} of {self.version} holds cases that were erased since.{self._make()}"

    def incomplete(self) -> str:
        """Results are gone."""
        if self.run is None:
            return ""
        planned = self.trial.repeats * count(self.trial.release, self.trial.split, None)
        there = self.run.results.filter(case__erased_at=None).count()
        return f"Run {self.run.pk} holds {there} of {planned} results." if there < planned else ""

    def provider_errors(self) -> str:
        """Calls failed for good, so that nothing was answered."""
        return self._cases("ended with an error of the provider", ~Q(error_class=""))

    def unscored(self) -> str:
        """There are answers without scores."""
        return self._cases("have no scores", Q(error_class=""))

    def too_old(self) -> str:
        """The run says too little about production as it answers today."""
        if self.run is None or not is_old(self.run, self.now):
            return ""
        return f"Run {self.run.pk} of production holds answers older than {FRESH.days} days.{self._make()}"

    def unjudged(self) -> str:
        """A judge that the margins name has not judged every answer."""
        return gating.unjudged(self.trial.release.dataset.name, self.run) if self.run else ""

    def unknown(self) -> str:
        """The margins name a judge that there is not."""
        return gating.unknown(self.trial.release.dataset.name)

    def not_calibrated(self) -> str:
        """A judge that the margins name was not measured on people's labels, or agrees too little."""
        return gating.not_calibrated(self.trial.release.dataset.name)

    def _other(self, part: str) -> str:
        if self.run is None or getattr(self.run, part) == getattr(self.trial, part):
            return ""
        text = f"Run {self.run.pk} of {self.version} has another {part}: {getattr(self.run, part)}."
        return text + self._make()

    def _cases(self, what: str, these: Q) -> str:
        if self.run is None:
            return ""
        results = self.run.results.filter(these, scores={})
        keys = sorted(set(results.values_list("case__key", flat=True)))
        shown = ", ".join(keys[:5]) + (" and more" if len(keys) > 5 else "")
        return f"Run {self.run.pk}: cases that {what}: {shown}." if keys else ""

    def _make(self) -> str:
        fresh = asks_anew(self.trial, self.version, self.now)
        words = ["manage.py", *self.trial.evaluate(self.name, fresh=fresh)]
        return f" Make {'a new one' if fresh else 'it'}: {' '.join(words)}"


_OF_A_RUN: Final = (
    Side.missing,
    Side.other_release,
    Side.other_split,
    Side.other_repeats,
    Side.unfinished,
    Side.scoring,
    Side.elsewhere,
    Side.erased,
    Side.incomplete,
    Side.provider_errors,
    Side.unscored,
)

CHECKS: Final[tuple[tuple[str, Callable[[Side], str]], ...]] = (
    ("release", Side.changed),
    ("candidate", Side.is_production),
    *(("baseline", check) for check in (*_OF_A_RUN, Side.too_old, Side.unjudged)),
    *(("candidate", check) for check in (*_OF_A_RUN, Side.unjudged)),
    *(("judge", check) for check in (Side.unknown, Side.not_calibrated)),
)
"""All that may keep a trial from being judged, in the order in which it is looked for: of what, and how."""


def faults(trial: Trial, production: PromptVersion, now: datetime) -> Iterator[Reason]:
    """What keeps the trial from being judged: of each part (`CHECKS`) the first thing found."""

    def side(version: PromptVersion, name: str) -> Side:
        return Side(trial, version, name, production, now, trial.nearest(version))

    candidate = side(trial.candidate, str(trial.candidate.pk))
    sides = dict.fromkeys(("release", "candidate", "judge"), candidate)
    sides["baseline"] = side(production, PRODUCTION)
    for of, check in CHECKS:
        if of in sides and (text := check(sides[of])):
            del sides[of]
            yield Reason(f"{of}_{check.__name__}", text)
