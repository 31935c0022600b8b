from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from aiprefill import actions
from aiprefill.models import Switch


class Command(BaseCommand):
    help = "Turn suggestions off or on for everybody, or say how the switch stands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("off").add_argument("--why", required=True, help="kept, and shown to staff")
        verbs.add_parser("on")
        verbs.add_parser("status")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "off":
                actions.turn_off(options["why"])
            case "on":
                actions.turn_on()
        switch = Switch.objects.filter(is_off=True).first()
        self.stdout.write(f"Suggestions are off: {switch.why}" if switch else "Suggestions are on.")
