"""The marketplace for those who look after it. Annotators see things and pictures, no e-mail address."""

from listings.admin import conversations, moderation, programs, shop
from listings.admin.read_only import BoundedPaginator, ReadOnly
from listings.admin.shop import thumbnail

__all__ = ["BoundedPaginator", "ReadOnly", "conversations", "moderation", "programs", "shop", "thumbnail"]
