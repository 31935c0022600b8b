"""Asking us to look again at a listing of one's own that we have hidden."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from listings import appeals, rules
from listings.models import Listing, Report, Status
from listings.my_views import own_or_404, seller_of
from listings.report_forms import AppealForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why it is hidden, and a form for what its seller says to that; once asked, the receipt."""
    listing = own_or_404(request, pk)
    if listing.status != Status.HIDDEN:
        return redirect(listing)
    if request.method != "POST" and (asked := listing.reports.appeals().open().first()):
        return redirect(asked)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            return redirect(appeals.ask(listing, seller_of(request), told["form_key"], told["text"]))
        except rules.Refused as refused:
            form.add_error(None, str(refused))
        except (Report.DoesNotExist, Listing.DoesNotExist) as not_theirs:
            raise Http404 from not_theirs
    context = {"listing": listing, "is_seen": True, "form": form}
    return render(request, "listings/appeal.html", context, status=422 if form.is_bound else 200)
