"""The failure modes, each with the whole of its judge, as readable files beside this one."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from django.db.models import QuerySet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aiprefill.public import (
    PromptSpec,
    PromptVersion,
    SameVersion,
    canonical_json,
    clean_text,
    create_version,
    endpoint,
    strict_schema,
)
from evals.models import JudgeVerdict

_FOLDER: Final = Path(__file__).parent
MOST_REASON: Final = 500
"""Characters of a judge's reason that are kept."""


class NoSuchMode(LookupError):
    """No failure mode has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no failure mode {name!r}. There are: {', '.join(modes())}.")


def _plain(text: str) -> str:
    return clean_text(text, lines=False)[:MOST_REASON]


class Finding(BaseModel):
    """What a judge must answer: its reason first, so that the yes or no follows from it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, AfterValidator(_plain)] = Field(
        description="The words that decide. Written first."
    )
    fails: bool = Field(description="true: yes, it fails. false: no.")


@dataclass(frozen=True, slots=True)
class Mode:
    """One way in which an answer can fail, as a yes/no `question`, and everything that decides its judge."""

    name: str
    question: str
    spec: PromptSpec


@cache
def modes() -> dict[str, Mode]:
    """Every failure mode by its name, which is its file's."""
    files = sorted(_FOLDER.glob("*.toml"))
    return {file.stem: read_mode(file.stem, file.read_text(encoding="utf-8")) for file in files}


def find_mode(name: str) -> Mode:
    """The failure mode of that name. Raises NoSuchMode."""
    try:
        return modes()[name]
    except KeyError as error:
        raise NoSuchMode(name) from error


def read_mode(name: str, text: str) -> Mode:
    """The mode that a file's text tells. Raises KeyError or ValueError for one that lacks something."""
    told: dict[str, Any] = tomllib.loads(text)
    spec = PromptSpec(
        instructions=told["instructions"].strip(),
        request=f"{told['question']}\n\n{told['request']}",
        output_schema=json.dumps(strict_schema(Finding), separators=(",", ":")),
        taxonomy=(),
        language_rule="",
        provider="openai",
        model=told["model"],
        parameters=canonical_json(told["parameters"]),
        picture_size=told["picture_size"],
    )
    return Mode(name, told["question"], spec)


def judge_version(mode: Mode) -> PromptVersion:
    """The judge's prompt version as the file has it now, made if there is none yet."""
    try:
        return create_version(mode.spec, f"Judge of {mode.name}: {mode.question}")
    except SameVersion as same:
        return same.version


def known_version(mode: Mode) -> PromptVersion | None:
    """The same, None if nothing was judged by it yet."""
    return PromptVersion.objects.filter(digest=mode.spec.digest).first()


def verdicts(mode: Mode) -> QuerySet[JudgeVerdict]:
    """All that the judge has said, as its file has it now and where it is asked today.

    How far another server's words agree with people says nothing of this one's.
    """
    version = known_version(mode)
    if version is None:
        return JudgeVerdict.objects.none()
    return JudgeVerdict.objects.filter(version=version, endpoint=endpoint(version.provider))
