"""What the two commands say on a machine that lacks something, and what `.ci/run` makes of a test run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ("bash", "sh", "awk", "dirname", "grep", "mktemp", "realpath", "rm", "sed", "tee", "touch")


class Machine:
    """A folder with the project's scripts, and a PATH on which only this machine's programs are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        shutil.copytree(settings.BASE_DIR / ".ci", folder / ".ci")
        for tool in TOOLS:
            (self.programs / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")

    def has(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def run(self, script: str) -> tuple[int, str]:
        env = {"PATH": str(self.programs), "TMPDIR": str(self.folder)}
        done = subprocess.run(
            [self.folder / script], check=False, capture_output=True, text=True, env=env, cwd=self.folder
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_another_python_is_named(machine: Machine) -> None:
    machine.has("python3", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    status, said = machine.run(".ci/venv")
    assert status == 1
    assert said.startswith("Trova needs Python 3.11 or 3.12 (here is: Python 3.9.2).\n")


def test_no_python_at_all(machine: Machine) -> None:
    status, said = machine.run(".ci/venv")
    assert status == 1
    assert said.startswith("Trova needs Python 3.11 or 3.12 (here is: none).\n")


def test_a_python_without_virtual_environments_is_told_what_to_install(machine: Machine) -> None:
    machine.has("python3", f'case "$2" in *ensurepip*) exit 1;; *) exec {sys.executable} "$@";; esac')
    status, said = machine.run(".ci/venv")
    assert status == 1
    assert "apt-get install python3-venv" in said
    assert not (machine.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("summary", "status", "said"),
    [
        ("===== 12 passed in 3.4s =====", 0, "Skipped tests: 0\n"),
        ("===== 1290 passed, 2 xfailed in 641.03s (0:10:41) =====", 0, "Skipped tests: 0\n"),
        ("===== 12 passed, 3 skipped in 3.4s =====", 1, "Skipped tests: 3\n"),
        ("no tests ran", 1, "No test ran.\n"),
    ],
)
def test_a_skipped_test_is_a_failure(machine: Machine, summary: str, status: int, said: str) -> None:
    machine.has("make", f"echo '{summary}'")
    assert machine.run(".ci/run") == (status, f"{summary}\n{said}")


def test_a_failed_run_is_a_failure_and_the_photos_are_found_beside_the_project(machine: Machine) -> None:
    machine.has("make", 'echo "$TROVA_PHOTOS"; exit 2')
    photos = os.path.normpath(machine.folder / "../shared/photos")
    assert machine.run(".ci/run") == (2, f"{photos}\n")


def test_a_second_test_run_at_once_is_refused_in_words() -> None:
    env = os.environ | {"TROVA_DATA": str(settings.DATA_DIR)}
    env.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "--collect-only", __file__]
    second = subprocess.run(
        command, check=False, capture_output=True, text=True, env=env, cwd=settings.BASE_DIR
    )
    assert second.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"Another test run uses {settings.DATA_DIR}." in second.stderr
