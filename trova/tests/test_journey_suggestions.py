"""Suggestions on an open page: they arrive while the seller types, and never take anything away."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db.models.functions import Now
from playwright.sync_api import Page, ViewportSize, expect

from aiprefill.models import FieldTrace, JobState, PrefillJob
from aiprefill.tests.selling import CONTROLS, EMPTY, FIELDS
from listings.models import Listing
from listings.tests.cast import make_draft
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings
from trova.tests.selling import arrive, control, open_draft, reading, says, slot
from trova.tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

RUNNING: Final[dict[str, Any]] = {"state": JobState.RUNNING, "lease_until": Now() + timedelta(minutes=5)}
DONE: Final[dict[str, Any]] = {"state": JobState.DONE, "ended_at": Now(), "fields": FIELDS}
ALL: Final = "All 5 filled. Check them before you post."


@pytest.fixture
def draft(transactional_db: None, media: object) -> Listing:
    return make_draft(None, **EMPTY)


def shows(page: Page, name: str, what: str) -> None:
    expect(slot(page, name)).to_have_attribute("data-shown", what)


def test_a_fill_is_saved_as_one(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    arrive(*CONTROLS, end=True)
    says(page, ALL)
    for name, value in CONTROLS.items():
        expect(control(page, name)).to_have_value(value)
    until(lambda: Listing.objects.get().title == CONTROLS["title"])
    assert set(FieldTrace.objects.values_list("how", flat=True)) == {"filled"}


def test_a_field_that_is_being_written_is_left_alone(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    control(page, "title").focus()
    control(page, "description").press_sequentially("Mi")
    control(page, "title").focus()
    arrive("title", "description")
    shows(page, "title", "beside")
    shows(page, "description", "beside")
    expect(control(page, "title")).to_be_focused()
    page.keyboard.type("Lamp")
    arrive("category", "condition", "price", end=True)
    says(page, ALL)
    expect(control(page, "title")).to_have_value("Lamp")
    expect(control(page, "description")).to_have_value("Mi")
    slot(page, "title").get_by_role("button", name="Use").click()
    expect(control(page, "title")).to_have_value(CONTROLS["title"])
    until(lambda: dict(FieldTrace.objects.values_list("field", "how")).get("title") == "used")
    assert dict(FieldTrace.objects.values_list("field", "how"))["description"] == "typed"


@pytest.mark.parametrize("name", ["title", "description"])
def test_what_was_typed_before_use_comes_back_by_undo(visitor: Visitor, draft: Listing, name: str) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    control(page, name).fill("Of my aunt")
    control(page, "town").focus()
    arrive(*CONTROLS, end=True)
    shows(page, name, "beside")
    slot(page, name).get_by_role("button", name="Use").click()
    expect(control(page, name)).to_have_value(CONTROLS[name])
    control(page, name).focus()
    page.keyboard.press("Control+z")
    expect(control(page, name)).to_have_value("Of my aunt")
    until(lambda: getattr(Listing.objects.get(), name) == "Of my aunt")


def test_reload_and_back_keep_what_was_typed(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    control(page, "title").fill("Lamp of my aunt")
    control(page, "town").focus()
    until(lambda: Listing.objects.get().title == "Lamp of my aunt")
    control(page, "price").fill("12")
    page.get_by_role("link", name="Trova", exact=True).click()
    page.wait_for_url(f"{visitor.site}/")
    arrive(*CONTROLS, end=True)
    page.go_back()
    expect(control(page, "title")).to_have_value("Lamp of my aunt")
    expect(control(page, "price")).to_have_value("12")
    shows(page, "title", "beside")
    page.reload()
    expect(control(page, "title")).to_have_value("Lamp of my aunt")
    expect(control(page, "category")).to_have_value("electronics")


def test_what_one_window_wrote_another_does_not_fill(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    one = open_draft(visitor, draft)
    other = one.context.new_page()
    other.goto(one.url)
    control(one, "title").fill("Typed here")
    control(one, "town").focus()
    until(lambda: Listing.objects.get().title == "Typed here")
    arrive(*CONTROLS, end=True)
    says(other, ALL)
    expect(control(other, "title")).to_have_value("Typed here")
    assert Listing.objects.get().title == "Typed here"
    shows(one, "title", "beside")


EVIL: Final = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }} ${7*7} {% now 'Y' %}",
    "</textarea><script>alert(1)</script>",
    "'-alert(1)-'",
    "<style>*{display:none}</style>",
    "<a href='//evil.example'>here</a>",
    '<iframe srcdoc="<script>alert(1)</script>">',
)


@pytest.mark.parametrize("arriving", [True, False], ids=["by the poll", "with the page"])
def test_markup_from_a_model_is_text(visitor: Visitor, draft: Listing, arriving: bool) -> None:
    evil = " ".join(EVIL)
    told = {"value": evil, "reason": evil, "dropped": None}
    fields = FIELDS | {
        "title": told | {"value": EVIL[0]},
        "description": told,
        "condition": told | {"value": None},
    }
    fields["price"] = fields["price"] | {"reason": evil}
    job = reading(draft, **(RUNNING if arriving else DONE | {"fields": fields}))
    Listing.objects.filter(pk=draft.pk).update(description="Mine")
    page = open_draft(visitor, draft)
    if arriving:
        PrefillJob.objects.filter(pk=job.pk).update(
            fields=fields, state=JobState.DONE, lease_until=None, ended_at=Now(), sequence=9
        )
    shows(page, "condition", "untold")
    expect(control(page, "title")).to_have_value(EVIL[0])
    for name in ("description", "condition", "price"):
        expect(slot(page, name)).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("main script, main iframe, main a[href*=evil], main [onerror]").count() == 0


WATCH_TIMERS: Final = """
window.waits = [];
const set = window.setTimeout;
window.setTimeout = (task, wait) => { waits.push(wait); return set(task, Math.min(wait, 50)); };
"""


@pytest.mark.parametrize(
    ("age", "schedule"), [(0, [350, 350, 350, 350]), (30, [1000, 2000, 5000, 5000])], ids=["young", "old"]
)
def test_the_page_asks_often_while_the_job_is_young(
    visitor: Visitor, draft: Listing, age: int, schedule: list[int]
) -> None:
    reading(draft, **RUNNING, armed_at=Now() - timedelta(seconds=age))
    page = open_draft(visitor, draft)
    page.add_init_script(WATCH_TIMERS)
    page.reload()
    waits = "waits.filter(wait => wait >= 350).slice(0, 4)"
    until(lambda: len(page.evaluate(waits)) == 4)
    assert page.evaluate(waits) == schedule


def test_a_hidden_tab_waits_and_asks_at_once_when_it_is_back(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true});"
        "window.away = true; document.dispatchEvent(new Event('visibilitychange'))"
    )
    arrive(*CONTROLS, end=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/progress" in request.url else None)
    page.wait_for_timeout(1500)  # four polls of a young job would fall into this
    assert asked == []
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    says(page, ALL)


def test_with_everything_dead_the_page_gives_up_and_can_be_used(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    says(page, "Reading 1 photo")
    control(page, "title").fill("Lamp")
    PrefillJob.objects.update(created_at=Now() - timedelta(minutes=3), deadline=Now())
    says(page, "Suggestions are off for this listing. Your photos and what you wrote are safe.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Stop"))).to_be_hidden()
    expect(control(page, "title")).to_have_value("Lamp")


def test_stop_and_try_again(visitor: Visitor, draft: Listing) -> None:
    reading(draft)
    page = open_draft(visitor, draft)
    control(page, "title").fill("Lamp")
    page.get_by_role("button", name="Stop, I’ll write it myself").click()
    says(page, "Stopped: you write this one yourself.")
    expect(control(page, "title")).to_have_value("Lamp")
    page.get_by_role("button", name="Try again").click()
    says(page, "Waiting to read your photos. You can already write.")
    arrive(*CONTROLS, end=True)
    says(page, ALL)
    expect(control(page, "title")).to_have_value("Lamp")


def test_other_photos_are_read_when_the_seller_says_so(
    visitor: Visitor, draft: Listing, photos: list[Any]
) -> None:
    reading(draft, **DONE)
    page = open_draft(visitor, draft)
    page.set_input_files("#id_photos", photos[2])
    expect(slot(page, "title").get_by_text("suggested earlier")).to_be_visible()
    expect(page.get_by_text("Your photos have changed since they were read.")).to_be_visible()
    assert PrefillJob.objects.count() == 1
    page.get_by_role("button", name="Read the photos again").click()
    says(page, "Waiting to read your photos. You can already write.")
    other = FIELDS | {"title": {"value": "Headphones with a case", "reason": "", "dropped": None}}
    PrefillJob.objects.filter(state=JobState.QUEUED).update(**DONE | {"fields": other, "sequence": 9})
    shows(page, "title", "beside")
    expect(control(page, "title")).to_have_value(CONTROLS["title"])


TOPS: Final = "() => [...document.querySelectorAll('.sell-fields .field')].map(field => field.offsetTop)"
LONG_TEXT: Final = {"value": "One of the pads is torn near the hinge. " * 20, "reason": "", "dropped": None}


def test_nothing_moves_when_fields_arrive(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    before = page.evaluate(TOPS)
    arrive("title", "category", "condition")
    shows(page, "condition", "filled")
    PrefillJob.objects.update(
        fields=FIELDS
        | {"description": {"value": None, "reason": "only the box is in the photo", "dropped": None}},
        sequence=9,
    )
    shows(page, "description", "untold")
    shows(page, "price", "filled")
    assert farthest(before, page.evaluate(TOPS)) <= 8


def farthest(before: list[int], after: list[int]) -> int:
    """How many pixels the field that moved most has moved."""
    return max(abs(top - was) for was, top in zip(before, after, strict=True))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_long_suggestion_moves_nothing_until_all_of_it_is_asked_for(
    visitor: Visitor, draft: Listing, viewport: ViewportSize
) -> None:
    reading(draft, **RUNNING)
    Listing.objects.filter(pk=draft.pk).update(title="Mine", description="Mine", price=7)
    page = open_draft(visitor, draft, viewport=viewport)
    before = page.evaluate(TOPS)
    told = FIELDS | {"description": LONG_TEXT}
    PrefillJob.objects.update(**DONE | {"fields": told, "lease_until": None, "sequence": 9})
    says(page, ALL)
    assert farthest(before, page.evaluate(TOPS)) <= 8
    words = slot(page, "description").locator("[data-words]")
    is_whole = "words => words.scrollHeight === words.clientHeight"
    assert not words.evaluate(is_whole)
    expect(slot(page, "title").get_by_role("button", name="Show all")).to_be_hidden()
    slot(page, "description").get_by_role("button", name="Show all Description").focus()
    page.keyboard.press("Enter")
    assert words.evaluate(is_whole)
    assert axe_findings(page) == []
    slot(page, "description").get_by_role("button", name="Show less Description").press("Space")
    assert farthest(before, page.evaluate(TOPS)) <= 8


def test_without_scripts_a_long_suggestion_is_shown_whole(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **DONE | {"fields": FIELDS | {"description": LONG_TEXT}})
    Listing.objects.filter(pk=draft.pk).update(description="Mine")
    page = open_draft(visitor, draft, java_script_enabled=False)
    box = slot(page, "description").locator("[data-words]").bounding_box()
    assert box
    assert box["height"] > 100
    expect(slot(page, "description").get_by_role("button", name="Show all")).to_be_hidden()


def test_offline_the_page_waits_and_goes_on(visitor: Visitor, draft: Listing) -> None:
    reading(draft, **RUNNING)
    page = open_draft(visitor, draft)
    page.context.set_offline(True)
    control(page, "title").fill("Lamp")
    arrive(*CONTROLS, end=True)
    control(page, "town").focus()
    expect(page.get_by_text("Not saved yet: the connection is down.")).to_be_visible()
    page.context.set_offline(False)
    says(page, ALL)
    expect(control(page, "title")).to_have_value("Lamp")
    until(lambda: Listing.objects.get().title == "Lamp")
