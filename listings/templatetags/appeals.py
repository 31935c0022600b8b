"""The word in which templates say that a seller has asked us to look again."""

from django import template
from django.db.models import prefetch_related_objects

from listings.models import Listing, Report
from listings.models.report import open_appeals

register = template.Library()


@register.simple_tag
def open_appeal(listing: Listing) -> Report | None:
    """What its seller has asked and nobody has decided yet; one query, unless the page has asked for all."""
    prefetch_related_objects([listing], open_appeals())
    return next(iter(listing.open_appeals), None)
