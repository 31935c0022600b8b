"""`make bench`: measure, print the tables, and exit with 1 when a bound is missed.

`python -m trova.bench [shop|search|prefill|evaluate|all]`
"""

import argparse
import os
import sys

from trova import embedded
from trova.bench.site import choose_environment, free_port, prepare, say
from trova.demo_supervisor import DemoError


def main() -> int:
    """Run the benches that were asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m trova.bench", description=__doc__)
    parser.add_argument(
        "which", nargs="?", default="all", choices=("shop", "search", "prefill", "evaluate", "all")
    )
    which = parser.parse_args().which
    provider_port = free_port()
    choose_environment(provider_port)
    try:
        return 0 if measure(which, provider_port) else 1
    except (DemoError, embedded.EmbeddedError) as error:
        say(str(error))
        return 1


def measure(which: str, provider_port: int) -> bool:
    """Whether all bounds of these benches hold. Raises DemoError or EmbeddedError."""
    say(f"Load of the machine, 1 and 5 minutes: {os.getloadavg()[0]:.1f}, {os.getloadavg()[1]:.1f}")
    prepare()
    held = []
    if which in ("shop", "all"):
        from trova.bench import shop

        held.append(shop.run())
    if which in ("search", "all"):
        from trova.bench import searching

        held.append(searching.run())
    if which in ("prefill", "all"):
        from trova.bench import prefill

        held.append(prefill.run(provider_port))
    if which in ("evaluate", "all"):
        from trova.bench import evaluate

        held.append(evaluate.run(provider_port))
    return all(held)


if __name__ == "__main__":
    sys.exit(main())
