"""Who scores what: near copies, which the catalogue must recognise, and strangers, which it must not."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from aiprefill.providers.alignment import NEAR_COPY
from aiprefill.recognition import Asked, ask, index_of, pictures, shown


class Command(BaseCommand):
    help = "Print how near copies and strangers score against a folder of known pictures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("known", type=Path, help="the folder of known pictures")
        parser.add_argument("--near", type=Path, nargs="*", default=[], help="folders of near copies of them")
        parser.add_argument("--strangers", type=Path, nargs="*", default=[], help="folders of other things")

    def handle(self, *args: Any, **options: Any) -> None:
        known = list(pictures([options["known"]]))
        index = index_of(known)
        near = [ask(index, picture) for picture in pictures(options["near"])]
        right = sum(asked.answer == shown(asked.name) for asked in near)
        self.stdout.write(f"Near copies recognised: {right} of {len(near)}. Limit: {NEAR_COPY:.0f}.")
        self._table("Near copies, weakest first", sorted(near, key=lambda asked: asked.score))
        strangers = [ask(index, picture) for picture in pictures(options["strangers"])]
        others = [ask(index, picture, leave_out=True) for picture in known]
        for title, rows in (("Strangers", strangers), ("Known things, each left out", others)):
            told = sum(asked.answer is not None for asked in rows)
            self.stdout.write(f"{title} taken for known: {told} of {len(rows)}.")
            self._table(f"{title}, likest first", sorted(rows, key=lambda asked: -asked.score))

    def _table(self, title: str, rows: list[Asked]) -> None:
        self.stdout.write(f"\n{title}")
        for asked in rows[:8]:
            self.stdout.write(
                f"  {asked.score:6.1f}  {asked.name:28} {asked.likest:24} {asked.answer or '-'}"
            )
        self.stdout.write("")
