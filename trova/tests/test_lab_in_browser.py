"""The prompt lab in a real browser, over the real worker's parts and a model that errs as its prompt says."""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from aiprefill import actions, jobs
from aiprefill.models import MoveKind, PrefillJob, PromptVersion
from aiprefill.prompts import PRODUCTION, create_version, label_version, move_label
from aiprefill.tests.desk import read
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script
from evals import runner
from evals.lab import worst_of_production
from evals.models import CaseFile, EvalRun, Release
from evals.scripted.model import Scripted
from evals.tests.running import make_release, order, performed
from listings.models import Seller
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)

LAB: Final = "/admin/evals/lab/"
FAULTY: Final = "\nscripted: seed=3 case.category=.5 case.price=.4"
MENDED: Final = "\nscripted: seed=3 case.price=.4 title=.2"


@pytest.fixture
def release(provider: ProviderServer, media: Path, tmp_path: Path, transactional_db: None) -> Release:
    """Nine gate cases and two of the dev split, and a model that knows them."""
    make_release(tmp_path / "gate", count=9)
    release = make_release(tmp_path / "dev", count=2, first=100, split="dev")
    shown = CaseFile.objects.select_related("case")
    known = {file.sha256: file.case.expectation for file in shown}
    provider.script = Script(answers=Scripted(known), events=2)
    return release


@pytest.fixture
def production(release: Release) -> PromptVersion:
    """A production that errs on some cases, measured."""
    first = label_version(PRODUCTION)
    spec = replace(first.spec, instructions=first.spec.instructions + FAULTY)
    faulty = create_version(spec, "It errs.", copied_from=first)
    move_label(PRODUCTION, faulty, MoveKind.BOOTSTRAP, "To see it err.")
    assert performed(order(release, repeats=3)).errors == 0
    return faulty


@pytest.fixture
def seen(production: PromptVersion) -> PrefillJob:
    """A draft that production has read for its seller."""
    return read(Seller.objects.create_user("seller@example.org"))


@pytest.fixture
def evaluator(provider: ProviderServer, transactional_db: None) -> Iterator[None]:
    """The part of a worker that performs runs, in a thread; it ends with the test."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if not runner.perform_next():
                stop.wait(0.02)
        connection.close()

    thread = threading.Thread(target=work, name="evaluator")
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def session(transactional_db: None) -> dict[str, str]:
    """The administrator's cookies."""
    client = Client()
    client.force_login(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def mend(page: Page) -> None:
    """Type the prompt whose model errs elsewhere."""
    typed = page.get_by_label("Instructions").input_value()
    page.get_by_label("Instructions").fill(typed.replace(FAULTY.strip(), MENDED.strip()))


def test_from_a_change_to_its_run_without_leaving_the_page(
    visitor: Visitor,
    production: PromptVersion,
    seen: PrefillJob,  # before there is a worker that could take it
    session: dict[str, str],
    worker: None,
    evaluator: None,
    photos: list[Path],
) -> None:
    page = visitor.page(LAB, session)
    expect(page.get_by_text(f"Nothing differs from v{production.pk} yet")).to_be_visible()
    mend(page)
    page.get_by_role("button", name="Try on these").click()
    expect(page.locator("#lab-worst .word-done").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ fields? mended"))).to_be_visible()
    expect(page.get_by_text(f"2 lines differ from v{production.pk}")).to_be_visible()
    trial = PromptVersion.objects.get(is_trial=True)
    look = EvalRun.objects.get(version=trial)
    assert (look.repeats, look.split, look.state, set(look.only or [])) == (1, "gate", "done", worst_keys())

    page.locator(f"input[value='job:{seen.pk}']").check()
    page.get_by_role("button", name="Try on this photo").click()
    expect(page.locator("#lab-photo thead .word-done")).to_have_count(2)
    page.locator("input[value^='case:']").first.check()
    page.get_by_role("button", name="Try on this photo").click()
    expect(page.locator("#lab-photo .lab-case").get_by_text("Right in both")).to_be_visible()
    page.get_by_label("Or a photo of yours").set_input_files(photos[0])
    page.get_by_role("button", name="Try on this photo").click()
    expect(page.locator("#lab-photo thead .word-done")).to_have_count(2)
    expect(page.locator("#lab-photo").get_by_text("could not tell:").first).to_be_visible()
    assert set(PromptVersion.objects.filter(is_trial=True)) == {trial}

    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("alert")).to_contain_text("say what you changed, and why")
    expect(page.locator("#lab-save .errorlist")).to_be_visible()
    page.get_by_label("What did you change, and why?").fill("It errs elsewhere.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text(f"Version {trial.pk} is saved.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"the run takes about \$0\.\d+"))).to_be_visible()
    page.get_by_role("button", name="Run it over the gate split").click()
    expect(page.locator("#lab-run .word-done")).to_be_visible()
    whole = EvalRun.objects.get(version=trial, only=None)
    assert (whole.planned, whole.from_cache, whole.repeats) == (27, look.planned, 3)
    page.reload()
    expect(page.locator("#lab-worst .lab-case").first).to_be_visible()
    expect(page.locator("#lab-photo .lab-table")).to_be_visible()
    expect(page.locator("#lab-run .word-done")).to_be_visible()
    expect(page.get_by_text(f"{whole.pk}", exact=False).first).to_be_visible()


