"""The tests marked `live` run where a provider is configured, by asking it, and are left out elsewhere."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script
from evals.datasets import find_release
from evals.datasets.synthetic import expectations
from evals.models import Case
from evals.prompt_tests import must_pass
from evals.scripted.model import Scripted


def run_live(env: dict[str, str], data: Path, **changes: str) -> tuple[int, str]:
    """The exit code and the words of a test run of its own over the file of the live tests."""
    outside = {name: value for name, value in env.items() if not name.startswith(("PYTEST", "OPENAI"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:randomly", "evals/tests/test_live.py"],
        check=False,
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        env=outside | {"TROVA_DATA": str(data)} | changes,
    )
    return done.returncode, done.stdout


@pytest.mark.django_db(transaction=True)
def test_without_a_provider_they_are_left_out_and_not_skipped(
    process_env: dict[str, str], tmp_path: Path
) -> None:
    code, said = run_live(process_env, tmp_path)
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "1 deselected" in said
    assert "skipped" not in said


@pytest.mark.django_db(transaction=True)
def test_with_a_provider_they_ask_it_in_a_database_of_their_own(
    process_env: dict[str, str], tmp_path: Path
) -> None:
    call_command("seed_demo_cases")
    asked = sum(map(len, must_pass(find_release("demo")).values()))
    script = Script(answers=Scripted(expectations(Case.objects.all())), events=2)
    with ProviderServer(script) as server:
        code, said = run_live(process_env, tmp_path, OPENAI_BASE_URL=server.url)
        assert (code, "1 passed" in said) == (0, True), said
        assert len(server.ledger) == 3 * asked > 0
