"""`manage.py gate_change`: which files of a change are judged, and what is said of each."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from aiprefill.public import FLOOR, PRODUCTION, PromptVersion, label_version
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER
from evals.decision import Decision, Status
from evals.management.commands.gate_change import LONGEST, Command, fenced
from evals.models import Verdict
from evals.prompt_file import write
from evals.prompt_folder import LABELS, file_of
from evals.tests.running import make_release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The folder that the change is merged into, with production's file."""
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "first.toml").write_text(text_of(label_version(PRODUCTION)))
    return folder


@pytest.fixture
def change(base: Path, tmp_path: Path) -> Path:
    """The folder as the change leaves it; it changes nothing yet."""
    folder = tmp_path / "change"
    folder.mkdir()
    (folder / "first.toml").write_text((base / "first.toml").read_text())
    return folder


def text_of(version: PromptVersion) -> str:
    return write(file_of(version))


def copied(text: str, old: str, new: str) -> str:
    """The file of a new version, with other words."""
    production = label_version(PRODUCTION)
    assert old in text
    return text.replace(f'"{production.digest}"', '""').replace(old, new)


def gated(change: Path, base: Path, *words: str) -> tuple[int, str]:
    said, told = StringIO(), change.with_suffix(".md")
    try:
        call_command("gate_change", change, *words, base=base, markdown=told, stdout=said, stderr=StringIO())
    except SystemExit as ended:
        assert told.read_text() in said.getvalue()
        return int(ended.code or 0), told.read_text()
    return 0, told.read_text()


def test_nothing_changed_is_nothing_to_judge(change: Path, base: Path) -> None:
    assert gated(change, base) == (0, "# Nothing to judge\n\nNo prompt version is changed.\n")
    (change / "README.md").write_text("# Prompts")
    assert gated(change, base)[1].startswith("# Nothing to judge")


def labels(folder: Path, **stands: str) -> None:
    lines = [f'{label} = "{digest}"\n' for label, digest in stands.items()]
    (folder / LABELS).write_text("# Written by hand.\n" + "".join(lines))


def test_a_change_that_moves_a_label_fails(change: Path, base: Path) -> None:
    production, floor = label_version(PRODUCTION).digest, label_version(FLOOR).digest
    labels(base, production=production, floor=floor)
    stands: dict[str, str]
    for stands, moved in (
        ({"production": floor, "floor": floor}, "production"),
        ({"floor": floor}, "production"),  # a new database would choose one by itself
        ({"production": production, "floor": production, "other": floor}, "floor, other"),
    ):
        labels(change, **stands)
        code, told = gated(change, base)
        assert (code, told.splitlines()[0]) == (1, "# FAIL: a label is moved")
        assert "Labels move by promotion only, see README" in told
        assert f"```\n{moved}\n```" in told


def test_a_file_of_labels_may_follow_what_was_decided_here(change: Path, base: Path) -> None:
    production, floor = label_version(PRODUCTION).digest, label_version(FLOOR).digest
    labels(base, production=floor, floor=floor)  # from before the last promotion
    for stands in (production, floor):
        labels(change, production=stands, floor=floor)
        assert gated(change, base) == (0, "# Nothing to judge\n\nNo prompt version is changed.\n")


def test_labels_that_cannot_be_read_break_it(change: Path, base: Path) -> None:
    labels(base)
    makes: list[Callable[[Path], object]] = [
        lambda path: path.write_text("production = "),
        lambda path: path.symlink_to(base / "first.toml"),
        lambda path: path.symlink_to(base / "nowhere"),
    ]
    for make in makes:
        make(change / LABELS)
        code, told = gated(change, base)
        assert (code, told.splitlines()[0]) == (3, "# BROKEN: not a prompt file")
        assert "\nlabels.toml: it cannot be read: " in told
        (change / LABELS).unlink()


def test_another_note_is_no_other_version(change: Path, base: Path) -> None:
    text = (change / "first.toml").read_text()
    (change / "first.toml").write_text(text.replace("The first words", "The very first words"))
    code, told = gated(change, base)
    assert (code, told.splitlines()[0]) == (0, "# Nothing to judge: v1 · openai gpt-5.4-mini")
    assert "+note" in told
    assert not Verdict.objects.exists()


