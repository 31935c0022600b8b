"""Why a file did not become a photo, as a sentence that says what to do. Plain values, no Django."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

MAX_NAME: Final = 60


class RefusalCode(StrEnum):
    """Why a file was not taken."""

    EMPTY = "empty"
    NOT_A_PICTURE = "not_a_picture"
    UNSUPPORTED_FORMAT = "unsupported_format"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    DAMAGED = "damaged"


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; whoever shows it translates it."""
    return sentence


REFUSALS: Final = {
    RefusalCode.EMPTY: gettext_noop("{name} is empty. Choose the photo again."),
    RefusalCode.NOT_A_PICTURE: gettext_noop(
        "{name} is not a photo. Choose a JPEG, PNG, WebP, AVIF or HEIC file instead."
    ),
    RefusalCode.UNSUPPORTED_FORMAT: gettext_noop(
        "{name} is in the {kind} format, which cannot be used here. Save it as JPEG or PNG and choose that."
    ),
    RefusalCode.TOO_MANY_BYTES: gettext_noop(
        "{name} is larger than {limit} MB. Choose a smaller version of it."
    ),
    RefusalCode.TOO_MANY_PIXELS: gettext_noop(
        "{name} has more than {limit} megapixels. Make it smaller and choose it again."
    ),
    RefusalCode.TOO_SMALL: gettext_noop(
        "{name} is too small: each side needs at least {limit} pixels. Choose a larger photo."
    ),
    RefusalCode.DAMAGED: gettext_noop(
        "{name} is damaged or incomplete and cannot be opened. Choose it again, or take another photo."
    ),
}
"""English sentences with named places, for `template.format(**params)`."""


class PhotoRefused(Exception):
    """A file that cannot become a photo. As a string: an English sentence that says what to do.

    `template` (translate it) and `params` make the same sentence in another language; `name` is safe to show.
    """

    def __init__(self, code: RefusalCode, name: str, **params: str | int) -> None:
        self.code = code
        self.name = name
        self.template = REFUSALS[code]
        self.params: dict[str, str | int] = {"name": name, **params}
        super().__init__(self.template.format(**self.params))


class RefusedLate(PhotoRefused):
    """A file that a decoder had to work on before it could be refused."""


def shown_name(name: str) -> str:
    """A client's file name, fit for a sentence: no folders, no control or bidi characters, not long."""
    base = re.split(r"[/\\]", name)[-1]
    visible = "".join(char for char in unicodedata.normalize("NFC", base) if _is_visible(char)).strip()
    if len(visible) > MAX_NAME:
        visible = f"{visible[: MAX_NAME - 20]}\N{HORIZONTAL ELLIPSIS}{visible[-19:]}"
    return visible or "photo"


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
