"""Print one of the tables. Exits with 1 when a bound is missed."""

import argparse
import sys
from typing import Final

from evals.proofs.coverage import print_coverage
from evals.proofs.power import print_power

PROOFS: Final = {"coverage": print_coverage, "power": print_power}


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.proofs", description=__doc__)
    parser.add_argument("which", choices=PROOFS)
    return 0 if PROOFS[parser.parse_args().which]() else 1


if __name__ == "__main__":
    sys.exit(main())