def test_files_that_cannot_be_read_are_named_and_nothing_is_asked(
    provider: ProviderServer, change: Path, base: Path
) -> None:
    text = (change / "first.toml").read_text()
    (change / "first.toml").write_text(text.replace("Fill in", "Fill out"))
    (change / "other.toml").write_text("```\n@everybody")
    (change / "good.toml").write_text(copied(text, "Fill in", "Please fill in"))
    code, told = gated(change, base)
    assert (code, told.splitlines()[0]) == (3, "# BROKEN: not a prompt file")
    assert "\nfirst.toml: digest: it says 63fcdb471aea…" in told
    assert "\nother.toml: This is not TOML" in told
    assert str(change) not in told
    assert (provider.ledger, PromptVersion.objects.count()) == ([], 2)


def test_without_a_key_it_says_so_and_passes_nothing(
    change: Path, base: Path, settings: LazySettings
) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    (change / "new.toml").write_text(copied((base / "first.toml").read_text(), "Fill in", "Please fill in"))
    code, told = gated(change, base)
    assert (code, told.splitlines()[:3]) == (
        0,
        [
            "# NOT MEASURED: v3 · openai gpt-5.4-mini",
            "",
            "No key is configured, so nothing was measured.",
        ],
    )
    digest = PromptVersion.objects.get(number=3).digest
    assert f'Before merging, write into it: `digest = "{digest}"`.' in told
    assert "-Somebody wants to sell" not in told.partition("```diff")[0]
    assert not Verdict.objects.exists()


def test_each_file_is_judged_and_the_worst_decides(
    provider: ProviderServer, change: Path, base: Path, tmp_path: Path
) -> None:
    make_release(tmp_path / "cases", count=2, tier="must_pass")
    text = (base / "first.toml").read_text()
    (change / "a.toml").write_text(copied(text, "Fill in", "Please fill in"))
    (change / "b.toml").write_text(copied(text, "gpt-5.4-mini", "gpt-5.4"))
    books = {**ANSWER, "category": {"value": "books", "reason": ""}}
    provider.script.answers = lambda body: ("", books if body["model"] == "gpt-5.4" else ANSWER)
    code, told = gated(change, base, "--repeats", "1")
    # The set has no margins of its own, so no verdict can pass on it.
    assert code == 3
    assert told.count("# BROKEN: v") == 2
    assert told.count("margins.toml names no margins for the dataset 'set'") == 2
    assert "On set@1" in told
    assert len(provider.ledger) == 6
    assert Verdict.objects.count() == 2
    production = label_version(PRODUCTION)
    assert {verdict.baseline_run.version for verdict in Verdict.objects.all() if verdict.baseline_run} == {
        production
    }


@pytest.mark.usefixtures("provider")
def test_fail_is_worse_than_inconclusive_and_broken_than_both(
    change: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = iter((Status.INCONCLUSIVE, Status.FAIL, Status.PASS) * 2 + (Status.BROKEN, Status.INCONCLUSIVE))
    monkeypatch.setattr(Command, "gated", lambda *_asked: (None, Decision(next(words))))
    text = (base / "first.toml").read_text()

    def code_of(*names: str) -> int:
        for name in names:
            (change / f"{name}.toml").write_text(copied(text, "Fill in", f"Fill {name} in"))
        code, told = gated(change, base)
        assert [word in told for word in ("# PASS", "# FAIL")] == [True, True]
        for name in names:
            (change / f"{name}.toml").unlink()
        return code

    assert code_of("a", "b", "c") == 1
    assert code_of("d", "e", "f", "g", "h") == 3


def test_a_verdict_that_cannot_be_written_is_broken(
    change: Path, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("gate_change", change, base=base, markdown=change, stdout=StringIO())
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert "change cannot be written: Is a directory." in said
    assert "BROKEN: It broke off by a mistake: IsADirectoryError" in said


def test_what_differs_is_shown_up_to_what_a_comment_holds(
    change: Path, base: Path, settings: LazySettings
) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    words = "".join(f"Rule {number}: ```tick```\n" for number in range(2000))
    (change / "new.toml").write_text(copied((base / "first.toml").read_text(), "Fill in", f"{words}Fill in"))
    code, told = gated(change, base)
    assert code == 0
    assert "\n… and more\n````\n" in told
    assert "\n````diff\n" in told
    assert LONGEST < len(told) < LONGEST + 2000


def test_a_block_cannot_be_ended_by_its_text() -> None:
    assert fenced("a") == "```\na\n```"
    assert fenced("````\nout", "diff") == "`````diff\n````\nout\n`````"
