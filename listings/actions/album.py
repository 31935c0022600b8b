"""The photos of a listing: judged one by one, kept once, in an order."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from listings import photo_files, photos, rules
from listings.actions import change
from listings.fields import MAX_PHOTOS
from listings.models import Listing, Photo
from listings.photos import MAX_BYTES, CleanPhoto
from listings.refusals import PhotoRefused, RefusedLate, shown_name
from listings.signals import ListingChange


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken: its name as it can be shown, and a sentence that says what to do."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GoodFile:
    """A file that became a photo: `upload` is the hex digest of its own SHA-256."""

    name: str
    upload: str
    photo: CleanPhoto


@dataclass(slots=True)
class JudgedPhotos:
    """What became of a batch of files before any is kept: those that are good, each photo once; the refused.

    `same`: names of files whose photo the batch, or the listing, had already.
    """

    clean: list[GoodFile] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class PhotosAdded:
    """What became of a batch. `same`: names of files whose photo the listing had already.

    `is_storage_full`: the disk had no room for one of the refused; nothing of it was kept.
    """

    added: list[Photo] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    is_storage_full: bool = False


def judge(files: Iterable[tuple[BinaryIO, str]], listing: Listing | None = None) -> JudgedPhotos:
    """Clean each file by itself, for a listing that may have photos already. Changes no row.

    A file that the listing, or the batch, had before is not decoded again. At most MAX_PHOTOS are decoded:
    what is beyond them, or the room that there is, is refused.
    """
    uploads = list(listing.photos.values_list("upload_sha256", flat=True)) if listing else []
    room = MAX_PHOTOS - len(uploads)
    judged, decoded = JudgedPhotos(), 0
    refused_as: dict[str, _Reason] = {}
    for file, name in files:
        data = file.read(MAX_BYTES + 1)
        upload = hashlib.sha256(data).hexdigest()
        if upload in uploads:
            judged.same.append(shown_name(name))
        elif upload in refused_as:
            judged.refused.append(_refusal(refused_as[upload], name))
        elif len(judged.clean) >= room:
            judged.refused.append(_no_room(name))
        elif decoded >= MAX_PHOTOS:
            judged.refused.append(_too_many(name))
        else:
            try:
                clean = photos.clean(data, name)
            except PhotoRefused as refused:
                decoded += isinstance(refused, RefusedLate)
                # Not the exception itself, whose traceback holds all that was decoded.
                refused_as[upload] = reason = (refused.template, refused.params)
                judged.refused.append(_refusal(reason, name))
                continue
            decoded += 1
            uploads.append(upload)
            if any(clean.sha256 == other.photo.sha256 for other in judged.clean):
                judged.same.append(shown_name(name))
            else:
                judged.clean.append(GoodFile(name, upload, clean))
    return judged


def add_photos(listing: Listing, files: Iterable[tuple[BinaryIO, str]]) -> PhotosAdded:
    """Judge the files and add the good ones behind the photos that are there. See `add_judged`."""
    return add_judged(listing, judge(files, listing))


def add_judged(listing: Listing, judged: JudgedPhotos) -> PhotosAdded:
    """Add clean photos behind those that are there, each wholly or not at all, the same photo only once."""
    result = PhotosAdded(same=list(judged.same), refused=list(judged.refused))
    for good in judged.clean:
        try:
            added = _add(listing, good)
        except photo_files.StorageFull:
            result.is_storage_full = True
            result.refused.append(_no_storage(good.name))
        except _AlbumFull:
            result.refused.append(_no_room(good.name))
        else:
            result.added.append(added) if added else result.same.append(shown_name(good.name))
    return result


def remove_photo(listing: Listing, photo_id: uuid.UUID) -> bool:
    """Remove a photo and, after the commit, its files. False when it is gone already.

    Raises Incomplete for the last photo of a listing that was posted.
    """
    with transaction.atomic():
        change.lock(listing)
        photo = listing.photos.filter(pk=photo_id).first()
        if photo is None:
            return False
        others = listing.photos.exclude(pk=photo_id)
        if not listing.is_draft:
            rules.check_complete(rules.values_of(listing), others.count())
        photo.delete()
        others.filter(position__gt=photo.position).update(position=F("position") - 1)
        _reordered(listing)
        transaction.on_commit(lambda: photo_files.remove([photo_id]))
        return True


def move_photo(listing: Listing, photo_id: uuid.UUID, by: int) -> bool:
    """Move a photo one place earlier (-1) or later (+1). False when there is no such photo or place."""
    with transaction.atomic():
        change.lock(listing)
        order = list(listing.photos.values_list("pk", flat=True))
        here = order.index(photo_id) if photo_id in order else -1
        there = here + by
        if here < 0 or not 0 <= there < len(order):
            return False
        listing.photos.filter(pk=order[there]).update(position=here)
        listing.photos.filter(pk=photo_id).update(position=there)
        _reordered(listing)
        return True


def make_cover(listing: Listing, photo_id: uuid.UUID) -> bool:
    """Put a photo first; the others keep their order. False when it is gone."""
    with transaction.atomic():
        change.lock(listing)
        photo = listing.photos.filter(pk=photo_id).first()
        if photo is None:
            return False
        listing.photos.filter(position__lt=photo.position).update(position=F("position") + 1)
        listing.photos.filter(pk=photo_id).update(position=0)
        _reordered(listing)
        return True


class _AlbumFull(Exception):
    """Between the judging and the keeping others filled the album."""


def _add(listing: Listing, good: GoodFile) -> Photo | None:
    """The new photo; None when the listing has it already. Its files are written before the row's lock."""
    photo_id = uuid.uuid4()
    photo_files.store(photo_id, good.photo)
    added = None
    try:
        with transaction.atomic():
            added = _insert(listing, photo_id, good)
    finally:
        if added is None:
            photo_files.remove([photo_id])
    return added


