"""Datasets: what comes in, is frozen, and goes out again."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprefill.public import PRODUCTION, OutputPurpose, label_version, open_call
from evals import datasets
from evals.content import CaseContent, Expectation, Split
from evals.datasets import files
from evals.models import Case, CaseResult, Dataset, EvalRun, HoldoutOpening, Release, RunCall
from evals.tests.folders import cases_of, folder_of, jpeg
from evals.tests.test_lines import contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "two", {"id": "a", "category": "Books"}, {"id": "b", "tags": ["x"]})


def change(folder: Path, **values: Any) -> Path:
    """The first line of a folder says these too."""
    file = folder / "cases.jsonl"
    first, *rest = file.read_text().splitlines()
    file.write_text("\n".join([json.dumps(json.loads(first) | values), *rest]))
    return folder


def test_an_import_again_changes_nothing_and_a_change_makes_a_version(two: Path) -> None:
    assert datasets.import_cases("two", two).added == ["a", "b"]
    assert datasets.import_cases("two", two).same == ["a", "b"]
    done = datasets.import_cases("two", change(two, category="Other"), why="judged again")
    assert (done.changed, done.same) == (["a"], ["b"])
    newest, first = Case.objects.filter(key="a")
    assert (newest.number, newest.expected, newest.why) == (2, {"category": "other"}, "judged again")
    assert first.valid_to is not None
    assert newest.valid_to is None
    assert newest.valid_from >= first.valid_to


def test_a_known_case_keeps_its_split_and_a_line_can_move_it(two: Path) -> None:
    datasets.import_cases("two", two, split=Split.GATE)
    assert datasets.import_cases("two", two).same == ["a", "b"]
    datasets.import_cases("two", change(two, split="dev"))
    assert dict(Case.objects.current().values_list("key", "split")) == {"a": "dev", "b": "gate"}


def test_every_problem_is_told_by_its_line_and_nothing_is_imported(two: Path, tmp_path: Path) -> None:
    (two / "images/note.jpg").write_text("no picture")
    (tmp_path / "outside.jpg").write_bytes(jpeg(1))
    more = ['{"id": "c"}', "", '{"id": "a", "image": "images/a.jpg"}', '{"id": "d", "image": "images/d.jpg"}']
    more += [f'{{"id": "e", "image": "{name}"}}' for name in ("../outside.jpg", "images/note.jpg")]
    file = two / "cases.jsonl"
    file.write_text(file.read_text() + "\n".join(more))
    with pytest.raises(datasets.ImportRefused) as refused:
        datasets.import_cases("two", two)
    assert str(refused.value).splitlines() == [
        "line 3: Name the picture in image, or several in images.",
        "line 5: id a stands in line 1 already. Give it another.",
        "line 6: image images/d.jpg is not there. Put the picture there, or correct the path.",
        "line 7: image ../outside.jpg is not in the folder of the cases. Move it there.",
        "line 8: note.jpg is not a photo. Choose a JPEG, PNG, WebP, AVIF or HEIC file instead.",
    ]
    assert not Dataset.objects.exists()


def test_a_cluster_never_spans_two_splits(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"id": "a", "seller": "7", "split": "dev"},
        {"id": "b", "seller": "7", "split": "gate"},
    ]
    with pytest.raises(datasets.ImportRefused, match=r"line 2: .*dev: a; gate: b"):
        datasets.import_cases("set", folder_of(tmp_path / "named", *lines))
    same = folder_of(tmp_path / "same", {"id": "a", "split": "dev"})
    datasets.import_cases("set", same)
    (tmp_path / "near").mkdir()
    near = folder_of(tmp_path / "near", {"id": "c", "split": "gate"})
    (near / "images/c.jpg").write_bytes(jpeg(ord("a"), side=200))
    with pytest.raises(datasets.ImportRefused, match="nearly the same picture"):
        datasets.import_cases("set", near)


def test_a_release_is_read_again_exactly(two: Path) -> None:
    datasets.import_cases("two", two)
    first = datasets.release(Dataset.objects.get())
    with pytest.raises(datasets.NothingToRelease, match="not changed since two@1"):
        datasets.release(first.dataset)
    a = Case.objects.get(key="a")
    datasets.edit(a, replace(a.content, expected=Expectation(category="other")), why="a shelf", by=None)
    datasets.retire(Case.objects.get(key="b"))
    datasets.import_cases("two", folder_of(two.parent / "more", {"id": "c"}))
    second = datasets.release(first.dataset)
    assert [str(case) for case in cases_of(first, Split.DEV)] == ["a v1", "b v1"]
    assert [str(case) for case in cases_of(second, Split.DEV)] == ["a v2", "c v1"]
    for release in (first, second):
        datasets.verify(release)
    found = datasets.diff(first, second)
    assert (found.added, found.removed, found.changed) == (["c"], ["b"], {"a": ["expected"]})
    assert datasets.find_release("two") == second
    assert datasets.find_release("two@1") == first
    with pytest.raises(datasets.NoSuchRelease, match="It has: two@1, two@2"):
        datasets.find_release("two@9")


def test_an_edit_of_an_old_version_is_refused(two: Path) -> None:
    datasets.import_cases("two", two)
    a = Case.objects.get(key="a")
    assert datasets.edit(a, a.content, why="", by=None) == a
    datasets.edit(a, replace(a.content, tags=("new",)), why="", by=None)
    with pytest.raises(datasets.OutOfDate):
        datasets.edit(a, replace(a.content, tags=("other",)), why="", by=None)


def test_the_holdout_opens_only_with_a_reason_that_is_kept(two: Path, tmp_path: Path) -> None:
    datasets.import_cases("two", two, split=Split.HOLDOUT)
    datasets.release(Dataset.objects.get())
    with pytest.raises(CommandError, match="say why"):
        call_command("dataset", "export", "two", str(tmp_path / "out"), "--split", "holdout")
    assert not HoldoutOpening.objects.exists()
    call_command("dataset", "export", "two@1", str(tmp_path / "out"), "--split", "holdout", "--why", "audit")
    assert list(HoldoutOpening.objects.values_list("why", flat=True)) == ["audit"]
    call_command("dataset", "export", "two", str(tmp_path / "rest"))
    assert (tmp_path / "rest/cases.jsonl").read_text() == ""


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cases=st.lists(contents, min_size=1, max_size=3, unique_by=lambda case: case.key))
def test_what_is_exported_imports_as_itself(tmp_path: Path, cases: list[CaseContent]) -> None:
    place = Path(tempfile.mkdtemp(dir=tmp_path))
    (place / "in").mkdir()
    name = place.name
    for at in range(len(cases)):
        (place / "in" / f"{at}.jpg").write_bytes(jpeg(at))
    lines = [
        datasets.write_line(replace(case, split=Split.GATE, clusters=()), [f"{at}.jpg"])
        for at, case in enumerate(cases)
    ]
    (place / "in/cases.jsonl").write_text("\n".join(lines))
    datasets.import_cases(name, place / "in")
    first = datasets.release(Dataset.objects.get(name=name))
    datasets.verify(first)
    datasets.export_cases(cases_of(first, Split.GATE), place / "out")
    assert len(datasets.import_cases(name, place / "out").same) == len(cases)
    datasets.import_cases(f"{name}-2", place / "out")
    assert datasets.release(Dataset.objects.get(name=f"{name}-2")).digest == first.digest


def test_an_erased_case_leaves_its_digest_alone(
    two: Path, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    shared = jpeg(ord("b"))
    datasets.import_cases("two", two)
    release = datasets.release(Dataset.objects.get())
    case = Case.objects.get(key="a")
    sha256 = case.files.get().sha256
    version = label_version(PRODUCTION)
    run = EvalRun.objects.create(release=release, split=Split.DEV, version=version)
    output = open_call(OutputPurpose.EVAL, version, '{"words": "from the picture"}')
    RunCall.objects.create(run=run, case=case, repeat=1, output=output)
    CaseResult.objects.create(
        run=run, case=case, repeat=1, cache_key="k", output=output, answer={"title": "T"}
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert datasets.erase(case) == 1
    case.refresh_from_db()
    output.refresh_from_db()
    assert (case.expected, case.provenance, output.request) == (None, None, None)
    assert CaseResult.objects.get().answer is None
    assert not files.path(sha256).exists()
    assert files.read(Case.objects.get(key="b").files.get().sha256) == shared
    datasets.verify(release)
    assert [str(each) for each in cases_of(release, Split.DEV).filter(erased_at=None)] == ["b v1"]
    with pytest.raises(datasets.ImportRefused, match="erased on request"):
        datasets.import_cases("two", two)


def test_a_picture_that_was_changed_on_the_disk_is_not_used(two: Path) -> None:
    datasets.import_cases("two", two)
    case = Case.objects.get(key="a")
    sha256 = case.files.get().sha256
    assert files.read(sha256) == jpeg(ord("a"))
    files.path(sha256).write_bytes(jpeg(1))
    with pytest.raises(datasets.ChangedOnDisk):
        files.read(sha256)


def test_the_command_lists_and_compares(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("dataset", "import", str(two))
    call_command("dataset", "release", "two", "--note", "first")
    call_command("dataset", "import", str(change(two, split="gate", tags=["t"])))
    call_command("dataset", "release", "two")
    call_command("dataset", "list")
    call_command("dataset", "diff", "two@1", "two@2")
    digests = list(Release.objects.order_by("number").values_list("digest", flat=True))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "two: 2 new, 0 changed, 0 as they were."
    assert said[1] == f"two@1: 2 cases, digest {digests[0][:12]}."
    assert said[4] == "two: 1 dev, 1 gate, 0 holdout"
    assert said[5].startswith(f"  two@2  2 cases  {digests[1][:12]}")
    assert said[-2:] == ["~ a: split, tags", "From two@1 to two@2: 0 new, 0 gone, 1 changed."]


def test_the_demo_gets_its_set_once() -> None:
    call_command("seed_demo_cases")
    call_command("seed_demo_cases")
    release = datasets.find_release("demo@1")
    datasets.verify(release)
    assert release.case_count >= 32
    assert len(cases_of(release, Split.GATE)) >= 32
    assert Release.objects.count() == 1
