"""Pages that belong to no app."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from listings.models import Mail
from trova.context import THEMES


@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; 500 otherwise, by the exception."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the wish for light, dark or the device's own, and go back to the page it came from."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    back = urlunsplit(("", "", came_from.path, came_from.query, ""))
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme",
            theme,
            max_age=31_536_000,
            secure=settings.COOKIES_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie("theme")
    return response


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What this site is."""
    return render(request, "about.html")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, and for how long."""
    days = {
        "draft_days": settings.ABANDONED_DRAFT_DAYS,
        "listing_days": settings.LISTING_DAYS,
        "ended_days": settings.ENDED_LISTING_DAYS,
    }
    return render(request, "privacy.html", days)


@require_GET
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The demo's outbox, newest first: nothing leaves the machine, so the mail can be read here."""
    return render(request, "demo_mail.html", {"mails": Mail.objects.order_by("-id")[:50]})
