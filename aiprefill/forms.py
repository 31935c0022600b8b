"""Suggestions on the sell form: what stands in or beside each field, and what a post says became of it.

A page sends, per field, `offer_<f>` (the digest of the suggestion last put before the seller) and `how_<f>`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from aiprefill.corrections import DECIDED, offer_digest, trace
from aiprefill.models import Feedback, FieldTrace, How, PrefillJob
from aiprefill.progress import FIELD_NAMES, euros, note, suggested_fields
from aiprefill.suggestion import PriceRange, SuggestedField
from listings.fields import AI_FIELDS
from listings.forms import ListingForm, PriceField, price_text
from listings.models import Listing
from listings.rules import plain_line, values_of

CHOICES: Final = ("category", "condition")
TAKEN: Final = (How.FILLED, How.USED)
"""The suggestion stands in the control as it came."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion as a page needs it, plain text.

    `value`: as it stands in the control, None if nothing is told. `text`: for the eye, "" where the control's
    own choice has the words. `note`: what is said about it.
    """

    value: str | None
    text: str
    digest: str
    note: str


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands beside a field; `shown` is none, filled, beside or untold, `text` the offer for the eye."""

    name: str
    shown: str = "none"
    how: str = How.UNTOUCHED.value
    offer: str = ""
    value: str = ""
    text: str = ""
    note: str = ""
    thumb: str = ""
    word: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}_suggestion"

    @property
    def label(self) -> str:
        return str(FIELD_NAMES[self.name])


def offers(job: PrefillJob) -> dict[str, Offer]:
    """What the job has to offer so far, by field."""
    return {name: _offer(name, field) for name, field in suggested_fields(job).items()}


def _offer(name: str, field: SuggestedField) -> Offer:
    said = note(field)
    if field.value is None:
        return Offer(None, "", "", said)
    if isinstance(field.value, PriceRange):
        likely = field.value.likely
        return Offer(price_text(likely), euros(likely), offer_digest(name, field), said)
    text = str(field.value)
    return Offer(text, "" if name in CHOICES else text, offer_digest(name, field), said)


# --- what the page shows ------------------------------------------------------------------------------------


def listing_form(listing: Listing) -> ListingForm:
    """The form as the listing stands, bound, so that suggestions can be put into it as if written."""
    form = ListingForm(MultiValueDict())
    form.rebase(listing)
    for name, value in values_of(listing).items():
        form.take(name, value)
    return form


def slots(form: ListingForm, job: PrefillJob | None) -> dict[str, Slot]:
    """What stands beside each field; suggestions for untouched, empty fields are put into the form."""
    if job is None:
        return {name: Slot(name) for name in AI_FIELDS}
    traces = {each.field: each for each in job.traces.all()}
    thumbs = {each.field: each for each in job.feedback.all()}
    offered = offers(job)
    found = {}
    for name in AI_FIELDS:
        slot = _slot(form, name, offered.get(name), traces.get(name))
        found[name] = replace(slot, **thumb(thumbs.get(name)))
        _describe(form, name, slot.id)
    return found


def thumb(feedback: Feedback | None) -> dict[str, str]:
    """A thumb as the page shows it."""
    return {"thumb": "up" if feedback.up else "down", "word": feedback.word} if feedback else {}


def _describe(form: ListingForm, name: str, slot_id: str) -> None:
    """Have screen readers say what stands beside a field when they come to it."""
    described = form[name].build_widget_attrs({}).get("aria-describedby", "")
    form.fields[name].widget.attrs["aria-describedby"] = f"{described} {slot_id}".strip()


def _slot(form: ListingForm, name: str, offer: Offer | None, traced: FieldTrace | None) -> Slot:
    how = How(traced.how) if traced else How.UNTOUCHED
    if offer is None:
        return Slot(name, how=how)
    if offer.value is None:
        return Slot(name, "untold", how, note=offer.note)
    written = str(form[name].value() or "")
    if not written.strip() and how not in DECIDED:
        how, written = How.FILLED, offer.value
        form.take(name, offer.value)
    if same(name, written, offer.value):
        shown = "filled" if how in TAKEN else "none"
    else:
        shown = "none" if how in (How.DISMISSED, How.CLEARED) else "beside"
    choices = dict(getattr(form.fields[name], "choices", ()))
    text = offer.text or str(choices.get(offer.value, offer.value))
    return Slot(name, shown, how, offer.digest, offer.value, text, offer.note)


