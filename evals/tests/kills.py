"""`manage.py evaluate` killed with -9 again and again: what it is killed at, and what must hold after."""

import random
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from aiprefill.public import ModelOutput, OutputStatus
from aiprefill.tests.provider_server import ProviderServer
from evals.models import EvalRun, RunState

COMMAND = (sys.executable, "manage.py", "evaluate", "--prompt", "production", "--dataset", "set")


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: after so many more charges, and so many seconds later."""

    charges: int
    seconds: float


def moments(count: int, seed: int, most_charges: int) -> list[Moment]:
    """Random moments, the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311  no secret
    return [Moment(draw.randint(1, most_charges), draw.uniform(0, 0.4)) for _ in range(count)]


def start(env: Mapping[str, str], *options: str) -> subprocess.Popen[bytes]:
    """The command, on its way."""
    return subprocess.Popen(
        (*COMMAND, *options), env=env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def kill_at(moment: Moment, process: subprocess.Popen[bytes], provider: ProviderServer) -> bool:
    """Kill -9 then; False if it ended before."""
    known = len(provider.ledger)
    ended = provider.wait(
        lambda: len(provider.ledger) >= known + moment.charges or process.poll() is not None, 120
    )
    assert ended, "no charge in two minutes"
    time.sleep(moment.seconds)  # the moment itself is what is random
    is_killed = process.poll() is None
    process.kill()
    process.communicate()
    return is_killed


def lost_calls(run: EvalRun) -> int:
    """Calls of which nobody knows the end: open, or settled as lost."""
    unknown = (OutputStatus.OPEN, OutputStatus.LOST)
    return run.calls.filter(output__status__in=unknown).count()


def assert_the_books_agree(run: EvalRun, provider: ProviderServer) -> None:
    """Nothing was paid twice that was settled, and every charge has its row."""
    run.refresh_from_db()
    assert run.state == RunState.DONE
    settled = run.calls.filter(output__status=OutputStatus.OK).values_list("case", "repeat")
    assert len(settled) == len(set(settled)) == run.results.count() == run.planned
    assert run.paid_again == lost_calls(run)
    known = set(ModelOutput.objects.exclude(request_id="").values_list("request_id", flat=True))
    charged = {charge.id for charge in provider.ledger}
    assert known <= charged
    assert len(charged - known) <= run.paid_again
    assert run.calls.count() == ModelOutput.objects.count()
    costs = sum(output.cost_micros or 0 for output in ModelOutput.objects.all())
    assert run.cost_micros == costs + run.paid_again * settings.PREFILL_CALL_RESERVE_MICROS