def _insert(listing: Listing, photo_id: uuid.UUID, good: GoodFile) -> Photo | None:
    clean = good.photo
    change.lock(listing)
    shas = list(listing.photos.values_list("sha256", flat=True))
    if clean.sha256 in shas:
        return None
    if len(shas) >= MAX_PHOTOS:
        raise _AlbumFull
    photo = Photo.objects.create(
        id=photo_id,
        listing=listing,
        position=len(shas),
        sha256=clean.sha256,
        upload_sha256=good.upload,
        phash=clean.phash,
        width=clean.width,
        height=clean.height,
        widths=[rendition.width for rendition in clean.renditions],
        placeholder=clean.placeholder,
    )
    _reordered(listing)
    return photo


def _reordered(listing: Listing) -> None:
    change.write(listing)
    if not listing.is_draft:
        change.announce(listing, ListingChange.EDITED)


_Reason = tuple[str, dict[str, str | int]]
"""A sentence with named places, and what stands in them."""


def _refusal(reason: _Reason, name: str) -> Refusal:
    """Why this file is refused, or another that is the same."""
    template, params = reason
    shown = shown_name(name)
    return Refusal(shown, _(template).format(**params | {"name": shown}))


def _too_many(name: str) -> Refusal:
    shown = shown_name(name)
    sentence = _("{name} was left out: at most {limit} files are opened at a time. Choose it again.")
    return Refusal(shown, sentence.format(name=shown, limit=MAX_PHOTOS))


def _no_room(name: str) -> Refusal:
    shown = shown_name(name)
    sentence = _("{name} was left out: a listing has at most {limit} photos. Remove one first.")
    return Refusal(shown, sentence.format(name=shown, limit=MAX_PHOTOS))


def _no_storage(name: str) -> Refusal:
    shown = shown_name(name)
    sentence = _("{name} could not be kept: our storage is full. What you wrote is saved; try again later.")
    return Refusal(shown, sentence.format(name=shown))
