"""Print the tables of one proof. Exits with 1 when a bound is missed."""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Final

from evals.proofs.coverage import print_coverage
from evals.proofs.faults import print_faults
from evals.proofs.power import print_power
from evals.proofs.together import print_together

PROOFS: Final[Mapping[str, tuple[Callable[[], bool], ...]]] = {
    "coverage": (print_coverage,),
    "power": (print_power, print_together),
    "faults": (print_faults,),
}


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.proofs", description=__doc__)
    parser.add_argument("which", choices=PROOFS)
    held = [print_table() for print_table in PROOFS[parser.parse_args().which]]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
