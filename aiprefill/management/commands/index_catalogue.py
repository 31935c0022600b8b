"""Let the catalogue learn every posted photo now, instead of two a second."""

from typing import Any

from django.core.management.base import BaseCommand

from aiprefill import indexing


class Command(BaseCommand):
    help = "Work out what the catalogue compares, for each posted photo that lacks it."

    def handle(self, *args: Any, **options: Any) -> None:
        indexing.note_all()
        made = 0
        while count := indexing.sweep(limit=50):
            made += count
        if made:
            self.stdout.write(f"{made} photos indexed.")
