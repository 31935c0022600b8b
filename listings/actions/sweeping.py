"""What time does to the marketplace: listings run out, drafts, files and mail are left behind."""

import time
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from psycopg import sql

from listings import addresses, mail, messaging, photo_files
from listings.actions import expiring
from listings.actions.erasing import delete, erase_unproved
from listings.models import Listing, Seller
from listings.search import vocabulary

EVERY_SECONDS: Final = 60
AT_MOST: Final = 200
"""Rows of a kind that one sweep takes; the next one takes the rest."""
ORPHAN_AGE: Final = timedelta(days=1)
UNPROVED_AGE: Final = timedelta(days=1)
"""How long an account waits for somebody to prove its address: a code holds for minutes."""

_last = float("-inf")


def sweep() -> None:
    """`sweep_now`, at most once a minute in this process: the ringer calls it every second."""
    global _last  # noqa: PLW0603 - the ringer is one process with one thread
    if time.monotonic() - _last < EVERY_SECONDS:
        return
    _last = time.monotonic()
    sweep_now(timezone.now())


def sweep_now(now: datetime) -> None:
    """Tell sellers what runs out, and end what has; erase what was left behind.

    That is: abandoned drafts, mail that was settled long ago, messages whose writers did not sign in,
    accounts whose address nobody proved, sessions and limits whose time is over, what was counted on days
    before, and one folder's orphaned files. Each minute looks through one of the 256 folders, so that the
    whole disk is seen about every four hours.
    """
    for pk in Listing.objects.to_be_told(now).values_list("pk", flat=True)[:AT_MOST]:
        expiring.tell(pk, now)
    for pk in Listing.objects.run_out(now).values_list("pk", flat=True)[:AT_MOST]:
        expiring.end(pk, now)
    before = now - timedelta(days=settings.ABANDONED_DRAFT_DAYS)
    for drafts in (Listing.objects.abandoned(before), Listing.objects.outlived()):
        for listing in drafts[:AT_MOST]:
            delete(listing)
    mail.forget_old()
    messaging.forget_kept(now)
    before = now - UNPROVED_AGE
    unproved = Seller.objects.unproved().filter(date_joined__lt=before)
    for email in unproved.values_list("email", flat=True)[:AT_MOST]:
        erase_unproved(email, before)
    Session.objects.filter(expire_date__lt=now).delete()
    _forget_limits(now)
    addresses.forget_past(now)
    turn = int(now.timestamp() // EVERY_SECONDS)
    vocabulary.sweep(turn)
    prefix = photo_files.PREFIXES[turn % len(photo_files.PREFIXES)]
    photo_files.remove_orphans(prefix, now - ORPHAN_AGE)


def _forget_limits(now: datetime) -> None:
    """Remove what has expired in Django's cache, which reads past it and would keep it for ever."""
    table = sql.Identifier(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DELETE FROM {} WHERE expires < %s").format(table), [now])
