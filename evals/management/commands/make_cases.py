from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evals import datasets
from evals.content import Split
from evals.datasets.synthetic import NameTaken, make_cases


class Command(BaseCommand):
    help = (
        "Make a dataset of synthetic cases and release it, for benches and proofs. "
        "manage.py scripted_model serves a model that knows their answers and errs at known rates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--name", help="the dataset's name; without it, synthetic-COUNT")
        parser.add_argument("--split", choices=list(Split), default=Split.GATE)
        parser.add_argument("--must-pass", type=int, default=0, help="so many cases are of that tier")
        parser.add_argument("--pairs", type=int, default=0, help="so many pairs are of one seller each")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["count"] <= 10_000:
            raise CommandError("Give a count from 1 to 10000.")
        try:
            dataset = make_cases(
                options["count"],
                seed=options["seed"],
                name=options["name"] or f"synthetic-{options['count']}",
                split=Split(options["split"]),
                must_pass=options["must_pass"],
                clustered=options["pairs"],
            )
        except NameTaken as error:
            raise CommandError(str(error)) from error
        made = datasets.release(dataset)
        self.stdout.write(f"{made}: {made.case_count} cases in the split {options['split']}.")
