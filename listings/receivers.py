"""What the marketplace does when something else happens."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.signals import user_logged_in
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from listings import actions, favourites, messaging, rules
from listings.models import Listing, Seller
from listings.units import unit_of


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(take_up, dispatch_uid="listings.take_up")
    user_logged_in.connect(keep_wishes, dispatch_uid="listings.keep_wishes")


def keep_wishes(sender: type[Seller], request: HttpRequest, user: Seller, **_kwargs: Any) -> None:
    """Keep the favourites that were marked before signing in."""
    for listing in favourites.grant(request.session, user):
        messages.success(request, _("“%(title)s” is among your favourites.") % {"title": listing})


def take_up(
    sender: type[Seller], request: HttpRequest, response: HttpResponse, user: Seller, **_kwargs: Any
) -> None:
    """Claim the draft, or send the message, that the sign-in leads to, and no other.

    allauth sends this after the last step, whichever steps there were, with the redirect it is about to
    answer: the address in it is the `next` that every step handed on, already judged to be ours.
    """
    try:
        match = resolve(urlsplit(response.get("Location", "")).path)
    except Resolver404:
        return
    draft, kept = match.kwargs.get("draft"), match.kwargs.get("kept")
    if draft and actions.claim(draft, unit_of(request), user):
        messages.success(request, _("Signed in. Check and post."))
    elif kept:
        _send_kept(kept, request, user)


def _send_kept(key: UUID, request: HttpRequest, writer: Seller) -> None:
    """Send the message that waited for this sign-in; one that is refused waits on, and its page says why."""
    try:
        sent = messaging.send_kept(key, unit_of(request), writer)
    except rules.Refused as refused:
        messages.warning(request, str(refused))
    except Listing.DoesNotExist:
        return
    else:
        if sent:
            messages.success(request, _("Signed in. Your message is sent."))
