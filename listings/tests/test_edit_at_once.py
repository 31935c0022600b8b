"""Another window writes between the look at a draft and its posting: what nobody has seen is not posted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from listings.models import Listing, Seller, Status
from listings.tests.cast import make_draft
from listings.tests.page import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(seller: Seller) -> Listing:
    return make_draft(seller)


@contextmanager
def just_before_lock(number: int, elsewhere: Callable[[], Any]) -> Iterator[None]:
    """Have `elsewhere` happen, on a connection of its own, before this one takes its lock of this number."""
    locks = 0

    def alone() -> None:
        try:
            elsewhere()
        finally:
            connection.close()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal locks
        locks += (is_lock := "FOR UPDATE" in sql)
        if is_lock and locks == number:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(alone).result()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert locks >= number


def test_a_review_posts_what_it_showed_and_nothing_else(seller_client: Client, draft: Listing) -> None:
    address = f"/listings/{draft.pk}/edit/"
    review = Page(seller_client, address).press("review")
    other = Page(seller_client, address).write(title="Not what was reviewed")
    with just_before_lock(1, lambda: other.press("save")):
        review.press("post")
    assert (review.status, Listing.objects.get().status) == (409, Status.DRAFT)
    assert "This was changed in another window. Check it, then go on." in review.text
    assert review.data["title"] == "Not what was reviewed"
    review.press("post")
    assert Listing.objects.get().status == Status.LIVE


def test_a_form_is_shown_what_came_between_its_save_and_its_posting(
    seller_client: Client, draft: Listing
) -> None:
    address = f"/listings/{draft.pk}/edit/"
    page = Page(seller_client, address).write(title="Brass lamp")
    other = Page(seller_client, address).write(town="Bruges")
    with just_before_lock(2, lambda: other.press("save")):
        page.press("post")
    assert (page.status, Listing.objects.get().status) == (409, Status.DRAFT)
    assert (page.data["title"], page.data["town"]) == ("Brass lamp", "Bruges")
    page.press("post")
    posted = Listing.objects.get()
    assert (posted.status, posted.title, posted.town) == (Status.LIVE, "Brass lamp", "Bruges")


def test_a_field_that_both_wrote_is_shown_twice_and_not_posted(seller_client: Client, draft: Listing) -> None:
    address = f"/listings/{draft.pk}/edit/"
    page = Page(seller_client, address).write(title="Brass lamp")

    def elsewhere() -> None:
        Page(seller_client, address).write(title="Desk lamp").press("save")

    with just_before_lock(2, elsewhere):
        page.press("post")
    assert (page.status, Listing.objects.get().status) == (409, Status.DRAFT)
    assert page.data["title"] == "Brass lamp"
    assert "<q data-shown>Desk lamp</q>" in page.text
    page.press("post")
    posted = Listing.objects.get()
    assert (posted.status, posted.title) == (Status.LIVE, "Brass lamp")
