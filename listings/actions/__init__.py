"""Every change of a listing, whole: check, write, log, announce. Called outside or inside a transaction.

An action reads the row again under a lock, so an old instance is harmless, and brings it up to date. It
raises `rules.Refused` when the change cannot be made, `Listing.DoesNotExist` when the listing is gone.
"""

from listings.actions.album import (
    JudgedPhotos,
    PhotosAdded,
    Refusal,
    add_judged,
    add_photos,
    judge,
    make_cover,
    move_photo,
    remove_photo,
)
from listings.actions.drafts import Conflict, Saved, claim, save_fields, start_draft
from listings.actions.erasing import delete, erase_account, erase_unproved
from listings.actions.standing import (
    expire,
    hide,
    keep_hidden,
    mark_sold,
    publish,
    put_back,
    renew,
    reserve,
    unhide,
    unreserve,
)
from listings.actions.sweeping import sweep, sweep_now

__all__ = [
    "Conflict",
    "JudgedPhotos",
    "PhotosAdded",
    "Refusal",
    "Saved",
    "add_judged",
    "add_photos",
    "claim",
    "delete",
    "erase_account",
    "erase_unproved",
    "expire",
    "hide",
    "judge",
    "keep_hidden",
    "make_cover",
    "mark_sold",
    "move_photo",
    "publish",
    "put_back",
    "remove_photo",
    "renew",
    "reserve",
    "save_fields",
    "start_draft",
    "sweep",
    "sweep_now",
    "unhide",
    "unreserve",
]
