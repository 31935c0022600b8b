"""A prompt change as a pull request: who judges it, and that nothing else in the change has a say."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from aiprefill.public import PRODUCTION, label_version
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script
from evals.datasets.synthetic import expectations
from evals.models import Case
from evals.prompt_folder import LABELS
from evals.scripted.model import Scripted

ROOT: Final[Path] = settings.BASE_DIR
WORKFLOW: Final = (ROOT / ".github/workflows/prompts.yml").read_text()
SEED: Final = "openai-gpt-5-4-mini-63fcdb47.toml"


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load(WORKFLOW)
    return read


@pytest.fixture(scope="module")
def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow["jobs"]["gate"]["steps"]
    return found


def test_a_fork_gets_no_secret_and_no_job_more_than_it_needs(workflow: dict[Any, Any]) -> None:
    assert workflow[True] == {"pull_request": {"paths": ["evals/prompts/**"]}}  # YAML reads `on` as a truth
    assert workflow["permissions"] == {}
    assert workflow["jobs"].keys() == {"gate"}
    assert workflow["jobs"]["gate"]["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_every_action_is_pinned_and_leaves_no_token_behind(steps: list[dict[str, Any]]) -> None:
    used = [step["uses"] for step in steps if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", name)] == []
    checkouts = [step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert [each["persist-credentials"] for each in checkouts] == [False, False]


def test_only_the_base_is_run_and_only_prompt_files_are_taken_from_the_change(
    steps: list[dict[str, Any]],
) -> None:
    base, change = (step["with"] for step in steps[:2])
    assert base["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert (base["path"], change["path"]) == ("base", "change")
    assert change["sparse-checkout"] == "/evals/prompts/"
    run = [step["run"] for step in steps if "run" in step]
    assert run == [
        "make -C base .venv/embedded",
        "base/.ci/gate-prompts change/evals/prompts verdict.md",
        'cat verdict.md >> "$GITHUB_STEP_SUMMARY"',
        'gh pr comment "$NUMBER" --body-file verdict.md',
    ]


def test_the_key_and_the_token_are_each_seen_by_one_step(steps: list[dict[str, Any]]) -> None:
    holding = {
        word: [step["name"] for step in steps if word in str(step)] for word in ("secrets.", "github.token")
    }
    assert holding == {"secrets.": ["Judge"], "github.token": ["Post the verdict"]}


@pytest.fixture
def model(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[ProviderServer]:
    """A model that knows the answers to the demo's cases and errs as the prompt says."""
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("seed_demo_cases")
    script = Script(answers=Scripted(expectations(Case.objects.all())), events=2)
    with ProviderServer(script) as server:
        yield server


def bent(folder: Path) -> Path:
    """A copy of the project where all that decides is bent: the gate, its margins, the set, production."""
    left_out = shutil.ignore_patterns(".git", ".venv", ".data", ".*_cache", ".hypothesis", "__pycache__")
    copy = Path(shutil.copytree(ROOT, folder, ignore=left_out))
    replaced(copy / "evals/decision.py", "Decision(Status.FAIL", "Decision(Status.PASS")
    replaced(copy / "evals/margins.toml", "0.12", "0.99")
    lines = (copy / "evals/datasets/demo/cases.jsonl").read_text().splitlines(keepends=True)
    (copy / "evals/datasets/demo/cases.jsonl").write_text("".join(lines[:-12]))
    return copy


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def add_prompt(project: Path, name: str, words: str) -> None:
    """A copy of production's file with other words, as its author would write it."""
    text = (project / "evals/prompts" / SEED).read_text()
    digest = label_version(PRODUCTION).digest
    for old, new in (
        (f'digest = "{digest}"', 'digest = ""'),
        ('based_on = ""', f'based_on = "{digest}"'),
        (" Fill in ", words),
    ):
        assert text.count(f"\n{old}" if old.islower() else old) == 1
        text = text.replace(old, new)
    (project / "evals/prompts" / name).write_text(text)


def gated(base: Path, prompts: Path, url: str) -> tuple[int, str]:
    """The exit code and the Markdown of the script in `base`, over the prompt files of a change."""
    ours = ("OPENAI", "TROVA", "DJANGO")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    verdict = prompts.with_suffix(".md")
    done = subprocess.run(
        [base / ".ci/gate-prompts", prompts, verdict, "--repeats", "1"],
        check=False,
        capture_output=True,
        text=True,
        env=env | {"PYTHON_IN_VENV": sys.executable, "OPENAI_BASE_URL": url},
    )
    assert verdict.read_text() in done.stdout, done.stderr
    return done.returncode, verdict.read_text()


def test_a_change_is_judged_by_what_it_is_merged_into(model: ProviderServer, tmp_path: Path) -> None:
    change = bent(tmp_path / "change")
    add_prompt(change, "polite.toml", " Please fill in ")
    add_prompt(change, "wrong.toml", "\nscripted: category=1\nFill in ")
    (change / "evals/prompts" / LABELS).write_text('production = "nobody"')
    code, told = gated(ROOT, change / "evals/prompts", model.url)
    assert code == 1
    polite, wrong = told.split("# FAIL: v4")
    assert polite.startswith("# PASS: v3")
    assert "taken photos of it. Please fill in \\\n   the listing's five fields" in polite
    cases = [case for case in Case.objects.filter(split="gate", tier="metric") if case.expectation.category]
    row = rf"\| category_accepted \| {len(cases)} \| 1.000 \| 0.000 \| -1.000 \| .* \| 0.120 \|"
    assert re.search(row, wrong)
    assert "Must-pass case chair-red is wrong in 1 of 1 repeats: category_accepted." in wrong
    assert "File `wrong.toml`, digest `" in wrong
    assert "\n+scripted: category=1\n" in wrong
    moved = told.partition("# FAIL: a label is moved")[2]
    assert "Labels move by promotion only" in moved
    assert "```\nfloor, production\n```" in moved

    # As the base, the same copy lets it through: what the change bends decides, but not about itself.
    (tmp_path / "later").mkdir()
    (change / "evals/prompts/wrong.toml").rename(tmp_path / "later/wrong.toml")
    (change / "evals/prompts/polite.toml").unlink()
    shutil.copy(ROOT / "evals/prompts" / LABELS, change / "evals/prompts")
    code, told = gated(change, tmp_path / "later", model.url)
    assert (code, told.partition(":")[0]) == (0, "# PASS")
    assert re.search(row, told) is None


def test_a_gate_that_breaks_off_leaves_no_word_but_broken(tmp_path: Path) -> None:
    told = tmp_path / "verdict.md"
    told.write_text("# PASS")
    script = [ROOT / ".ci/gate-prompts", ROOT / "evals/prompts", told]
    done = subprocess.run(script, check=False, env=os.environ | {"PYTHON_IN_VENV": "false"})
    assert done.returncode == 1
    assert told.read_text() == "# BROKEN: the gate came to no verdict; the log says why\n"


def test_without_a_key_nothing_is_measured_and_that_is_said(transactional_db: None, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "evals/prompts", tmp_path / "evals/prompts")
    add_prompt(tmp_path, "polite.toml", " Please fill in ")
    code, told = gated(ROOT, tmp_path / "evals/prompts", "")
    assert code == 0
    assert told.startswith("# NOT MEASURED: v3")
    assert "No key is configured, so nothing was measured." in told
    assert "PASS" not in told
