from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand

from evals import datasets
from evals.models import Dataset

NAME: Final = "demo"
FOLDER: Final = Path(datasets.__file__).parent / NAME


class Command(BaseCommand):
    help = "Import the demo's evaluation set and release it; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if Dataset.objects.filter(name=NAME).exists():
            return  # cases that somebody edited here are not taken back to the file
        datasets.import_cases(NAME, FOLDER)
        made = datasets.release(datasets.find_dataset(NAME), note="As it comes with the project")
        self.stdout.write(f"{made.case_count} cases for the demo's evaluations.")