def same(name: str, written: str, offered: str) -> bool:
    """Whether two texts of a control mean the same: 18 and 18,00 do."""
    if name != "price":
        return plain_line(written) == plain_line(offered)
    try:
        return bool(PriceField().to_python(written) == PriceField().to_python(offered))
    except ValidationError:
        return False


# --- what a post says ---------------------------------------------------------------------------------------


def keep_traces(job: PrefillJob, post: QueryDict) -> None:
    """Keep what a posted page says became of each suggestion.

    An offer that is not on the row is no offer. A page that decided nothing undoes no decision of another.
    """
    offered = offers(job)
    kept = {each.field: each for each in job.traces.all()}
    for name in AI_FIELDS:
        offer, before = offered.get(name), kept.get(name)
        is_claimed = offer is not None and post.get(f"offer_{name}") == offer.digest
        digest = offer.digest if offer and is_claimed else ""
        written = post.get(name, "").strip()
        is_as_offered = bool(digest and offer and same(name, written, offer.value or ""))
        how = decide(_how(post.get(f"how_{name}")), written, is_as_offered)
        if before is None and how == How.UNTOUCHED and not digest:
            continue
        if before and ((before.how in DECIDED and how not in DECIDED) or _stands(before, how, digest)):
            continue
        trace(job, name, digest, how)


def decide(how: How, written: str, is_as_offered: bool) -> How:
    """What became of a suggestion, by what the page says and by what now stands in the control.

    The second matters: without scripts the page cannot know, and with them it may be older than the text.
    """
    if how in TAKEN and not is_as_offered:
        return How.TYPED if written else How.CLEARED
    if how in (How.UNTOUCHED, How.CLEARED) and written:
        return How.TYPED
    return how


def _how(text: str | None) -> How:
    return How(text) if text in How.values else How.UNTOUCHED


def _stands(before: FieldTrace, how: How, offer: str) -> bool:
    return before.how == how and offer in ("", before.offer)


def without_stale_fills(post: QueryDict, listing: Listing, job: PrefillJob) -> QueryDict:
    """The post without suggestions that only stood there while something was written elsewhere: that wins."""
    stored, form = values_of(listing), ListingForm()
    stale = []
    for name, offer in offers(job).items():
        is_fill = _how(post.get(f"how_{name}")) == How.FILLED and offer.value is not None
        before = post.get(f"initial-{name}", "")
        if is_fill and same(name, post.get(name, ""), offer.value or ""):
            stale += [] if same(name, form.as_written(name, stored[name]), before) else [name]
    if not stale:
        return post
    post = post.copy()
    for name in stale:
        post[name] = post.get(f"initial-{name}", "")
        post[f"how_{name}"] = How.UNTOUCHED
    return post


Press = Callable[[QueryDict, str, Offer], None]


def _use(post: QueryDict, name: str, offer: Offer) -> None:
    post[name] = offer.value or ""
    post[f"how_{name}"] = How.USED


def _dismiss(post: QueryDict, name: str, _offer: Offer) -> None:
    post[f"how_{name}"] = How.DISMISSED


def _clear(post: QueryDict, name: str, _offer: Offer) -> None:
    post[name] = ""
    post[f"how_{name}"] = How.CLEARED


PRESSES: Final[Mapping[str, Press]] = {"use": _use, "dismiss": _dismiss, "clear": _clear}


def pressed(post: QueryDict, job: PrefillJob) -> QueryDict:
    """The post as it would be, had the page's script done what its button says, as in `use:title`."""
    verb, _colon, name = post.get("do", "").partition(":")
    offer = offers(job).get(name)
    if verb not in PRESSES or offer is None or offer.value is None:
        return post
    post = post.copy()
    post[f"offer_{name}"] = offer.digest
    PRESSES[verb](post, name, offer)
    return post
