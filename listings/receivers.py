"""What the marketplace does when something else happens."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.signals import user_logged_in
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from listings import actions
from listings.models import Seller
from listings.units import unit_of


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(claim_draft, dispatch_uid="listings.claim_draft")


def claim_draft(
    sender: type[Seller], request: HttpRequest, response: HttpResponse, user: Seller, **_kwargs: Any
) -> None:
    """Claim the draft that the sign-in leads to, and no other.

    allauth sends this after the last step, whichever steps there were, with the redirect it is about to
    answer: the address in it is the `next` that every step handed on, already judged to be ours.
    """
    try:
        match = resolve(urlsplit(response.get("Location", "")).path)
    except Resolver404:
        return
    draft = match.kwargs.get("draft")
    if draft and actions.claim(draft, unit_of(request), user):
        messages.success(request, _("Signed in. Check and post."))
