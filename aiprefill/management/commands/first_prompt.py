from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction

from aiprefill.models import LabelMove, MoveKind
from aiprefill.prompts import PRODUCTION, SameVersion, create_version, label_version, move_label


class Command(BaseCommand):
    help = "Let production use OPENAI_MODEL, as long as no version has passed the gate."

    def handle(self, *args: Any, **options: Any) -> None:
        current = label_version(PRODUCTION)
        model = settings.OPENAI_MODEL
        if not model or current.model == model:
            self.stdout.write(f"Production is {current}.")
            return
        if LabelMove.objects.filter(label=PRODUCTION).exclude(kind=MoveKind.BOOTSTRAP).exists():
            self.stdout.write(f"Production stays {current}: people decide about it now, not OPENAI_MODEL.")
            return
        try:
            version = create_version(
                replace(current.spec, model=model), f"The same words for {model}.", copied_from=current
            )
        except SameVersion as same:
            version = same.version
        try:
            with transaction.atomic():
                move_label(PRODUCTION, version, MoveKind.BOOTSTRAP, f"OPENAI_MODEL names {model}.")
        except IntegrityError as refused:
            self.stdout.write(f"Production stays {current}: {str(refused).partition(chr(10))[0]}.")
            return
        self.stdout.write(f"Production is now {version}.")
