"""The word in which templates say that a seller has asked us to look again."""

from django import template

from listings.models import Listing, Report

register = template.Library()


@register.simple_tag
def open_appeal(listing: Listing) -> Report | None:
    """What its seller has asked and nobody has decided yet; one query."""
    return listing.reports.appeals().open().first()
