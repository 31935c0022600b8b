"""The actions one by one: what they refuse, what they announce, what they leave behind."""

import io
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from listings import actions, photo_files, rules
from listings.models import ON_SHOW, Category, CategoryCount, Listing, Mail, Seller, Status
from listings.rules import Action
from listings.signals import ListingChange, listing_changed
from listings.tests.cast import UNIT, jpeg, make_draft, make_listing

ACTIONS: dict[Action, Callable[[Listing], None]] = {
    Action.RESERVE: actions.reserve,
    Action.UNRESERVE: actions.unreserve,
    Action.MARK_SOLD: actions.mark_sold,
    Action.PUT_BACK: actions.put_back,
    Action.RENEW: actions.renew,
    Action.EXPIRE: actions.expire,
    Action.HIDE: lambda listing: actions.hide(listing, "Forbidden here."),
    Action.UNHIDE: actions.unhide,
    Action.KEEP_HIDDEN: lambda listing: actions.keep_hidden(listing, "Still forbidden."),
}


@pytest.fixture
def heard() -> Iterator[list[tuple[uuid.UUID, ListingChange, int]]]:
    """What was announced: listing, kind, and how many photos were still there."""
    log: list[tuple[uuid.UUID, ListingChange, int]] = []

    def listen(listing: Listing, kind: ListingChange, **_kwargs: Any) -> None:
        log.append((listing.pk, kind, listing.photos.count()))

    listing_changed.connect(listen)
    yield log
    listing_changed.disconnect(listen)


def shown(category: str) -> int:
    return CategoryCount.objects.get(category__slug=category).on_show


def test_each_action_starts_where_it_may_and_nowhere_else(seller: Seller) -> None:
    for status in Status:
        for action, act in ACTIONS.items():
            listing = (
                make_draft(seller) if status == Status.DRAFT else make_listing(seller, status=Status.LIVE)
            )
            hidden = {"hidden_reason": "Why."} if status == Status.HIDDEN else {}
            Listing.objects.filter(pk=listing.pk).update(status=status, **hidden)
            if status in rules.FROM[action]:
                act(listing)
                continue
            with pytest.raises(rules.NotAllowed):
                act(listing)
            assert Listing.objects.get(pk=listing.pk).status == status
            if status != Status.DRAFT:
                with pytest.raises(rules.NotAllowed):
                    actions.publish(listing, seller)


def test_a_life_is_announced_in_order(seller: Seller, heard: list[Any]) -> None:
    listing = make_draft(seller, photos=2)
    actions.publish(listing, seller)
    actions.reserve(listing)
    actions.mark_sold(listing)
    actions.put_back(listing)
    actions.save_fields(listing, listing.revision, {"title": "Another"}, ["title"])
    pk = listing.pk
    actions.delete(listing)
    kinds = [kind.value for heard_pk, kind, _photos in heard if heard_pk == pk]
    assert kinds == ["published", "edited", "ended", "edited", "edited", "erased"]
    assert heard[-1][2] == 2


def test_a_receiver_that_fails_stops_nothing(seller: Seller) -> None:
    def fail(**_kwargs: Any) -> None:
        raise RuntimeError("a receiver's own trouble")

    listing_changed.connect(fail)
    try:
        assert make_listing(seller).status == Status.LIVE
    finally:
        listing_changed.disconnect(fail)


def test_a_draft_without_photo_or_words_is_not_posted(seller: Seller) -> None:
    draft = make_draft(seller, photos=0, title="", price=None, category=None)
    with pytest.raises(rules.Incomplete) as caught:
        actions.publish(draft, seller)
    assert list(caught.value.missing) == ["photos", "title", "category", "price"]


def test_another_account_cannot_post_a_draft(seller: Seller, neighbour: Seller) -> None:
    with pytest.raises(rules.NotYours):
        actions.publish(make_draft(seller), neighbour)


def test_an_expired_listing_is_renewed_and_a_sold_one_stands_where_it_stood(seller: Seller) -> None:
    sold, expired = make_listing(seller, status=Status.SOLD), make_listing(seller, status=Status.SOLD)
    Listing.objects.filter(pk=expired.pk).update(status=Status.EXPIRED)
    before = sold.published_at, expired.published_at
    for listing in (sold, expired):
        actions.put_back(listing)
    assert sold.published_at == before[0]
    assert expired.published_at
    assert before[1]
    assert expired.published_at > before[1]


@pytest.mark.parametrize("status", [Status.LIVE, Status.RESERVED, Status.SOLD, Status.EXPIRED])
def test_what_is_no_longer_hidden_stands_where_it_stood(seller: Seller, status: Status) -> None:
    listing = make_listing(seller, status=status)
    ended = listing.ended_at
    actions.hide(listing, "Why.")
    actions.unhide(listing)
    assert (listing.status, listing.ended_at, listing.hidden_reason) == (status, ended, "")


def test_a_category_without_a_count_gets_one(seller: Seller) -> None:
    Category.objects.create(slug="boats", name="Boats")
    make_listing(seller, category="boats")
    assert shown("boats") == 1


