"""The words in which templates say photos, prices, ages and icons."""

from base64 import b64encode
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from listings.models import Photo

register = template.Library()

NO_BREAK: Final = "\u00a0"
JUST_NOW: Final = timedelta(minutes=1)

SHAPES: Final[dict[str, tuple[str, int]]] = {
    "card": ("(min-width: 80rem) 15rem, (min-width: 60rem) 22vw, (min-width: 40rem) 30vw, 44vw", 640),
    "detail": ("(min-width: 60rem) 46rem, 100vw", 1280),
    "thumb": ("6rem", 320),
}
"""Where a photo stands, to its `sizes` and the widest file worth offering there."""


@register.filter
def price(euros: Decimal | None) -> str:
    """`€ 12`, `€ 12.50`, `€ 1,250` or `Free`; empty when no price is told."""
    if euros is None:
        return ""
    if not euros:
        return _("Free")
    decimals = 0 if euros == euros.to_integral_value() else 2
    return f"€{NO_BREAK}{number_format(euros, decimals, use_l10n=True, force_grouping=True)}"


@register.filter
def age(moment: datetime | None) -> str:
    """`3 days ago`, in its largest unit alone."""
    if moment is None:
        return ""
    now = timezone.now()
    if now - moment < JUST_NOW:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1).replace("\xa0", " ")}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; the words beside it, seen or hidden, say what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true" width="20" height="20"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def picture(photo: Photo | None, shape: str, alt: str = "", hurry: bool = False) -> SafeString:
    """The photo in the widths that `shape` can use, WebP with JPEG behind it, over its tiny placeholder.

    With `hurry` the browser fetches it at once: for what is seen first on the page.
    """
    if photo is None:
        return format_html('<span class="photo"><span class="photo-none">{}</span></span>', icon("image"))
    sizes, widest = SHAPES[shape]
    widths = [width for width in photo.widths if width <= widest] or photo.widths[:1]
    base = photo.url(0).removesuffix("0.webp")
    return format_html(
        '<span class="photo">'
        '<img class="photo-tiny" src="data:image/webp;base64,{tiny}" alt="" '
        'width="{width}" height="{height}">'
        '<picture><source type="image/webp" srcset="{webp}" sizes="{sizes}">'
        '<img src="{base}{largest}.jpg" srcset="{jpeg}" sizes="{sizes}" alt="{alt}" '
        'width="{width}" height="{height}" {loading}></picture></span>',
        tiny=b64encode(photo.placeholder).decode(),
        width=photo.width,
        height=photo.height,
        webp=", ".join(f"{base}{width}.webp {width}w" for width in widths),
        jpeg=", ".join(f"{base}{width}.jpg {width}w" for width in widths),
        base=base,
        largest=widths[-1],
        sizes=sizes,
        alt=alt,
        loading=SafeString('fetchpriority="high"' if hurry else 'loading="lazy" decoding="async"'),
    )
