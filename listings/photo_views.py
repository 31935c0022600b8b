"""The bytes of photos."""

from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from listings.models import Photo
from listings.views import moderates, owns

CONTENT_TYPES: Final = {"webp": "image/webp", "jpg": "image/jpeg"}
READ: Final = Photo.objects.select_related("listing").only(
    "widths", "listing__status", "listing__ended_at", "listing__seller_id", "listing__unit"
)
PUBLIC: Final = "public, max-age=31536000, immutable"
PRIVATE: Final = "private, no-store"


@require_safe
def photo(request: HttpRequest, pk: UUID, width: int, extension: str) -> HttpResponseBase:
    """A photo at one width: everybody's while its listing is, else its owner's alone.

    With PHOTOS_X_ACCEL the proxy in front sends the bytes, from /_media/.
    """
    found = get_object_or_404(READ, pk=pk)
    public = found.listing.is_public(timezone.now())
    was_kept = width in found.widths and extension in CONTENT_TYPES
    if not was_kept or not (public or owns(request, found.listing) or moderates(request.user)):
        raise Http404
    name = Path("photos") / str(pk)[:2] / str(pk) / f"{width}.{extension}"
    response = _accelerated(name) if settings.PHOTOS_X_ACCEL else _sent(name)
    response["Content-Type"] = CONTENT_TYPES[extension]
    response["Cache-Control"] = PUBLIC if public else PRIVATE
    # Were it ever opened as a page, it could run and reach nothing.
    response["Content-Security-Policy"] = "sandbox"
    return response


def _accelerated(name: Path) -> HttpResponse:
    return HttpResponse(headers={"X-Accel-Redirect": f"/_media/{name}"})


def _sent(name: Path) -> FileResponse:
    try:
        return FileResponse((settings.MEDIA_ROOT / name).open("rb"))
    except FileNotFoundError as error:
        raise Http404 from error
