"""The page on which a person labels answers, and what a run's page shows of judges."""

import re
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from aiprefill.public import ANNOTATORS
from evals import datasets
from evals.judges.labelling import label
from evals.models import EvalRun, JudgeLabel
from evals.tests.judged import make_release, make_run
from evals.tests.judges import MODE, by_key, make_answered, make_known, person, unseen_claim, verdict

pytestmark = pytest.mark.django_db


def annotator(name: str = "ann") -> Client:
    account = get_user_model().objects.create_user(f"{name}@example.org", is_staff=True)
    account.groups.add(Group.objects.get(name=ANNOTATORS))
    client = Client()
    client.force_login(account)
    return client


def address(run: EvalRun, query: str = "") -> str:
    return reverse("admin:evals_label", args=[run.pk, MODE]) + query


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def shown(page: str) -> str:
    """The number of the result that the page shows."""
    found = re.search(r'name="result" value="(\d+)"', page)
    return found[1] if found else ""


def say(client: Client, run: EvalRun, word: str, page: str, **more: str) -> str:
    """The page after the press of a button."""
    data = {"result": shown(page), "verdict": word} | more
    response = client.post(address(run), data)
    return read(client, response["location"])


def test_one_answer_after_the_other_is_labelled() -> None:
    run, ann = make_answered(), annotator()
    page = read(ann, address(run))
    assert unseen_claim().question in page
    assert "0 of 25 answers of this run are labelled by you." in page
    first = shown(page)
    page = say(ann, run, "fail", page, why=" It says tested. ")
    assert shown(page) not in {"", first}
    assert "1 of 25" in page
    skipped = shown(page)
    page = say(ann, run, "skip", page)
    while shown(page) != skipped:
        page = say(ann, run, "pass", page)
    page = say(ann, run, "pass", page)  # the one that was skipped came again, last
    assert "Nothing waits for your label here." in page
    labels = JudgeLabel.objects.order_by("pk")
    assert [each.fails for each in labels] == [True, *[False] * 24]
    assert (labels[0].why, labels[0].result_id) == ("It says tested.", int(first))


def test_it_is_blind() -> None:
    run, ann = make_answered(), annotator()
    for subject in by_key(run):
        verdict(subject, fails=True)
        label(subject, unseen_claim(), person("ben"), fails=True, why="Ben's words")
    page = read(ann, address(run))
    content = page[page.index('id="content"') :]
    for word in (
        str(run.version),
        f"v{run.version_id}",
        "furniture",
        "Words of the judge.",
        "Ben's words",
        "judge/",
    ):
        assert word not in content


def test_a_label_is_given_once_and_corrected_on_purpose() -> None:
    run, ann = make_answered(), annotator()
    before = read(ann, address(run))
    page = say(ann, run, "fail", before)
    assert "You have labelled this answer already" in say(ann, run, "pass", before)  # a page left open
    own = JudgeLabel.objects.get()
    assert own.fails
    assert f"?correct={own.pk}" in page
    correcting = read(ann, address(run, f"?correct={own.pk}"))
    assert shown(correcting) == shown(before)
    say(ann, run, "pass", correcting, corrects=str(own.pk))
    assert list(JudgeLabel.objects.in_force().values_list("fails", "corrects")) == [(False, own.pk)]
    ben = annotator("ben")
    page = read(ben, address(run, f"?correct={JudgeLabel.objects.in_force()[0].pk}"))
    assert 'name="corrects"' not in page  # what another said is neither shown nor taken back


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verdict": "fail"},
        {"result": "1", "verdict": "maybe"},
        {"result": "99999999", "verdict": "fail"},
        {"result": "9" * 30, "verdict": "fail"},
        {"result": "x", "verdict": "pass"},
    ],
)
def test_what_cannot_be_meant_is_not_kept(data: dict[str, str]) -> None:
    run, ann = make_answered(), annotator()
    response = ann.post(address(run), data, follow=True)
    assert "Nothing was kept" in response.content.decode()
    assert not JudgeLabel.objects.exists()


@pytest.mark.parametrize("query", ["?correct=x", "?correct=99999999999999999999", "?after=zz", "?correct=1"])
def test_a_strange_query_shows_the_next_one(query: str) -> None:
    assert shown(read(annotator(), address(make_answered(), query)))


def test_the_answer_of_another_run_or_an_erased_one_is_not_taken() -> None:
    run, ann = make_answered(), annotator()
    other = by_key(make_answered())[0].result
    gone = by_key(run)[0].result
    datasets.erase(gone.case)
    for result in (other, gone):
        ann.post(address(run), {"result": str(result.pk), "verdict": "fail"})
    assert not JudgeLabel.objects.exists()
    assert "of 24 answers" in read(ann, address(run))


def test_who_may_label_what() -> None:
    run = make_answered()
    stranger = Client()
    stranger.force_login(get_user_model().objects.create_user("x@example.org", is_staff=True))
    assert stranger.get(address(run)).status_code == 403
    ann = annotator()
    assert ann.get(reverse("admin:evals_label", args=[run.pk, "none"])).status_code == 404
    sealed = make_run(make_release(), split="holdout", repeats=1)
    assert ann.get(address(sealed)).status_code == 404
    assert ann.get(reverse("admin:evals_judgelabel_changelist")).status_code == 403


def test_a_run_shows_nothing_of_a_judge_without_labels() -> None:
    run = make_answered()
    for subject in by_key(run):
        verdict(subject, fails=False)
    page = read(annotator(), reverse("admin:evals_evalrun_change", args=[run.pk]))
    section = page[page.index('id="judges"') : page.index('id="errors-heading"')]
    assert "needs 20 more labels of answers that pass and 20 of answers that fail" in section
    assert address(run) in section
    assert "%" not in section


def test_a_run_shows_a_known_judge_with_its_rates() -> None:
    run = make_known(lambda key, fails: fails and not key.endswith("1"))[0]
    page = read(annotator("eve"), reverse("admin:evals_evalrun_change", args=[run.pk]))
    section = page[page.index('id="judges"') : page.index('id="errors-heading"')]
    assert "TPR" in section
    assert "TNR" in section
    assert "<td>62 %</td>" in section  # 15 of 24, as it says
    assert "too little with people to gate" in section


def test_an_administrator_sees_every_label() -> None:
    run = make_answered()
    subject = by_key(run)[0]
    first = label(subject, unseen_claim(), person(), fails=True, why="tested")
    label(subject, unseen_claim(), person(), fails=False, corrects=first)
    ada = Client()
    ada.force_login(get_user_model().objects.create_superuser("ada@example.org"))
    page = read(ada, reverse("admin:evals_judgelabel_changelist"))
    assert page.count(subject.result.case.key) == 2
    assert "tested" in page
