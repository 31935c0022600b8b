"""A run of 250 cases, three repeats, against the time that its calls take; then once more, from the cache."""

import subprocess
import sys
import time
from typing import Final

from trova.bench.site import running, say, service
from trova.bench.tables import verdict

CASES: Final = 250
REPEATS: Final = 3
CONCURRENCY: Final = 16
ANSWER_SECONDS: Final = 1.0
MOST_RATIO: Final = 1.2
MOST_FROM_CACHE: Final = 30
DATASET: Final = "bench-evaluate"


def run(provider_port: int) -> bool:
    """Print both runs; true if both bounds hold."""
    from trova.bench.provider import Provider

    make_dataset()
    scripted = ("manage.py", "scripted_model", "--dataset", DATASET, "--port", str(provider_port))
    pace = ("--seconds", str(ANSWER_SECONDS))
    with running(service("scripted-model", (sys.executable, *scripted, *pace))):
        provider = Provider(provider_port)
        asked = evaluate("--fresh")
        calls = len(provider.requests())
        known = evaluate()
        calls_again = len(provider.requests()) - calls
    least = CASES * REPEATS * ANSWER_SECONDS / CONCURRENCY
    say(f"\nA run of {CASES} cases, {REPEATS} repeats, {ANSWER_SECONDS:.0f} s a call, {CONCURRENCY} at once")
    say(f"{'asked, whole command':<40}{asked:>8.1f} s, {calls} calls, {asked / least:.2f} x {least:.1f} s")
    say(f"{'from the cache, whole command':<40}{known:>8.1f} s, {calls_again} calls")
    is_fast = verdict(f"at most {MOST_RATIO} times what the calls take", asked <= MOST_RATIO * least)
    is_cached = known <= MOST_FROM_CACHE and not calls_again
    return verdict(f"from the cache within {MOST_FROM_CACHE} s, without a call", is_cached) and is_fast


def make_dataset() -> None:
    """Make the cases, once; they stay for the next run."""
    from django.core.management import call_command

    from evals.models import Release

    if not Release.objects.filter(dataset__name=DATASET).exists():
        call_command("make_cases", str(CASES), name=DATASET)


def evaluate(*options: str) -> float:
    """Seconds that the command takes, from its start to its end. Raises CalledProcessError."""
    command = ("manage.py", "evaluate", "--prompt", "production", "--dataset", DATASET)
    counts = ("--repeats", str(REPEATS), "--concurrency", str(CONCURRENCY), "--max-cost-usd", "100")
    began = time.monotonic()
    subprocess.run((sys.executable, *command, *counts, *options), check=True)  # noqa: S603  our own command
    return time.monotonic() - began
