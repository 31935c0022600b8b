"""`manage.py gate_change FOLDER`: judge the prompt files of a change by what is recorded here.

Of the change nothing but prompt files is read, and its labels, which it may not move. Production, set,
margins and the gate are this checkout's.
"""

import difflib
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from aiprefill.public import PRODUCTION, PromptVersion, is_configured, label_version
from evals.decision import Decision, Status
from evals.management.commands import gate
from evals.management.commands.evaluate import at_least_one, dollars
from evals.management.verdicts import VerdictCommand
from evals.models import Split, Verdict
from evals.prompt_file import BadPromptFile, write
from evals.prompt_folder import FOLDER, LABELS, Imported, file_of, files_of, import_files, labels_moved

UNMEASURED: Final = "No key is configured, so nothing was measured."
WORST_FIRST: Final = (Status.BROKEN, Status.FAIL, Status.INCONCLUSIVE, Status.PASS)
LONGEST: Final = 40_000
"""Characters of differences, of all files; a comment holds 65,536."""
LONGEST_NAMES: Final = 1000
"""Characters of names of labels, which whoever changes them may invent."""


class Command(VerdictCommand):
    help = (
        "Judge against production the prompt files that a change adds or edits. Exits as `gate` does, by "
        "the worst of them; with 0 when there is nothing to judge, or no key to do it with, and says so. "
        "A change that moves a label fails."
    )
    files = ("markdown",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("change", type=Path, help="evals/prompts as the change leaves it")
        parser.add_argument("--base", type=Path, default=FOLDER, help="the folder before; evals/prompts here")
        parser.add_argument("--dataset", help="NAME or NAME@NUMBER; the release that was made last")
        parser.add_argument("--repeats", type=at_least_one, default=3, metavar="K")
        parser.add_argument("--max-cost-usd", type=dollars, default=2_000_000, metavar="USD", help="a run; 2")

    def handle(self, *args: Any, **options: Any) -> None:
        files = changed(options["change"], options["base"])
        try:
            moved = labels_moved(options["change"], options["base"])
            imported = import_files(files)
        except BadPromptFile as error:
            worst, text = Status.BROKEN, refused(error, options["change"])
        else:
            room = LONGEST // max(1, len(files))
            judged = [self.judged(path, imported, options, room) for path in files]
            if moved:
                judged.append((Status.FAIL, labels_stay(moved)))
            worst = min((status for status, _ in judged), key=WORST_FIRST.index, default=Status.PASS)
            text = (
                "\n".join(part for _, part in judged)
                or "# Nothing to judge\n\nNo prompt version is changed.\n"
            )
        if options["markdown"]:
            options["markdown"].write_text(text, encoding="utf-8")
        self.stdout.write(text)
        if worst.exit_code:
            sys.exit(worst.exit_code)

    def judged(
        self, path: Path, imported: Imported, options: dict[str, Any], room: int
    ) -> tuple[Status, str]:
        """The verdict's word and the Markdown for one file, with so many characters of differences."""
        version, production = imported.version(path), label_version(PRODUCTION)
        status, parts = Status.PASS, [f"# Nothing to judge: {version}", "This version is there already."]
        if path in imported.new and not all(is_configured(each.provider) for each in (version, production)):
            parts = [f"# NOT MEASURED: {version}", UNMEASURED]
        elif path in imported.new:
            verdict, decision = self.gated(version, options)
            status, parts = decision.status, [gate.markdown(verdict, decision).rstrip()]
        told = [f"File `{path.name}`, digest `{version.digest}`.", *unsealed(path, version)]
        return status, "\n\n".join([*parts, *told, differences(production, path, room)]) + "\n"

    def gated(self, version: PromptVersion, options: dict[str, Any]) -> tuple[Verdict | None, Decision]:
        asked = {name: options[name] for name in ("dataset", "repeats", "max_cost_usd")}
        return gate.Command().judged(
            {**asked, "candidate": str(version.pk), "split": Split.GATE, "run_missing": True}
        )


def changed(change: Path, base: Path) -> list[Path]:
    """The prompt files of the change that are not in the base as they are."""
    return [path for path in files_of(change) if not _is_same(path, base / path.name)]


def _is_same(path: Path, before: Path) -> bool:
    # What is no plain file is for the import to refuse.
    plain = path.is_file() and before.is_file() and not path.is_symlink()
    return plain and path.read_bytes() == before.read_bytes()


def refused(error: BadPromptFile, change: Path) -> str:
    """The Markdown for files that cannot be read: nothing was asked."""
    problems = "\n".join(error.problems).replace(f"{change}/", "")
    return f"# BROKEN: not a prompt file\n\nNothing was measured.\n\n{fenced(problems)}\n"


def labels_stay(moved: list[str]) -> str:
    """The Markdown for a change that moves these labels."""
    why = (
        f"What `{LABELS}` says of these labels is not what stands here. Labels move by promotion only, see "
        "README, The loop: the file follows by `manage.py prompts export`. Take it out of the change."
    )
    return f"# FAIL: a label is moved\n\n{why}\n\n{fenced(', '.join(moved)[:LONGEST_NAMES])}\n"


def unsealed(path: Path, version: PromptVersion) -> Iterator[str]:
    """What is still to be written into the file before it is merged."""
    if f'digest = "{version.digest}"' not in path.read_text(encoding="utf-8"):
        yield f'Before merging, write into it: `digest = "{version.digest}"`.'


def differences(before: PromptVersion, path: Path, room: int) -> str:
    """What the file changes against production's, as a block that unfolds."""
    old, new = write(file_of(before)).splitlines(), path.read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(old, new, lineterm="", n=2)
    shown = "\n".join(list(lines)[2:])
    cut = "\n… and more" if len(shown) > room else ""
    head = f"<details><summary>What differs from production ({before})</summary>"
    return f"{head}\n\n{fenced(shown[:room] + cut, 'diff')}\n\n</details>"


def fenced(text: str, kind: str = "") -> str:
    """A block of code that its text cannot end."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"
