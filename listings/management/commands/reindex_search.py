"""`manage.py reindex_search`: index all listings anew, for the language that SEARCH_CONFIG names now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from listings.models import Listing
from listings.search import vocabulary


class Command(BaseCommand):
    help = "Index all listings anew: after another SEARCH_CONFIG. Nothing is sold meanwhile: it locks them."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make the column and its index again, and learn the words of the titles."""
        column = Listing._meta.get_field("search")
        index = next(index for index in Listing._meta.indexes if "search" in index.fields)
        with connection.schema_editor() as editor:
            editor.remove_field(Listing, column)  # and its index with it
            editor.add_field(Listing, column)
            editor.add_index(Listing, index)
        words = vocabulary.rebuild()
        self.stdout.write(f"Listings are searched as {settings.SEARCH_CONFIG}; {words} words are known.")
