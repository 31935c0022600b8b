"""Telling us what should not be here, and what became of it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from listings import addresses, reports, rules
from listings.form_page import refusal
from listings.message_views import can_see, own_or_404, reader_of, writing_signed_in
from listings.models import Conversation, Listing, Report
from listings.report_forms import ReportForm
from listings.units import set_unit, unit_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Anybody may report what anybody can see; one's own is simply changed."""
    listing = get_object_or_404(Listing.objects.public(timezone.now()), pk=pk)
    if listing.seller_id == request.user.pk:
        return redirect(listing)
    return _form_page(request, listing, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@writing_signed_in
def report_conversation(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """Either side may report what the other has written."""
    found = own_or_404(reader_of(request), conversation)
    return _form_page(request, found.listing, found)


def _form_page(
    request: HttpRequest, listing: Listing | None, conversation: Conversation | None
) -> HttpResponse:
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _report(request, listing, conversation, form)
        except rules.Refused as refused:
            form.add_error(None, str(refused))
            return refusal(_show_form(request, listing, conversation, form), refused)
        except (Report.DoesNotExist, Listing.DoesNotExist) as not_theirs:
            raise Http404 from not_theirs
    return _show_form(request, listing, conversation, form)


def _show_form(
    request: HttpRequest, listing: Listing | None, conversation: Conversation | None, form: ReportForm
) -> HttpResponse:
    is_seen = conversation is None or can_see(reader_of(request), conversation)
    context = {"listing": listing, "is_seen": is_seen, "conversation": conversation, "form": form}
    return render(request, "listings/report.html", context, status=422 if form.is_bound else 200)


def _report(
    request: HttpRequest, listing: Listing | None, conversation: Conversation | None, form: ReportForm
) -> HttpResponse:
    told = dict(form.cleaned_data)
    key = told.pop("form_key")
    unit = unit_of(request)
    reporter = request.user if request.user.is_authenticated else None
    address = addresses.of_stranger(request)
    made = reports.report(
        listing, conversation, key, told, reporter=reporter, unit=unit or key, address=address
    )
    response = redirect(made)
    if made.unit and unit is None:
        set_unit(response, made.unit)
    return response


@never_cache
@require_safe
def receipt(request: HttpRequest, report: UUID) -> HttpResponse:
    """What was reported, and what became of it; for whoever reported it."""
    reader = request.user if request.user.is_authenticated else None
    made = reports.seen_by(reader, unit_of(request), report)
    if made is None:
        raise Http404
    return render(request, "listings/receipt.html", {"report": made})
