"""What stands in a field and beside it: nothing that was typed is ever written over."""

import pytest
from django.db.models.functions import Now
from django.test import Client

from aiprefill.forms import decide
from aiprefill.models import FieldTrace, How, JobState, PrefillJob
from aiprefill.tests.selling import CONTROLS, EMPTY, FIELDS, Page, asked, done
from listings.models import Listing
from listings.tests.cast import make_draft

pytestmark = pytest.mark.django_db


def test_without_scripts_untouched_fields_come_filled(draft: Listing, unit_client: Client) -> None:
    done(draft)
    page = Page(unit_client, draft)
    assert {name: page.form[name] for name in CONTROLS} == CONTROLS
    assert set(page.shown.values()) == {"filled"}
    page.press("save")
    draft.refresh_from_db()
    assert (draft.title, draft.category.slug if draft.category else "") == ("Black headphones", "electronics")
    assert {trace.how for trace in FieldTrace.objects.all()} == {How.FILLED}


def test_what_was_typed_stays_and_the_suggestion_stands_beside_it(
    draft: Listing, unit_client: Client
) -> None:
    waiting = Page(unit_client, draft)
    waiting.press("save", title="Headphones of my uncle", price="30")
    done(draft)
    page = Page(unit_client, draft)
    assert (page.form["title"], page.form["price"]) == ("Headphones of my uncle", "30")
    assert page.shown == {name: "beside" if name in {"title", "price"} else "filled" for name in CONTROLS}
    assert "Black headphones" in page.text
    page.press("save")
    hows = dict(FieldTrace.objects.values_list("field", "how"))
    assert (hows["title"], hows["price"], hows["category"]) == (How.TYPED, How.TYPED, How.FILLED)


def test_a_field_typed_while_the_answer_arrives_is_not_filled(draft: Listing, unit_client: Client) -> None:
    asked(draft)
    before = Page(unit_client, draft)
    PrefillJob.objects.update(state=JobState.DONE, ended_at=Now(), fields=FIELDS)
    before.press("save", title="Mine")
    page = Page(unit_client, draft)
    assert (page.form["title"], page.shown["title"]) == ("Mine", "beside")


@pytest.mark.parametrize(
    ("button", "title", "how", "shown"),
    [
        ("use:title", "Black headphones", How.USED, "filled"),
        ("dismiss:title", "Mine", How.DISMISSED, "none"),
        ("clear:title", "", How.CLEARED, "none"),
    ],
)
def test_the_buttons_beside_a_field_work_without_scripts(
    draft: Listing, unit_client: Client, button: str, title: str, how: How, shown: str
) -> None:
    Page(unit_client, draft).press("save", title="Mine")
    done(draft)
    Page(unit_client, draft).press(button, description="Also written")
    page = Page(unit_client, draft)
    assert (page.form["title"], page.shown["title"]) == (title, shown)
    assert page.form["description"] == "Also written"
    assert FieldTrace.objects.get(field="title").how == how


def test_a_cleared_field_is_not_filled_again(draft: Listing, unit_client: Client) -> None:
    done(draft)
    Page(unit_client, draft).press("save", title="")
    page = Page(unit_client, draft)
    assert (page.form["title"], page.shown["title"]) == ("", "none")
    assert FieldTrace.objects.get(field="title").how == How.CLEARED


def test_a_field_that_could_not_be_told_says_why(draft: Listing, unit_client: Client) -> None:
    done(
        draft,
        title=FIELDS["title"],
        price={"value": None, "reason": "nothing similar sold yet", "dropped": None},
    )
    page = Page(unit_client, draft)
    assert page.shown["price"] == "untold"
    assert "Could not tell: nothing similar sold yet" in page.text
    assert page.status == "1 filled, price left to you: nothing similar sold yet"


@pytest.mark.parametrize(
    ("how", "written", "as_offered", "result"),
    [
        ("filled", "as offered", True, "filled"),
        ("filled", "other", False, "typed"),
        ("filled", "", False, "cleared"),
        ("used", "as offered", True, "used"),
        ("used", "other", False, "typed"),
        ("untouched", "", False, "untouched"),
        ("untouched", "other", False, "typed"),
        ("typed", "", False, "typed"),
        ("dismissed", "other", False, "dismissed"),
        ("cleared", "", False, "cleared"),
        ("cleared", "other", False, "typed"),
    ],
)
def test_what_became_of_a_suggestion(how: str, written: str, as_offered: bool, result: str) -> None:
    assert decide(How(how), written, as_offered) == result


def test_only_what_the_row_holds_counts_as_offered(draft: Listing, unit_client: Client) -> None:
    done(draft)
    page = Page(unit_client, draft)
    page.press("save", offer_title="f" * 64, how_title="used", how_price="sold", job=page.form["job"])
    traces = {trace.field: trace for trace in FieldTrace.objects.all()}
    assert (traces["title"].offer, traces["title"].how) == ("", How.TYPED)
    assert traces["price"].how == How.TYPED


def test_a_page_of_another_draft_writes_no_trace(draft: Listing, unit_client: Client) -> None:
    other = make_draft(None, photos=2, **EMPTY)
    job = done(other)
    done(draft)
    Page(unit_client, draft).press("save", job=str(job.pk))
    assert not FieldTrace.objects.exists()
    Page(unit_client, draft).press("save", job="no id")
    assert not FieldTrace.objects.exists()


def test_an_older_page_undoes_no_decision(draft: Listing, unit_client: Client) -> None:
    done(draft)
    older = Page(unit_client, draft)
    Page(unit_client, draft).press("save", title="Mine")
    response = older.press("save")
    assert response.status_code == 302
    assert FieldTrace.objects.get(field="title").how == How.TYPED
    draft.refresh_from_db()
    assert draft.title == "Mine"


def test_two_windows_that_changed_one_field_both_keep_their_text(draft: Listing, unit_client: Client) -> None:
    done(draft)
    first, second = Page(unit_client, draft), Page(unit_client, draft)
    first.press("save", title="From the first window")
    response = second.press("save", title="From the second window", town="Ghent")
    assert response.status_code == 409
    assert "From the first window" in response.content.decode()
    assert "From the second window" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.title, draft.town) == ("From the first window", "Ghent")


def test_a_model_that_writes_markup_is_shown_as_text(draft: Listing, unit_client: Client) -> None:
    evil = '"><script>alert(1)</script>'
    done(
        draft,
        title={"value": evil, "reason": "", "dropped": None},
        price={"value": None, "reason": evil, "dropped": None},
    )
    assert "<script>alert" not in Page(unit_client, draft).text
