"""What time does: drafts nobody came back to, files nobody knows."""

import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from listings import actions, photo_files
from listings.actions import sweeping
from listings.models import Listing, Seller
from listings.tests.cast import make_draft, make_listing

DAY = timedelta(days=1)


def test_only_anonymous_drafts_untouched_for_a_week_go_with_their_files(
    seller: Seller, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kept = [make_draft(seller), make_listing(seller), make_draft()]
    abandoned = make_draft(photos=2)
    now = timezone.now()
    old = now - settings.ABANDONED_DRAFT_DAYS * DAY - timedelta(minutes=1)
    Listing.objects.exclude(pk=kept[2].pk).update(updated_at=old)
    with django_capture_on_commit_callbacks(execute=True):
        actions.sweep_now(now)
    assert set(Listing.objects.all()) == set(kept)
    left = {folder.name for folder in (media / "photos").glob("*/*")}
    assert not left & {str(photo.pk) for photo in abandoned.photos.all()}
    assert len(left) == 3


@pytest.mark.django_db
def test_nothing_to_do_is_eleven_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    # Whom to tell, what ran out, drafts twice, mail, kept messages, accounts, sessions, limits, counts,
    # words.
    with django_assert_num_queries(11):
        actions.sweep_now(timezone.now())


@pytest.mark.django_db
def test_the_next_second_asks_nothing(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_last", float("-inf"))
    actions.sweep()
    with django_assert_num_queries(0):
        actions.sweep()


def test_orphans_of_yesterday_go_and_known_or_new_files_stay(seller: Seller, media: Path) -> None:
    known = photo_files.folder(make_draft(seller).photos.get().pk)
    prefix = known.parent.name
    orphan, partial, fresh = (
        known.with_name(f"{prefix}{str(uuid.uuid4())[2:]}{end}") for end in ("", ".partial", "")
    )
    for folder in (orphan, partial, fresh):
        folder.mkdir()
        (folder / "320.jpg").write_bytes(b"x")
    now = timezone.now()
    old = (now - 2 * DAY).timestamp()
    for folder in (known, orphan, partial):
        os.utime(folder, (old, old))
    assert photo_files.remove_orphans(prefix, now - DAY) == 2
    assert [folder.exists() for folder in (known, orphan, partial, fresh)] == [True, False, False, True]


@pytest.mark.django_db
def test_all_folders_are_seen_in_256_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()

    def note(prefix: str, before: object) -> int:
        seen.add(prefix)
        return 0

    monkeypatch.setattr(photo_files, "remove_orphans", note)
    now = timezone.now()
    for minute in range(256):
        actions.sweep_now(now + timedelta(minutes=minute))
    assert seen == set(photo_files.PREFIXES)
