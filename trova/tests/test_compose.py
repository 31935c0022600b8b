"""docker-compose.yml without an engine: its form, and its commands run on this machine until healthy."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from trova import demo_supervisor

ROOT: Path = settings.BASE_DIR
GIVEN = {
    "SECRET_KEY": "only-for-this-test-23456789-abcdefghij-klmnopqrst-uvw",
    "SITE_HOST": "trova.example",
    "POSTGRES_PASSWORD": "unused",
    "MAIL_URL": "dummymail://",
    "DEFAULT_FROM_EMAIL": "hello@trova.example",
}


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("compose-spec", "docker-compose.yml"),
        ("github-workflows", ".github/workflows/test.yml"),
        ("github-workflows", ".github/workflows/prompts.yml"),
    ],
)
def test_it_has_the_form_that_its_reader_wants(schema: str, file: str) -> None:
    checker = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        f"vendor.{schema}",
        str(ROOT / file),
    ]
    checked = subprocess.run(checker, check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def filled(text: str, given: dict[str, str] = GIVEN) -> str:
    """Fill in variables as Compose does: `${NAME:?}` must be given, `${NAME:-default}` may be."""

    def value(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        return given[name] if kind == "?" else given.get(name, default)

    return re.sub(r"\$\{(\w+):([?-])([^}]*)\}", value, text)


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def test_every_lasting_service_has_a_health_check_and_time_to_stop(
    services: dict[str, dict[str, Any]],
) -> None:
    lasting = {name: service for name, service in services.items() if name != "migrate"}
    assert set(lasting) == {"proxy", "web", "worker", "ringer", "postgres", "redis"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
    assert [name for name, service in lasting.items() if "stop_grace_period" not in service] == []
    assert seconds(services["worker"]["stop_grace_period"]) > settings.PREFILL_CALL_SECONDS


def seconds(period: str) -> int:
    return int(period.removesuffix("s"))


def test_it_holds_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secret = re.compile(r"^\s*\w*(?:KEY|PASSWORD|SECRET|MAIL_URL)\w*:[ \t]*(.+)$", re.MULTILINE)
    assert [value for value in secret.findall(text) if not re.fullmatch(r"\$\{\w+:(\?|-)\}", value)] == []


def test_the_demo_runs_the_same_worker_and_ringer(services: dict[str, dict[str, Any]]) -> None:
    demo = demo_supervisor.commands(8000)
    assert list(demo["worker"][2:]) == services["worker"]["command"]
    assert list(demo["ringer"][1:]) == services["ringer"]["command"][1:]


def environment(service: dict[str, Any], given: dict[str, str] = GIVEN) -> dict[str, str]:
    """What Compose gives the service of `given`: a name without a value is handed on, or left unset."""
    named: dict[str, str | None] = service["environment"]
    told = {name: given.get(name) if text is None else filled(text, given) for name, text in named.items()}
    return {name: value for name, value in told.items() if value is not None}


def own_environment(
    service: dict[str, Any], process_env: dict[str, str], given: dict[str, str] = GIVEN
) -> dict[str, str]:
    """The service's environment as Compose would give it, with this machine's stores and folders."""
    here = {name: process_env[name] for name in ("DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "TROVA_DATA")}
    machine = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return machine | environment(service, given) | here


@contextmanager
def running(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            demo_supervisor.kill_group(process.pid)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def on_this_machine(command: list[str], port: int) -> list[str]:
    """The command with the programs of this Python, on this port."""
    program = shutil.which(command[0], path=str(Path(sys.executable).parent)) or command[0]
    return [program, *(str(port) if word == "8000" else filled(word) for word in command[1:])]


def healthy(check: list[str], env: dict[str, str]) -> bool:
    return subprocess.run(check, check=False, env=env, cwd=ROOT, capture_output=True).returncode == 0


@pytest.mark.parametrize("name", ["web", "worker", "ringer"])
def test_its_command_runs_until_healthy_and_ends_in_time(
    name: str, services: dict[str, dict[str, Any]], process_env: dict[str, str], tmp_path: Path
) -> None:
    service, port = services[name], free_port()
    env = own_environment(service, process_env) | {"PORT": str(port)}
    check = on_this_machine(service["healthcheck"]["test"][1:], port)
    log = tmp_path / "log"
    assert not healthy(check, env)
    with running(on_this_machine(service["command"], port), env, log) as process:
        deadline = time.monotonic() + 60
        while not healthy(check, env):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
        process.send_signal(signal.SIGTERM)
        process.wait(seconds(service["stop_grace_period"]))
