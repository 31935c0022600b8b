"""A verdict's exit code is never given by a typo or a mistake of the program: those are broken."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import ManagementUtility, call_command

from evals.management.verdicts import VerdictCommand
from evals.tests.judged import make_candidate, make_release, make_run


def typed(*words: str) -> int:
    """The exit code of `manage.py` with these words, as at a terminal."""
    argv = ["manage.py", *words]
    try:
        ManagementUtility(argv).fetch_command(words[0]).run_from_argv(argv)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.mark.parametrize(
    "words",
    [
        "gate",
        "gate --candidate=1 --dataste=main",
        "gate --candidate=1 --repeats=0",
        "gate --candidate=1 --json",
        "gate_change",
        "gate_change evals/prompts --repeats=none",
        "prompt_test --dataset",
        "prompt_test --json=verdict.json",
    ],
)
def test_a_typo_is_broken(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(*words.split()) == 3
    assert capsys.readouterr().err.startswith("BROKEN: Error: ")


def test_a_typo_leaves_no_earlier_verdict_in_the_files(tmp_path: Path) -> None:
    told, shown = tmp_path / "verdict.json", tmp_path / "verdict.md"
    told.write_text('{"status": "pass"}')
    shown.write_text("# PASS")
    assert typed("gate", "--dataste=main", f"--json={told}", f"--markdown={shown}") == 3
    found = json.loads(told.read_text())
    assert (found["status"], found["exit_code"], found["verdict"]) == ("broken", 3, None)
    assert [reason["check"] for reason in found["reasons"]] == ["broke_off"]
    assert shown.read_text().startswith("# BROKEN\n\n- Error: ")


@pytest.mark.parametrize("command", ["gate", "gate_change", "prompt_test"])
def test_help_is_no_fault(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(command, "--help") == 0
    by_help = ManagementUtility(["manage.py", "help", command])
    by_help.execute()
    first, second = capsys.readouterr().out.split(f"usage: manage.py {command}")[1:]
    assert first == second
    assert isinstance(by_help.fetch_command(command), VerdictCommand)


@pytest.mark.django_db
def test_what_breaks_the_gate_off_is_broken(
    tmp_path: Path, own_margins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release, candidate, told = make_release(), make_candidate(), tmp_path / "verdict.json"
    make_run(release), make_run(release, candidate)
    own_margins.unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("gate", f"--candidate={candidate.pk}", f"--json={told}")
    assert ended.value.code == 3
    found = json.loads(told.read_text())
    assert (found["status"], found["reasons"][0]["check"]) == ("broken", "broke_off")
    assert "FileNotFoundError" in found["reasons"][0]["text"]
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_told_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("gate", "--candidate=1", f"--json={tmp_path / 'none' / 'verdict.json'}") == 3
    told = capsys.readouterr().err
    assert "There is no folder" in told
    assert "Traceback" not in told


@pytest.mark.django_db
def test_a_reader_that_went_away_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    gone = StringIO()
    gone.close()
    with pytest.raises(SystemExit) as ended:
        call_command("prompt_test", stdout=gone)
    assert ended.value.code == 3
    assert (
        "BROKEN: It broke off by a mistake: ValueError: I/O operation on closed file"
        in capsys.readouterr().err
    )
