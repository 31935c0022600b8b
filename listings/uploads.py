"""How uploads reach the disk: bounded, and never at the price of what was typed beside them."""

from contextlib import suppress
from enum import StrEnum
from typing import IO, Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from listings.photo_files import is_full
from listings.photos import MAX_BYTES, MAX_REQUEST_BYTES

HOPELESS_BYTES: Final = 4 * MAX_REQUEST_BYTES
"""A body larger than this is not even read to its end."""


class Trouble(StrEnum):
    """Why the files of a request did not arrive; its text fields did."""

    TOO_BIG = "too_big"
    STORAGE_FULL = "storage_full"


def trouble_of(request: HttpRequest) -> Trouble | None:
    """What went wrong with the files of this request, once its POST was read."""
    found = (getattr(handler, "trouble", None) for handler in request.upload_handlers)
    return next(filter(None, found), None)


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps at most MAX_BYTES and a little of a file, and no file of a request over MAX_REQUEST_BYTES.

    The photo intake refuses a file that was cut here, because it still sees one byte too many.
    """

    trouble: Trouble | None = None
    hopeless = False

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_REQUEST_BYTES:
            self.trouble = Trouble.TOO_BIG
            self.hopeless = content_length > HOPELESS_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.hopeless:
            raise StopUpload(connection_reset=True)
        if self.trouble:
            raise SkipFile
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._give_up(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start > MAX_BYTES:
            return None
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._give_up(error)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if self.trouble:
            return None
        try:
            complete = super().file_complete(file_size)
        except OSError as error:
            with suppress(SkipFile):
                self._give_up(error)
            return None
        del self.file  # the parser closes it when a later file fails
        return complete

    def _give_up(self, error: OSError) -> None:
        """Drop this file and take no other. Raises SkipFile, or the error when the disk is not just full."""
        if not is_full(error):
            raise error
        self.trouble = Trouble.STORAGE_FULL
        # It may not be open yet, and what it buffered cannot be written either.
        with suppress(OSError, AttributeError):
            self.file.close()
        raise SkipFile