def worst_keys() -> set[str]:
    worst = worst_of_production()
    assert worst
    return {case.key for case in worst.cases}


def test_nothing_typed_is_lost_by_a_refusal(
    visitor: Visitor, production: PromptVersion, session: dict[str, str], tmp_path: Path
) -> None:
    page = visitor.page(LAB, session)
    page.get_by_label("Instructions").fill("Say what you see.")
    hostile = tmp_path / "holiday.jpg"
    hostile.write_bytes(b"<svg onload='alert(1)'>")
    page.get_by_label("Or a photo of yours").set_input_files(hostile)
    page.get_by_role("button", name="Try on this photo").click()
    expect(page.get_by_role("alert")).to_contain_text("holiday.jpg is in the SVG format")
    page.get_by_label("Parameters, as JSON").fill("{")
    page.get_by_role("button", name="Try on these").click()
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    page.get_by_label("Parameters, as JSON").fill("{}")
    actions.turn_off("It talks nonsense.")
    page.get_by_role("button", name="Try on these").click()
    expect(page.get_by_role("alert")).to_contain_text("Suggestions are off: It talks nonsense.")
    expect(page.get_by_label("Instructions")).to_have_value("Say what you see.")
    assert not PromptVersion.objects.filter(is_trial=True).exists()


def test_what_is_typed_and_not_posted_outlives_a_reload_and_the_way_back(
    visitor: Visitor, production: PromptVersion, session: dict[str, str]
) -> None:
    page = visitor.page(LAB, session)
    instructions = page.get_by_label("Instructions")
    stood = instructions.input_value()
    instructions.fill("Say what you see.\nNo more.")
    page.get_by_label("What did you change, and why?").fill("To see less.")
    page.reload()
    expect(instructions).to_have_value("Say what you see.\nNo more.")
    expect(page.get_by_label("What did you change, and why?")).to_have_value("To see less.")
    expect(page.get_by_text("What you typed here and did not send is back.")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
    page.go_back()
    expect(instructions).to_have_value("Say what you see.\nNo more.")
    page.route(
        "**/lab/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name="Show what differs").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/lab/**")
    page.go_back()
    expect(instructions).to_have_value("Say what you see.\nNo more.")
    page.get_by_role("button", name="Show what differs").click()
    expect(page.get_by_text(re.compile(r"lines differ from"))).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('lab '))") == []
    page.goto(visitor.site + LAB)
    expect(instructions).to_have_value(stood)
    instructions.fill("Something else.")
    page.get_by_role("button", name="Start over").click()
    page.wait_for_url("**/lab/?start=*")
    expect(instructions).to_have_value(stood)
    page.goto(visitor.site + LAB)
    expect(instructions).to_have_value(stood)


def test_without_scripts_and_without_a_run_of_production(
    visitor: Visitor, release: Release, session: dict[str, str]
) -> None:
    page = visitor.page(LAB, session, java_script_enabled=False)
    expect(page.get_by_text("Production has no complete run yet")).to_be_visible()
    page.get_by_label("Instructions").fill("Say what you see." + FAULTY)
    page.get_by_role("button", name="Run production over the gate split").click()
    assert runner.perform_next()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("Production failed none of the cases")).to_be_visible()
    page.locator("input[value^='case:']").first.check()
    page.get_by_role("button", name="Try on this photo").click()
    expect(page.locator("#lab-photo .word-queued")).to_be_visible()
    assert runner.perform_next()
    assert runner.perform_next()
    page.get_by_label("Instructions").fill("Typed on.")
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("#lab-photo .word-done").first).to_be_visible()
    expect(page.get_by_label("Instructions")).to_have_value("Typed on.")
    expect(page.get_by_text("the prompt was changed since")).to_be_visible()


def test_everybody_can_use_it(
    visitor: Visitor, production: PromptVersion, seen: PrefillJob, session: dict[str, str]
) -> None:
    page = visitor.page(LAB, session)
    mend(page)
    page.get_by_role("button", name="Try on these").click()
    assert runner.perform_next()
    page.locator("input[value^='job:']").first.check()
    page.get_by_role("button", name="Try on this photo").click()
    expect(page.locator("#lab-photo .lab-table")).to_be_visible()
    while jobs.perform_next():
        pass
    stands = page.url.removeprefix(visitor.site)
    found = {}
    for colours, size in (("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)):
        page = visitor.page(stands, session, color_scheme=colours, viewport=size)
        expect(page.locator("#lab-photo thead .word-done")).to_have_count(2)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        found[f"{colours} {size['width']}"] = axe_findings(page) + ["too wide"] * bool(page.evaluate(wide))
        if folder := os.environ.get("TROVA_SHOTS"):
            page.screenshot(path=f"{folder}/lab-{colours}-{size['width']}.png", full_page=True)
        visitor.troubles.clear()  # axe copies style sheets into the page, which the policy refuses
    assert {where: findings for where, findings in found.items() if findings} == {}
