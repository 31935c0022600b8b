"""What is deleted is gone: rows, texts and pictures."""

from contextlib import suppress
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.functions import Now

from listings import messaging, photo_files, rules
from listings.actions import change
from listings.models import Conversation, Listing, Mail, Outcome, Report, Seller
from listings.models.report import ReportQuerySet
from listings.signals import ListingChange


def delete(listing: Listing) -> None:
    """Erase a listing with its photos; the files go after the commit."""
    with transaction.atomic():
        change.lock(listing)
        # While the rows are there: whoever kept copies of them finds what to erase.
        change.announce(listing, ListingChange.ERASED)
        if listing.seller:  # what was mailed about it names it
            mails = Mail.objects.filter(recipient__iexact=listing.seller.email)
            mails.filter(body__contains=str(listing.pk)).delete()
        messaging.erase_of_listing(listing)
        # What was reported of a conversation stays to be decided: both who wrote there are still here.
        _close(listing.reports.filter(conversation=None))
        photo_ids = list(listing.photos.values_list("pk", flat=True))
        if listing.is_on_show:
            change.count({listing.category_id: -1})
            change.forget(listing.title)
        listing.delete()
        transaction.on_commit(lambda: photo_files.remove(photo_ids))


def _close(reports: ReportQuerySet) -> None:
    """What they say goes with what they are about; that it was reported, and for what, stays."""
    reports.update(text="")
    reports.open().update(outcome=Outcome.GONE, settled_at=Now())


def erase_account(seller: Seller) -> None:
    """Erase a seller with every listing, draft, address and mail of theirs.

    Raises MustStay, and erases nothing, where the seller's name stands under what never changes.
    """
    with transaction.atomic():
        # All locks on listings come before the first count: see change.count.
        listings = list(seller.listings.select_for_update().order_by("pk"))
        for listing in sorted(listings, key=lambda listing: listing.category_id or 0):
            delete(listing)
        # Whoever writes as this person waits here, and finds no account then.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
        _close(Report.objects.filter(conversation__in=Conversation.objects.of(seller)))
        messaging.erase_of_person(seller)
        seller.reports_made.update(text="", unit=None)
        addresses = EmailAddress.objects.filter(user=seller).values_list("email", flat=True)
        for address in {seller.email, *addresses}:
            Mail.objects.filter(recipient__iexact=address).delete()
        seller_id = seller.pk
        try:
            seller.delete()
        except ProtectedError as error:
            raise rules.MustStay from error
        change.log.info("seller %s erased", seller_id)


def erase_unproved(email: str, before: datetime | None = None) -> None:
    """Erase the account of this address if all there is to it is that somebody typed it; see `unproved`.

    With `before`, only if that was earlier; it is asked under the lock, as a code may just have been sent.
    """
    unproved = Seller.objects.unproved().filter(email=email)
    if before:
        unproved = unproved.filter(date_joined__lt=before)
    with suppress(rules.MustStay), transaction.atomic():
        if seller := unproved.select_for_update(of=("self",)).first():
            erase_account(seller)
