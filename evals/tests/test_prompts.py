"""`manage.py prompts`: versions go out as files and come in again, in this database or another."""

import tomllib
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from aiprefill.prompt_v1 import catalogue_spec, first_spec
from aiprefill.public import FLOOR, PRODUCTION, PromptSpec, PromptVersion, label_version, labels_in_force
from evals.decision import Reason, broken
from evals.gate import keep
from evals.prompt_file import PromptFile, read, write
from evals.prompt_folder import FOLDER, LABELS, LARGEST, file_name, files_of
from listings.fields import CATEGORIES

pytestmark = pytest.mark.django_db


def prompts(*words: object) -> str:
    said = StringIO()
    call_command("prompts", *map(str, words), stdout=said)
    return said.getvalue()


def written(path: Path, spec: PromptSpec, note: str = "Shorter.", based_on: str = "") -> PromptSpec:
    path.write_text(write(PromptFile(spec, note, based_on)), encoding="utf-8")
    return spec


@pytest.fixture
def spec() -> PromptSpec:
    """A version that nobody has made yet."""
    return replace(label_version(PRODUCTION).spec, instructions="Be brief.\r\n")


def test_the_files_of_the_project_are_what_the_seeds_make() -> None:
    taxonomy = tuple(CATEGORIES.items())
    specs = {read(path.read_text()).spec for path in files_of(FOLDER)}
    assert {first_spec(taxonomy), catalogue_spec(taxonomy)} <= specs


def test_every_file_of_the_project_has_the_digest_of_a_version_of_its_own() -> None:
    texts = [path.read_text() for path in files_of(FOLDER)]
    digests = [read(text).spec.digest for text in texts]
    assert [tomllib.loads(text)["digest"] for text in texts] == digests
    assert len(set(digests)) == len(digests)


def test_every_label_of_the_project_stands_on_a_file_of_it() -> None:
    labels = tomllib.loads((FOLDER / LABELS).read_text())
    assert labels.keys() == {PRODUCTION, FLOOR}
    assert set(labels.values()) <= {read(path.read_text()).spec.digest for path in files_of(FOLDER)}


def test_exporting_again_changes_no_file_of_the_project(tmp_path: Path) -> None:
    prompts("export", "--folder", tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {*(file_name(label_version(label)) for label in (PRODUCTION, FLOOR)), LABELS}
    assert {name: (tmp_path / name).read_text() for name in names} == {
        name: (FOLDER / name).read_text() for name in names
    }


def test_versions_are_made_from_their_files_each_after_what_it_was_copied_from(
    tmp_path: Path, spec: PromptSpec
) -> None:
    production = label_version(PRODUCTION)
    written(tmp_path / "b.toml", spec, based_on=production.digest)
    written(tmp_path / "a.toml", replace(spec, model="gpt-5"), "Another model.", based_on=spec.digest)
    said = prompts("import", tmp_path)
    assert said.count(": new, ") == 2
    first, second = PromptVersion.objects.filter(number__gt=2).order_by("number")
    assert (first.spec, first.note, first.copied_from) == (spec, "Shorter.", production)
    assert (second.spec.model, second.note, second.copied_from) == ("gpt-5", "Another model.", first)
    assert prompts("import", tmp_path / "a.toml", tmp_path / "b.toml").count(": there already, ") == 2
    assert PromptVersion.objects.count() == 4


def test_what_is_exported_goes_into_the_file_that_says_it_already(tmp_path: Path, spec: PromptSpec) -> None:
    written(tmp_path / "brief.toml", spec)
    unsealed = (tmp_path / "brief.toml").read_text().replace(spec.digest, "")
    (tmp_path / "brief.toml").write_text(unsealed)
    prompts("import", tmp_path)
    prompts("export", 3, "--folder", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["brief.toml"]
    assert f'digest = "{spec.digest}"' in (tmp_path / "brief.toml").read_text()


def test_a_file_that_is_refused_is_named_and_nothing_is_made(tmp_path: Path, spec: PromptSpec) -> None:
    written(tmp_path / "good.toml", spec)
    (tmp_path / "bad.toml").write_text("note = 1")
    with pytest.raises(CommandError, match=rf"{tmp_path}/bad.toml: note: it must be a text"):
        prompts("import", tmp_path)
    (tmp_path / "bad.toml").unlink()
    written(tmp_path / "orphan.toml", replace(spec, model="gpt-5"), based_on="a" * 64)
    with pytest.raises(CommandError, match=r"orphan.toml: based_on: no version has the digest aaaaaaaaaaaa…"):
        prompts("import", tmp_path)
    assert PromptVersion.objects.count() == 2


def test_what_is_no_prompt_file_is_not_read(tmp_path: Path, spec: PromptSpec) -> None:
    written(tmp_path / "there.toml", spec)
    (tmp_path / "link.toml").symlink_to(tmp_path / "there.toml")
    (tmp_path / "large.toml").write_text("#" * (LARGEST + 1))
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    written(tmp_path / "other.toml", replace(spec, provider="nobody"))
    with pytest.raises(CommandError) as refused:
        prompts("import", tmp_path, tmp_path / "missing.toml")
    problems = str(refused.value).splitlines()
    assert [Path(problem.partition(":")[0]).stem for problem in problems] == [
        *("bytes", "large", "link", "other", "missing"),
    ]


def test_a_folder_without_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no prompt file"):
        prompts("import", tmp_path)


def test_a_new_database_takes_the_labels_from_the_folder(tmp_path: Path, spec: PromptSpec) -> None:
    written(tmp_path / "brief.toml", spec)
    (tmp_path / LABELS).write_text(f'production = "{spec.digest}"')
    assert "production stands" in prompts("import", tmp_path, "--labels")
    assert labels_in_force() == {PRODUCTION: 3, FLOOR: 2}
    assert "production stands" not in prompts("import", tmp_path, "--labels")


def test_labels_that_people_decide_about_are_not_moved_by_a_file(tmp_path: Path, spec: PromptSpec) -> None:
    keep(label_version(PRODUCTION), broken(Reason("no_baseline", "There is none.")))
    written(tmp_path / "brief.toml", spec)
    (tmp_path / LABELS).write_text(f'production = "{spec.digest}"')
    with pytest.raises(CommandError, match=r"labels.toml: production: production is decided by the gate"):
        prompts("import", tmp_path, "--labels")
    assert labels_in_force() == {PRODUCTION: 1, FLOOR: 2}


@pytest.mark.parametrize("labels", ['production = "1"', "production", None])
def test_labels_that_cannot_be_read_are_named(tmp_path: Path, spec: PromptSpec, labels: str | None) -> None:
    written(tmp_path / "brief.toml", spec)
    if labels is not None:
        (tmp_path / LABELS).write_text(labels)
    with pytest.raises(CommandError, match=rf"^{tmp_path}/labels.toml: "):
        prompts("import", tmp_path, "--labels")
