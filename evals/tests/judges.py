"""What the tests of judges ask for: a scripted judge, and people who label."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.management import call_command

from aiprefill.public import OutputPurpose, PromptVersion, endpoint, open_call
from aiprefill.tests.provider_wire import ANSWER
from evals import margins
from evals.judges.judging import Judging
from evals.judges.labelling import label
from evals.judges.modes import Mode, find_mode, judge_version
from evals.judges.subjects import Subject, subjects
from evals.models import EvalRun, JudgeVerdict, Release
from evals.scoring import JUDGE
from evals.tests.answers import suggestion
from evals.tests.judged import make_release, make_run

MODE: Final = "unseen_claim"
METRIC: Final = f"{JUDGE}{MODE}"

MARGINS: Final = """
[datasets]
{dataset} = "demo"
[margins.demo]
must_pass_cases = 0
watched = [{watched}]
[[margins.demo.sizes]]
cases = 20
critical = {{ category_accepted = 0.12{critical} }}
"""

Say = Callable[[str, bool], bool]
"""A judge's word on a case, given the truth."""

Said = Callable[[dict[str, str]], tuple[str, Mapping[str, Any]]]
"""What a judge says of a text: the server's mode, and the fields of the answer."""


def unseen_claim() -> Mode:
    return find_mode(MODE)


def material_of(body: dict[str, Any]) -> dict[str, str] | None:
    """The text that a request asks a judge about; None for a request of another kind."""
    texts = [part["text"] for part in body["input"][0]["content"] if part["type"] == "input_text"]
    if len(texts) == 1:
        return None
    opening, text, closing = texts[1].split("\n")
    assert (opening, closing) == ("<suggestion>", "</suggestion>")
    told: dict[str, str] = json.loads(text)
    return told


def scripted(describe: Callable[[str], str], said: Said) -> Callable[[dict[str, Any]], Any]:
    """A model that describes a picture, by its digest, and judges by `said`."""

    def answers(body: dict[str, Any]) -> tuple[str, Mapping[str, Any]]:
        material = material_of(body)
        if material is not None:
            return said(material)
        content = body["input"][0]["content"]
        picture = next(part["image_url"]["sha256"] for part in content if part["type"] == "input_image")
        return "", ANSWER | {"description": {"value": describe(picture), "reason": ""}}

    return answers


def finding(fails: bool, reason: str = "It says so.") -> tuple[str, Mapping[str, Any]]:
    return "", {"reason": reason, "fails": fails}


def judge(run: EvalRun, **how: Any) -> Judging:
    """The run, judged to its end."""
    judging = Judging(unseen_claim(), run, **how)
    assert judging.perform() == ""
    return judging


def person(name: str = "ann") -> int:
    people = get_user_model().objects
    found = people.filter(email=f"{name}@example.org").first() or people.create_user(f"{name}@example.org")
    return int(found.pk)


def label_all(run: EvalRun, truth: Callable[[str], bool], name: str = "ann") -> None:
    """The person labels every answer of the run; `truth` tells of a description whether it fails."""
    for subject in subjects(run.results.all()):
        label(subject, unseen_claim(), person(name), fails=truth(subject.description))


def make_answered(release: Release | None = None) -> EvalRun:
    """A run of one repeat over 25 cases, each with an answer of its own."""
    release = release or make_release()
    answers = {
        case.key: {"answer": suggestion(description=f"It is {case.key}.").to_json()}
        for case in release.cases.all()
    }
    return make_run(release, wrong=answers, repeats=1)


def make_known(say: Say = lambda _key, fails: fails) -> list[EvalRun]:
    """Six runs whose answers a person has labelled and the judge has judged.

    Every second answer fails; `say` is the judge's word on a case, given the truth.
    """
    runs = [make_answered() for _ in range(6)]
    for run in runs:
        for number, subject in enumerate(by_key(run)):
            label(subject, unseen_claim(), person(), fails=bool(number % 2))
            verdict(subject, say(subject.result.case.key, bool(number % 2)))
    return runs


def by_key(run: EvalRun) -> list[Subject]:
    return sorted(subjects(run.results.all()), key=lambda subject: subject.result.case.key)


def verdict(subject: Subject, fails: bool, version: PromptVersion | None = None) -> JudgeVerdict:
    version = version or judge_version(unseen_claim())
    output = open_call(OutputPurpose.JUDGE, version, "{}")
    return JudgeVerdict.objects.create(
        mode=MODE,
        version=version,
        endpoint=endpoint(version.provider),
        answer_digest=subject.digest,
        output=output,
        fails=fails,
        reason="Words of the judge.",
    )


def make_judged(
    release: Release, version: PromptVersion | None = None, fails: Collection[str] = (), **changes: Any
) -> EvalRun:
    """A run of answers that no other version gives; the judge has judged all, and fails those of `fails`."""
    answers = {
        case.key: {"answer": suggestion(description=f"{version} of {case.key}.").to_json()}
        for case in release.cases.all()
    }
    run = make_run(release, version, wrong=answers, **changes)
    for subject in {subject.digest: subject for subject in by_key(run)}.values():
        verdict(subject, fails=subject.result.case.key in fails)
    return run


def naming(name: str, margin: float | None = None, dataset: str = "demo") -> str:
    """Margins that name the judge of this failure mode: watched, or with a margin."""
    judge = f'"{JUDGE}{name}"'
    watched, critical = (judge, "") if margin is None else ("", f", {judge} = {margin}")
    return MARGINS.format(dataset=dataset, watched=watched, critical=critical)


def name_judge(own_margins: Path, name: str, margin: float | None = None, dataset: str = "demo") -> None:
    """Let these be the margins."""
    own_margins.write_text(naming(name, margin, dataset))
    margins._read.cache_clear()


def gated(folder: Path, candidate: PromptVersion, *words: str) -> tuple[int, dict[str, Any]]:
    """The gate's exit code, and its JSON; the Markdown lies beside it."""
    files = [f"--json={folder / 'verdict.json'}", f"--markdown={folder / 'verdict.md'}"]
    code = 0
    try:
        call_command("gate", f"--candidate={candidate.pk}", *words, *files)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads((folder / "verdict.json").read_text())


def reasons(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(reason["check"], reason["metric"]) for reason in told["reasons"]]


def counted(release: Release, count: int) -> list[str]:
    """The keys of the first so many cases that do not have to pass."""
    return sorted(release.cases.values_list("key", flat=True))[1 : count + 1]
