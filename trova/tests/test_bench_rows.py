"""The rows of the benches are rows of today's tables."""

from pathlib import Path

import pytest
from django.db import connection

import trova.bench
from listings.models import CategoryCount, Listing, Photo


@pytest.mark.django_db
def test_the_shop_of_the_benches_can_be_filled() -> None:
    folder = Path(trova.bench.__file__).parent
    words = (folder / "words.txt").read_text().split()
    with connection.cursor() as cursor:
        cursor.execute((folder / "million.sql").read_text(), {"words": words, "rows": 200})
    assert Listing.objects.count() == Photo.objects.count() == 200
    on_show = Listing.objects.filter(status__in=["live", "reserved"]).count()
    assert sum(CategoryCount.objects.values_list("on_show", flat=True)) == on_show > 0
