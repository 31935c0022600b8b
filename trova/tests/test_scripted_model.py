"""`manage.py scripted_model`: a model on the wire that errs as the command was told of it."""

import subprocess
import sys
from argparse import ArgumentTypeError
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.management import call_command

from aiprefill.prompt_v1 import DEFAULT_MODEL
from aiprefill.tests.connection import connected_to
from evals.scripted.rates import Rates
from trova.management.commands.scripted_model import model_rates
from trova.tests.waiting import until


def test_a_model_and_its_rates_are_read() -> None:
    assert model_rates("a=seed=2 category=.2 case.title=.1") == (
        "a",
        Rates.parse("seed=2 category=.2 case.title=.1"),
    )
    assert model_rates("a") == ("a", Rates())
    for wrong in ("a=category", "a=category=much", "a=seed=.5"):
        with pytest.raises(ArgumentTypeError, match="is no model with its rates"):
            model_rates(wrong)


@pytest.mark.django_db(transaction=True)
def test_the_model_of_that_name_errs_so(
    settings: LazySettings, tmp_path: Path, process_env: dict[str, str]
) -> None:
    settings.MEDIA_ROOT = process_env["MEDIA_ROOT"] = str(tmp_path / "media")
    call_command("make_cases", "2", "--name", "two")
    port = tmp_path / "port"
    served = serve(process_env, port, "--model", f"{DEFAULT_MODEL}=title=1")
    try:
        until(lambda: port.exists() and port.read_text())
        said = StringIO()
        with connected_to(f"http://localhost:{port.read_text()}/v1", settings):
            call_command("evaluate", "--prompt=production", "--dataset=two", "--repeats=1", stdout=said)
    finally:
        served.terminate()
        served.communicate(timeout=20)
    rights = {line.split()[0]: line.split()[1] for line in said.getvalue().splitlines() if "%" in line}
    assert (rights["category"], rights["title"], rights["price"]) == ("100", "0", "100")


def serve(env: dict[str, str], port: Path, *words: str) -> subprocess.Popen[bytes]:
    """The command, on its way."""
    command = (sys.executable, "manage.py", "scripted_model", f"--port-file={port}", *words)
    return subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
