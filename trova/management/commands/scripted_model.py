"""A model that errs at known rates, behind the API of a real one."""

import signal
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script
from evals import datasets
from evals.datasets.synthetic import expectations
from evals.models import Case
from evals.scripted.model import Scripted
from evals.scripted.rates import Rates


def model_rates(text: str) -> tuple[str, Rates]:
    """A model's name and its rates, from NAME="category=.2 price=.1". Raises ArgumentTypeError."""
    name, _equals, line = text.partition("=")
    try:
        return name, Rates.parse(line)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no model with its rates, like NAME=category=.2") from error


class Command(BaseCommand):
    help = (
        "Serve a model that knows the answers of all cases and errs as the prompt says, until interrupted. "
        "A line of the prompt's instructions tells how: 'scripted: seed=1 category=.1 case.title=.05'."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dataset", help="only the cases of this one")
        parser.add_argument(
            "--model",
            type=model_rates,
            action="append",
            default=[],
            metavar='NAME="RATES"',
            help="how the model of that name errs unless the prompt says otherwise; may be given again",
        )
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--port-file", type=Path, help="written when the server listens")
        parser.add_argument("--seconds", type=float, default=0.0, help="how long an answer takes")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = Case.objects.current().readable()
        if name := options["dataset"]:
            try:
                cases = cases.filter(dataset=datasets.find_dataset(name))
            except datasets.NoSuchRelease as error:
                raise CommandError(str(error)) from error
        known = expectations(datasets.with_files(cases))
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        script = Script(
            answers=Scripted(known, models=dict(options["model"])), events=8, seconds=options["seconds"]
        )
        with ProviderServer(script, port=options["port"]) as server:
            if options["port_file"]:
                options["port_file"].write_text(str(server.port))
            self.stdout.write(f"Answers about {len(known)} pictures. Set OPENAI_BASE_URL={server.url}")
            self.stdout.flush()
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
