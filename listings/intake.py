"""The one photo that a program sends: judged, and kept or refused in the API's words."""

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from listings import actions
from listings.actions import JudgedPhotos
from listings.models import Listing
from listings.schemas import wrong

STORAGE_FULL: Final = 507


def judge_photo(file: UploadedFile[Any]) -> JudgedPhotos:
    """The clean photo. Raises ValidationError for the field `image`, with a sentence that says what to do."""
    sent: Any = file  # Django's wrapper reads like the file in it
    judged = actions.judge([(sent, file.name or "")])
    for refused in judged.refused:
        raise wrong("image", refused.sentence)
    return judged


def keep_photo(listing: Listing, judged: JudgedPhotos) -> None:
    """Add the photo to the draft. Raises HttpError, 507."""
    if actions.add_judged(listing, judged).is_storage_full:
        raise HttpError(STORAGE_FULL, _("Our storage is full. Try again later."))
