"""The words in which templates say what waits to be read."""

from django import template
from django.contrib.auth.models import AnonymousUser

from listings.messaging import unread_count
from listings.models import Seller

register = template.Library()


@register.simple_tag
def unread_messages(user: Seller | AnonymousUser) -> int:
    """How many messages wait for whoever is signed in; one query, none for anybody else."""
    return unread_count(user) if user.is_authenticated else 0
