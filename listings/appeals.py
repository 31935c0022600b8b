"""A listing is hidden: its seller asks us to look again, and a person decides once more.

An appeal is a report of its own kind, in the same queue. Locks: the listing, then its reports.
"""

import logging
import uuid
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from listings import actions, reports, rules
from listings.models import Listing, Outcome, Reason, Report, Seller

log: Final = logging.getLogger("listings.appeals")


class Asked(rules.Refused):
    """The seller has asked already, and nobody has decided yet."""

    def __init__(self) -> None:
        super().__init__(_("You have asked us already. A person will look at it."))


def ask(listing: Listing, seller: Seller, key: uuid.UUID, text: str) -> Report:
    """Put it into the queue of reports; the same form sent again is the appeal it made.

    Raises Asked, reports.Enough, or NotAllowed where the listing is not hidden.
    """
    with transaction.atomic():
        held = Listing.objects.select_for_update().get(pk=listing.pk)
        rules.check_standing(rules.Action.UNHIDE, held.status)
        if held.reports.appeals().open().exclude(pk=key).exists():
            raise Asked
        told = {"reason": Reason.APPEAL, "text": text}
        return reports.report(held, None, key, told, reporter=seller, unit=None)


def show_again(listing: Listing, by: Seller) -> None:
    """Take a hiding back; its seller reads so by mail. Raises NotAllowed where the listing is not hidden."""
    with transaction.atomic():
        actions.unhide(listing)
        if appeal := listing.reports.appeals().open().first():
            reports.settle(appeal, Outcome.SHOWN, by)
        if listing.seller:
            body = _(
                "We have looked at your listing “%(title)s” once more, and it is no longer hidden:\n\n"
                "%(link)s\n\nTrova"
            )
            reports.tell_seller(listing, listing.seller, _("No longer hidden: “%(title)s”"), body)
    log.info("listing %s shown again by account %s", listing.pk, by.pk)


def grant(appeal: Report, by: Seller) -> None:
    """Show the listing again. Raises reports.Settled."""
    with transaction.atomic():
        if listing := reports.hold(appeal):
            show_again(listing, by)


def refuse(appeal: Report, by: Seller, why: str) -> None:
    """Keep the listing hidden, for this reason or, without one, the former; its seller reads it by mail.

    Raises reports.Settled.
    """
    with transaction.atomic():
        listing = reports.hold(appeal)
        if listing and listing.seller:
            actions.keep_hidden(listing, why or listing.hidden_reason)
            body = _(
                "We have looked at your listing “%(title)s” once more, and it stays hidden from buyers.\n\n"
                "The reason:\n\n%(why)s\n\nYou can change it and ask us to look again, here:\n\n%(link)s\n\n"
                "Trova"
            )
            subject = _("Still hidden: “%(title)s”")
            reports.tell_seller(listing, listing.seller, subject, body, why=listing.hidden_reason)
        reports.settle(appeal, Outcome.KEPT, by)