def test_a_claim_takes_one_anonymous_draft_of_this_browser(seller: Seller, neighbour: Seller) -> None:
    draft, owned = make_draft(unit=UNIT), make_draft(neighbour, unit=UNIT)
    assert not actions.claim(draft.pk, uuid.uuid4(), seller)
    assert not actions.claim(draft.pk, None, seller)
    assert not actions.claim(owned.pk, UNIT, seller)
    assert actions.claim(draft.pk, UNIT, seller)
    assert not actions.claim(draft.pk, UNIT, neighbour)
    assert Listing.objects.get(pk=draft.pk).seller == seller


def test_a_deleted_listing_leaves_no_file(
    seller: Seller, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    listing = make_listing(seller, photos=3)
    files = [photo_files.folder(photo.pk) for photo in listing.photos.all()]
    assert all(folder.is_dir() for folder in files)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_photo(listing, listing.photos.all()[1].pk)
    assert [folder.is_dir() for folder in files] == [True, False, True]
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete(listing)
    assert not list((media / "photos").glob("*/*"))
    assert shown("home-garden") == 0


def test_an_erased_account_leaves_nothing(
    seller: Seller,
    neighbour: Seller,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    make_listing(seller, category="books")
    make_listing(seller, category="other", status=Status.SOLD)
    make_draft(seller)
    kept = make_listing(neighbour)
    Mail.objects.create(sender="a@example.org", recipient=seller.email, subject="Code", body="123")
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_account(seller)
    assert [listing.pk for listing in Listing.objects.all()] == [kept.pk]
    assert list(Seller.objects.all()) == [neighbour]
    assert not Mail.objects.exists()
    folders = [folder.name for folder in (media / "photos").glob("*/*")]
    assert folders == [str(kept.photos.get().pk)]
    assert (shown("books"), shown("home-garden")) == (0, 1)


def test_the_last_photo_of_a_posted_listing_stays(seller: Seller) -> None:
    listing = make_listing(seller)
    with pytest.raises(rules.Incomplete):
        actions.remove_photo(listing, listing.photos.get().pk)


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` gives for 0 .. count-1, all at once, each on a connection of its own."""

    def alone(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


@pytest.mark.django_db(transaction=True)
def test_counts_are_right_when_all_act_at_once(seller: Seller) -> None:
    listings = [make_listing(seller, category=("books", "other")[number % 2]) for number in range(6)]
    categories = ("books", "other", "sports")
    turns = (actions.reserve, actions.unreserve, actions.mark_sold, actions.put_back)

    def churn(number: int) -> None:
        for step in range(12):
            listing = Listing.objects.get(pk=listings[(number + step) % 6].pk)
            act = turns[(number * step) % 4]
            try:
                act(listing)
            except rules.NotAllowed:
                values = {"category": categories[(number + step) % 3]}
                actions.save_fields(listing, 10_000, values, values)

    together(6, churn)
    assert_counts()


@pytest.mark.django_db(transaction=True)
def test_accounts_erased_while_their_listings_change(seller: Seller, neighbour: Seller) -> None:
    both = [make_listing(who, category=slug) for who in (seller, neighbour) for slug in ("books", "other")]

    def work(number: int) -> None:
        if number < 2:
            return actions.erase_account((seller, neighbour)[number])
        for listing in both[:: 1 if number % 2 else -1]:
            try:
                actions.mark_sold(listing)
            except (rules.NotAllowed, Listing.DoesNotExist):
                continue
        return None

    together(6, work)
    assert not Listing.objects.exists()
    assert_counts()


@pytest.mark.django_db(transaction=True)
def test_photos_added_at_once_fill_the_album_and_no_more(seller: Seller, media: Path) -> None:
    draft = make_draft(seller, photos=0)

    def add(number: int) -> int:
        files = [(io.BytesIO(jpeg(number * 4 + each)), f"{number}-{each}.jpg") for each in range(4)]
        return len(actions.add_photos(Listing.objects.get(pk=draft.pk), files).added)

    assert sum(together(4, add)) == 12
    assert sorted(draft.photos.values_list("position", flat=True)) == list(range(12))
    assert len(list((media / "photos").glob("*/*"))) == 12


@pytest.mark.django_db(transaction=True)
def test_saves_at_once_lose_no_field(seller: Seller) -> None:
    draft = make_draft(seller)
    fields: list[rules.Values] = [{"title": "T"}, {"town": "W"}, {"description": "D"}, {"category": "books"}]

    def save(number: int) -> None:
        again = Listing.objects.get(pk=draft.pk)
        actions.save_fields(again, draft.revision, fields[number], fields[number])

    together(4, save)
    stored = rules.values_of(Listing.objects.get())
    assert [stored[name] for name in ("title", "town", "description", "category")] == ["T", "W", "D", "books"]


def assert_counts() -> None:
    """The counts are those that counting would give."""
    for count in CategoryCount.objects.select_related("category"):
        counted = Listing.objects.filter(category=count.category, status__in=ON_SHOW).count()
        assert (count.category.slug, count.on_show) == (count.category.slug, counted)
