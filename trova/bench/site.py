"""The site that is measured: stores in a data folder of their own, and the demo's own processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from trova import embedded
from trova.demo_supervisor import Service, kill_group, logs

DATA: Final = Path(__file__).resolve().parents[2] / ".data" / "bench"


def choose_environment(provider_port: int) -> None:
    """Set what the site and its processes read: nobody else's stores, no real model, no day's limit."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "trova.settings",
        "TROVA_DEMO": "1",
        "TROVA_DATA": str(DATA),
        "OPENAI_BASE_URL": f"http://localhost:{provider_port}/v1",
        "PREFILL_DAY_BUDGET_MICROS": "1000000000",
        "PREFILL_JOBS_A_DAY_ADDRESS": "1000000000",
        "ANONYMOUS_ACTS_A_DAY": "1000000000",
        "PYTHONUNBUFFERED": "1",
    }
    for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL", "MEDIA_ROOT", "STATIC_ROOT", "DEBUG"):
        os.environ[name] = ""  # empty, not gone: a .env file would fill it in again
    os.environ |= {"OPENAI_API_KEY": "", "OPENAI_MODEL": ""}


def prepare() -> None:
    """Start the stores and bring the schema and the static files up to date. Raises EmbeddedError."""
    import django
    from django.core.management import call_command

    embedded.use(DATA)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def service(name: str, command: tuple[str, ...]) -> Service:
    """A process that is not started yet; its log lies in the data folder."""
    return Service(name, command, logs(DATA) / name)


@contextmanager
def running(*services: Service) -> Iterator[None]:
    """Keep the processes up for the block. In the database each is known by its name."""
    try:
        for each in services:
            os.environ["PGAPPNAME"] = each.name
            each.start()
        os.environ.pop("PGAPPNAME", None)
        yield
    finally:
        for each in services:
            if hasattr(each, "process"):
                stop(each.process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    kill_group(process.pid)


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(text: str) -> None:
    """A line for the person who waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
