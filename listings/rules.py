"""What a listing may become, and what it must say before strangers see it."""

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from listings.fields import AI_FIELDS
from listings.models import Listing, Status

TEXT_FIELDS: Final = (*AI_FIELDS, "town")
"""The fields that a seller writes, in the order of the form."""

Value = str | Decimal | None
Values = Mapping[str, Value]
"""Field to value, as a form has them: a category is its slug, None where nothing is told."""


class Action(StrEnum):
    """A change of standing."""

    PUBLISH = "publish"
    RESERVE = "reserve"
    UNRESERVE = "unreserve"
    MARK_SOLD = "mark_sold"
    PUT_BACK = "put_back"
    RENEW = "renew"
    EXPIRE = "expire"
    HIDE = "hide"
    UNHIDE = "unhide"
    KEEP_HIDDEN = "keep_hidden"


FROM: Final[dict[Action, frozenset[Status]]] = {
    Action.PUBLISH: frozenset({Status.DRAFT}),
    Action.RESERVE: frozenset({Status.LIVE}),
    Action.UNRESERVE: frozenset({Status.RESERVED}),
    Action.MARK_SOLD: frozenset({Status.LIVE, Status.RESERVED}),
    Action.PUT_BACK: frozenset({Status.SOLD, Status.EXPIRED}),
    Action.RENEW: frozenset({Status.LIVE, Status.RESERVED, Status.EXPIRED}),
    Action.EXPIRE: frozenset({Status.LIVE, Status.RESERVED}),
    Action.HIDE: frozenset({Status.LIVE, Status.RESERVED, Status.SOLD, Status.EXPIRED}),
    Action.UNHIDE: frozenset({Status.HIDDEN}),
    Action.KEEP_HIDDEN: frozenset({Status.HIDDEN}),
}
"""The statuses in which each action is possible."""


class Refused(Exception):
    """A change that cannot be made now. As a string: why, for the seller."""

    wait: timedelta | None = None
    """How long until it can be, where only time helps."""


class NotAllowed(Refused):
    """The listing stands where this action does not start."""

    def __init__(self, action: Action, status: str) -> None:
        self.action = action
        self.status = Status(status)
        super().__init__(
            _("This cannot be done now: the listing is %(status)s.") % {"status": self.status.label.lower()}
        )


class NotYours(Refused):
    """The listing belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__(_("This listing belongs to another account."))


class Changed(Refused):
    """Somebody wrote in the listing after it was looked at."""

    def __init__(self) -> None:
        super().__init__(_("This was changed in another window. Check it, then go on."))


class MustStay(Refused):
    """An account that made what the site may not change or lose."""

    def __init__(self) -> None:
        super().__init__(
            _("Your work here has to keep your name. Ask an administrator to close your account.")
        )


class Incomplete(Refused):
    """Something is missing that every listing on show has. `missing` is field (or "photos") to sentence."""

    def __init__(self, missing: dict[str, str]) -> None:
        self.missing = missing
        super().__init__(" ".join(missing.values()))


_ASKS: Final = {
    "photos": gettext_lazy("Add at least one photo."),
    "title": gettext_lazy("Give it a title."),
    "category": gettext_lazy("Choose a category."),
    "price": gettext_lazy("Set a price; 0 means free."),
}


def check_standing(action: Action, status: str) -> None:
    """Raise NotAllowed unless the action starts at this status."""
    if status not in FROM[action]:
        raise NotAllowed(action, status)


def missing(values: Values, photos: int) -> dict[str, str]:
    """What keeps these values from being posted: field (or "photos") to a sentence. Empty: nothing."""
    told = {
        "photos": photos > 0,
        "title": bool(values["title"]),
        "category": bool(values["category"]),
        "price": values["price"] is not None,
    }
    return {name: str(ask) for name, ask in _ASKS.items() if not told[name]}


def check_complete(values: Values, photos: int) -> None:
    """Raise Incomplete if anything is missing."""
    if lacks := missing(values, photos):
        raise Incomplete(lacks)


def values_of(listing: Listing) -> dict[str, Value]:
    """The stored values of the fields that a seller writes."""
    return {
        "title": listing.title,
        "category": listing.category.slug if listing.category else None,
        "condition": listing.condition,
        "description": listing.description,
        "price": listing.price,
        "town": listing.town,
    }


def plain_text(text: str) -> str:
    """Composed text without control, private or direction-forcing characters; line ends are LF."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in text if char == "\n" or not _is_unwanted(char)).strip()


def plain_line(text: str) -> str:
    """`plain_text` in one line, with single spaces."""
    return " ".join(plain_text(text.replace("\t", " ")).split())


def _is_unwanted(char: str) -> bool:
    return char in _TURNERS or unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


# Other format characters stay: scripts and emoji need the joiners among them.
_TURNERS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
