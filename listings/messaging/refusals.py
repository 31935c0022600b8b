"""Why a message is not sent, as a sentence for whoever wrote it."""

import math
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from listings.models import Listing, Status
from listings.rules import Refused


class OwnListing(Refused):
    """Nobody writes to themselves."""

    def __init__(self) -> None:
        super().__init__(_("This listing is your own."))


class Blocked(Refused):
    """One side has blocked the other."""


class LinkTooSoon(Refused):
    """A link, before the other side has answered."""

    def __init__(self) -> None:
        super().__init__(
            _("Links can be sent once the other side has answered. Take the link out and send it again.")
        )


class Closed(Refused):
    """The listing is no longer on sale, or the other side has left."""


class TooMany(Refused):
    """A limit is reached; `wait` is how long until there is room again."""

    def __init__(self, wait: timedelta, *, is_first: bool) -> None:
        self.wait = wait
        which = (
            _("You have written to many sellers in a short time.")
            if is_first
            else _("You have sent many messages in a short time.")
        )
        super().__init__(
            _("%(which)s Your text is still here: send it again in %(time)s.")
            % {"which": which, "time": _in_words(wait)}
        )


def why_closed(listing: Listing | None, *, has_left: bool) -> str:
    """Why nobody can write in this conversation any more; empty while they can."""
    if has_left:
        return _("The other side has left Trova, so this conversation is closed.")
    if listing is None:
        return _("The listing was deleted, so this conversation is closed.")
    if listing.is_on_show:
        return ""
    if listing.status == Status.SOLD:
        return _("This is sold, so the conversation is closed.")
    if listing.status == Status.EXPIRED:
        return _("The listing has expired, so the conversation is closed until it is renewed.")
    return _("The listing is not on show any more, so the conversation is closed.")


def _in_words(wait: timedelta) -> str:
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    if minutes < 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    hours = math.ceil(minutes / 60)
    return ngettext("%d hour", "%d hours", hours) % hours
