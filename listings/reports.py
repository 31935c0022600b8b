"""Something should not be here: somebody says so, and a person decides.

A decision is about a listing, so it settles every open report of it. What was reported of a conversation is
between two people, and an appeal is its seller's (`listings.appeals`): each is decided on its own. Locks: the
listing, whoever reports, then the reports.
"""

import logging
import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from listings import actions, addresses, mail, messaging
from listings.models import Conversation, Listing, Outcome, Reason, Report, Seller
from listings.rules import Refused

log: Final = logging.getLogger("listings.reports")

A_DAY: Final = 10
"""Reports that one person, or one browser, may make in a day."""
OF_ONE: Final = 20
"""Open reports of one listing: after these another tells nobody anything new."""


class Enough(Refused):
    """No further report is taken now."""


class Settled(Refused):
    """Somebody else has decided meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("This report is settled already."))


class NothingToHide(Refused):
    """What was reported is gone."""

    def __init__(self) -> None:
        super().__init__(_("The listing is gone: there is nothing to hide."))


class NobodyToBlock(Refused):
    """One of the two who wrote to each other has left."""

    def __init__(self) -> None:
        super().__init__(_("One of the two has left: there is nobody to block."))


def report(
    listing: Listing | None,
    conversation: Conversation | None,
    key: uuid.UUID,
    told: dict[str, str],
    *,
    reporter: Seller | None,
    unit: uuid.UUID | None,
    address: str = "",
) -> Report:
    """Put it into the queue; the same form sent again is the report it made, and counts once.

    `told` is `reason` and `text`; `address` is that of somebody signed out. Raises Enough,
    addresses.TooMuch, or Report.DoesNotExist when the key is somebody else's.
    """
    unit = None if reporter else unit
    with transaction.atomic():
        if listing:  # one report of it, and of one person, at a time: the counts below hold
            listing = Listing.objects.select_for_update().get(pk=listing.pk)
        _hold_person(f"account {reporter.pk}" if reporter else f"unit {unit}")
        if made := Report.objects.filter(pk=key).first():
            if (made.reporter_id, made.unit) != (reporter.pk if reporter else None, unit):
                raise Report.DoesNotExist
            return made
        _check(None if conversation else listing, reporter, unit)
        addresses.check("report", address)
        made = Report.objects.create(
            pk=key, listing=listing, conversation=conversation, reporter=reporter, unit=unit, **told
        )
    log.info("report %s of listing %s", made.pk, listing.pk if listing else None)
    return made


def _hold_person(name: str) -> None:
    """Let one report of this person through at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"report {name}"])


def _check(listing: Listing | None, reporter: Seller | None, unit: uuid.UUID | None) -> None:
    mine = Q(reporter=reporter) if reporter else Q(unit=unit)
    if Report.objects.filter(mine, created_at__gt=Now() - timedelta(days=1)).count() >= A_DAY:
        raise Enough(_("You have told us a lot today. We will read it all; tell us more tomorrow."))
    if listing and listing.reports.open().filter(conversation=None).count() >= OF_ONE:
        raise Enough(_("Several people have reported this already. We are looking at it."))


def seen_by(reader: Seller | None, unit: uuid.UUID | None, key: uuid.UUID) -> Report | None:
    """The report, for whoever made it; else None."""
    mine = Q(reporter=reader) if reader else Q(pk__in=[])
    if unit:
        mine |= Q(unit=unit, reporter=None)
    return Report.objects.filter(mine, pk=key).select_related("listing").first()


def may_hide(told: Report) -> bool:
    """Whether hiding can be the answer: nobody's own listing is hidden for what they report of another."""
    return told.listing is not None and told.listing.seller_id != told.reporter_id


def hide(told: Report, by: Seller, why: str) -> None:
    """Take the listing out of sight; its seller reads why, by mail and beside the listing.

    Raises Settled, NothingToHide, or NotAllowed where the listing cannot be hidden as it stands.
    """
    with transaction.atomic():
        listing = hold(told)
        if listing is None or listing.seller is None:
            raise NothingToHide
        actions.hide(listing, why)
        body = _(
            "Your listing “%(title)s” was reported, and we have hidden it from buyers.\n\nThe reason:\n\n"
            "%(why)s\n\nOnly you can still see it. You can change it and ask us to look again, here:\n\n"
            "%(link)s\n\nTrova"
        )
        tell_seller(listing, listing.seller, _("Hidden: “%(title)s”"), body, why=why)
        settle(told, Outcome.HIDDEN, by)


def keep(told: Report, by: Seller) -> None:
    """Leave it as it is. Raises Settled."""
    with transaction.atomic():
        hold(told)
        settle(told, Outcome.KEPT, by)


def block(told: Report, by: Seller) -> None:
    """Keep what the other side of a conversation writes from its reporter. Raises Settled, NobodyToBlock."""
    with transaction.atomic():
        hold(told)
        writer = told.conversation.other(told.reporter) if told.conversation and told.reporter else None
        if told.reporter is None or writer is None:
            raise NobodyToBlock
        messaging.block(told.reporter, writer)
        settle(told, Outcome.BARRED, by)


def hold(told: Report) -> Listing | None:
    """The listing of an open report; both are locked. Raises Settled."""
    listing = told.listing_id and Listing.objects.select_for_update().filter(pk=told.listing_id).first()
    told.refresh_from_db(from_queryset=Report.objects.select_for_update())
    if told.outcome != Outcome.OPEN:
        raise Settled
    return listing or None


def settle(told: Report, outcome: Outcome, by: Seller) -> None:
    """Close it and its like, whose listing is locked."""
    same = Q(pk=told.pk)
    if told.listing_id and not told.is_appeal and (outcome == Outcome.HIDDEN or not told.conversation_id):
        same |= Q(listing=told.listing_id, conversation=None) & ~Q(reason=Reason.APPEAL)
    Report.objects.filter(same).open().update(outcome=outcome, settled_at=Now(), settled_by=by)
    told.refresh_from_db()
    log.info("report %s %s by account %s", told.pk, outcome, by.pk)


def tell_seller(listing: Listing, seller: Seller, subject: str, body: str, **words: str) -> None:
    """Mail these words to its seller; `title` and `link` are the listing's."""
    told = words | {"title": listing.title, "link": f"{settings.SITE_URL}{listing.get_absolute_url()}"}
    mail.post(seller.email, subject % told, body % told)
