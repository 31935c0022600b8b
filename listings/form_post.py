"""What a post of a draft's page does, whoever owns its address.

Its form posts to the page's own address, and the button says what to do: `do` is one of

    save | review | post                                   write; look at it as buyers will; put it on show
    theirs:<field>                                         take what was written elsewhere
    earlier:<photo> later:<photo> cover:<photo> remove:<photo>
    photos                                                 files alone, from the script

Whatever the button, the files that come along are added and the fields that come along are saved first; any
other `do` is left to the owner of the address. To `Accept: application/json` the answer is for the script.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.utils.translation import gettext as _

from listings import actions, rules
from listings.actions import Conflict, PhotosAdded, Saved
from listings.forms import ListingForm
from listings.models import Listing
from listings.photos import MAX_REQUEST_BYTES
from listings.uploads import Trouble, trouble_of

REVIEW: Final = "review"
"""The query under which a draft is shown as buyers will see it."""


@dataclass(slots=True)
class Answer:
    """What became of a post.

    `form` is bound when fields came along. `photos_changed`: the page's photos may not be those of the row.
    `status` of 400 and more: the page is shown again with `notice`. `goes_to` is where the browser goes on;
    empty: to the page itself.
    """

    listing: Listing
    do: str
    form: ListingForm | None = None
    photos: PhotosAdded = field(default_factory=PhotosAdded)
    photos_changed: bool = False
    merged: frozenset[str] = frozenset()
    is_published: bool = False
    status: int = 200
    notice: str = ""
    goes_to: str = ""

    def refuse(self, status: int, notice: str = "") -> None:
        """Show the page again, for this reason."""
        self.status = status
        self.notice = notice


def files_of(request: HttpRequest) -> list[tuple[Any, str]]:
    """The photos that came along, with their names."""
    return [(file, file.name or "") for file in request.FILES.getlist("photos")]


def receive(request: HttpRequest, listing: Listing) -> Answer:
    """Add the files, save the fields, then do what the button says. Sends no answer yet."""
    answer = Answer(listing, request.POST.get("do") or "save")
    if files := files_of(request):
        answer.photos = actions.add_photos(listing, files)
        answer.photos_changed = True
    verb, _colon, target = answer.do.partition(":")
    try:
        # Each is whole by itself: what is saved stays so where the button is refused.
        _save(request, answer, target if verb == "theirs" else "")
        _press(request, answer, verb, target)
    except rules.Incomplete as incomplete:
        _show_missing(answer, incomplete.missing)
    except rules.Changed as changed:
        answer.refuse(409, str(changed))
        _save(request, answer, "")  # again: now what was changed meanwhile stands in the form
    except rules.Refused as refused:
        answer.refuse(422, str(refused))
    trouble = trouble_of(request)
    if trouble == Trouble.TOO_BIG:
        answer.refuse(413, too_big())
    elif trouble or answer.photos.is_storage_full:
        answer.refuse(507, _("Our storage is full. Your text is saved; try the photos again later."))
    return answer


def too_big() -> str:
    return _(
        "These photos are more than {limit} MB together, so none of them was taken. "
        "Your text is saved; choose fewer at a time."
    ).format(limit=MAX_REQUEST_BYTES // 1_000_000)


def _save(request: HttpRequest, answer: Answer, theirs: str) -> None:
    """Save the valid fields of a draft; of a listing that buyers see, all or nothing."""
    if "revision" not in request.POST:
        return
    listing = answer.listing
    form = answer.form = ListingForm(request.POST)
    if theirs in rules.TEXT_FIELDS:
        form.take(theirs, rules.values_of(listing)[theirs])
    if not form.is_valid():
        answer.refuse(422)
        if not listing.is_draft:
            return
    saved = actions.save_fields(listing, form.cleaned_data.get("revision") or 0, form.values, form.changed)
    _show_saved(answer, form, saved)


def _show_saved(answer: Answer, form: ListingForm, saved: Saved | Conflict) -> None:
    """Bring the form up to date with what is stored now."""
    answer.merged = saved.merged
    form.rebase(answer.listing)
    stored = rules.values_of(answer.listing)
    for name in saved.merged - form.errors.keys():
        form.take(name, stored[name])
    if isinstance(saved, Conflict):
        form.show_theirs(saved.theirs)
        answer.refuse(409, _("This was changed in another window too. Choose what to keep."))


def _press(request: HttpRequest, answer: Answer, verb: str, target: str) -> None:
    listing = answer.listing
    if verb in _ON_PHOTOS:
        _ON_PHOTOS[verb](listing, _photo_id(target))
        answer.photos_changed = True
        answer.goes_to = f"{request.path}#photos"
    elif answer.status < 400 and verb in {"save", REVIEW, "post"}:
        _finish(request, answer, verb)
    elif answer.status == 422 and answer.form and verb in {REVIEW, "post"}:  # all that is wrong, at once
        lacks = rules.missing(rules.values_of(listing), listing.photos.count())
        _show_missing(answer, {name: lacks[name] for name in lacks if name not in answer.form.errors})


_ON_PHOTOS: Final[dict[str, Callable[[Listing, uuid.UUID], bool]]] = {
    "earlier": lambda listing, photo: actions.move_photo(listing, photo, -1),
    "later": lambda listing, photo: actions.move_photo(listing, photo, +1),
    "cover": actions.make_cover,
    "remove": actions.remove_photo,
}


def _photo_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)  # nobody's


def _finish(request: HttpRequest, answer: Answer, verb: str) -> None:
    """Save, review or post, once everything that was written is stored."""
    listing = answer.listing
    if not listing.is_draft:  # also the second click on Post
        answer.goes_to = listing.get_absolute_url()
        return
    if verb == "save":
        return
    if answer.photos.refused:
        answer.refuse(422, _("Not posted yet: some photos could not be used."))
    elif lacks := rules.missing(rules.values_of(listing), listing.photos.count()):
        _show_missing(answer, lacks)
    elif answer.merged or request.POST.get("seen", str(listing.revision)) != str(listing.revision):
        raise rules.Changed
    elif verb == REVIEW:
        answer.goes_to = f"{request.path}?{REVIEW}"
    elif request.user.is_authenticated:
        actions.publish(listing, request.user, seen=listing.revision)
        answer.is_published = True
        answer.goes_to = listing.get_absolute_url()
    else:
        answer.goes_to = sign_in_url(request, f"?{REVIEW}")  # where Post is at the top


def _show_missing(answer: Answer, lacks: dict[str, str]) -> None:
    answer.refuse(422, lacks.get("photos", "") if answer.form else " ".join(lacks.values()))
    for name, sentence in lacks.items():
        if answer.form and name in answer.form.fields:
            answer.form.add_error(name, sentence)


def sign_in_url(request: HttpRequest, query: str = "") -> str:
    """Where to sign in and come back to this page, with this query."""
    return redirect_to_login(request.path + query).url
