"""The page behind the link in the mail that says a listing's days run out."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from listings import actions, renewal, rules
from listings.models import Listing
from listings.rules import Action


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, and on POST renew: programs that read mail open its links, and press no buttons.

    Whoever has the key need not be signed in; without one there is no such page.
    """
    listing = get_object_or_404(Listing, pk=pk)
    if not renewal.is_key(listing, request.GET.get("key", "")):
        raise Http404(_("This link does not work any more. Sign in and look under My listings."))
    if request.method == "POST":
        try:
            actions.renew(listing)
        except rules.NotAllowed as error:
            messages.warning(request, str(error))
            return redirect(request.get_full_path())
        messages.success(request, _("Renewed. Buyers can see it."))
        return redirect(listing)
    context = {
        "listing": listing,
        "may_renew": listing.status in rules.FROM[Action.RENEW],
        "public": listing.is_public(timezone.now()),
        "days": settings.LISTING_DAYS,
    }
    return render(request, "listings/renew.html", context)
