"""Fill the demo's shop."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trova.demo import content


class Command(BaseCommand):
    help = "Make the demo's people and listings; what is there already stays as it is."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "The demo's people have passwords that everybody knows: only with TROVA_DEMO=1 or DEBUG=1."
            )
        if made := content.seed():
            self.stdout.write(f"{made} listings made for the demo.")
