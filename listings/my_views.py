"""A seller's own pages: listings, drafts, the account."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from listings import actions, rules
from listings.account_forms import LeavingForm, ShownNameForm
from listings.models import Listing, ListingQuerySet, Seller
from listings.models.report import open_appeals
from listings.units import unit_of
from listings.views import owns

PAGE_SIZE: Final = 50

CHANGES: Final = {
    "reserve": (actions.reserve, gettext_lazy("“%(title)s” is marked reserved.")),
    "unreserve": (actions.unreserve, gettext_lazy("“%(title)s” is no longer reserved.")),
    "mark_sold": (actions.mark_sold, gettext_lazy("“%(title)s” is marked sold.")),
    "renew": (actions.renew, gettext_lazy("“%(title)s” is renewed.")),
    "put_back": (actions.put_back, gettext_lazy("“%(title)s” is on sale again.")),
}
"""What the buttons of a listing do, and the words for it when it is done."""


def seller_of(request: HttpRequest) -> Seller:
    """The signed-in seller; only below `login_required`."""
    assert request.user.is_authenticated  # noqa: S101  says it to the type checker
    return request.user


@never_cache
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the seller has posted, last changed first."""
    listings = Listing.objects.filter(seller=seller_of(request)).posted()
    return render(request, "listings/mine.html", _page(request, listings))


@never_cache
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """What was started and not posted: the seller's, and what this browser began signed out."""
    listings = Listing.objects.writable_by(request.user, unit_of(request)).drafts()
    context = _page(request, listings)
    context |= {"drafts": True, "draft_days": settings.ABANDONED_DRAFT_DAYS}
    return render(request, "listings/mine.html", context)


def _page(request: HttpRequest, listings: ListingQuerySet) -> dict[str, Any]:
    cards = listings.with_cards().prefetch_related(open_appeals())
    pages = Paginator(cards.order_by("-updated_at", "-id"), PAGE_SIZE)
    return {"page": pages.get_page(request.GET.get("page"))}


def own_or_404(request: HttpRequest, pk: UUID) -> Listing:
    """The visitor's own listing or draft; another's is as if it were not there."""
    listing = get_object_or_404(Listing, pk=pk)
    if not owns(request, listing):
        raise Http404
    return listing


@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reserve, unreserve, mark sold or put back, by the button that was pressed; then back to the list."""
    listing = own_or_404(request, pk)
    try:
        action, words = CHANGES[request.POST.get("change", "")]
    except KeyError as error:
        raise Http404 from error
    try:
        action(listing)
    except rules.Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, words % {"title": listing})
    return redirect("listings:mine")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, and on POST erase the listing with its photos."""
    listing = own_or_404(request, pk)
    back = "listings:drafts" if listing.is_draft else "listings:mine"
    if request.method != "POST":
        return render(request, "listings/delete.html", {"listing": listing, "back": back})
    try:
        actions.delete(listing)
    except rules.Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("“%(title)s” is deleted.") % {"title": listing})
    return redirect(back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The name that buyers see, and the ways to everything else about the account."""
    form = ShownNameForm(request.POST or None, instance=seller_of(request))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("listings:account")
    return render(request, "listings/account.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete_account(request: HttpRequest) -> HttpResponse:
    """Ask for the address as a confirmation, and on POST erase the seller with everything that is theirs."""
    seller = seller_of(request)
    form = LeavingForm(request.POST or None, seller=seller)
    if not form.is_valid():
        return render(request, "listings/delete_account.html", {"form": form})
    try:
        actions.erase_account(seller)
    except rules.MustStay as error:
        messages.warning(request, str(error))
        return redirect("listings:account")
    logout(request)
    messages.success(request, _("Your account and everything in it is deleted."))
    return redirect("listings:browse")
