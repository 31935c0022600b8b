"""What holds for every photo that was taken, whatever came in."""

from listings import photos
from listings.photos import CleanPhoto
from listings.tests.pictures import decoded


def assert_only_pixels(photo: CleanPhoto) -> None:
    """Every stored byte belongs to a picture: no segment or chunk that could carry anything else."""
    for rendition in photo.renditions:
        assert_bare_jpeg(rendition.jpeg)
        assert_bare_webp(rendition.webp)
        for data in (rendition.jpeg, rendition.webp):
            assert not [mark for mark in (b"<script", b"PK\x03\x04", b"Exif", b"http") if mark in data]
            assert decoded(data).size == (rendition.width, rendition.height)
    assert_bare_webp(photo.placeholder)


def assert_bare_jpeg(data: bytes) -> None:
    """SOI, JFIF, tables, frame, scans, EOI, end of file."""
    at = 2
    while at < len(data) - 2:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        assert marker in {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA}, hex(marker)
        assert marker != 0xE0 or (length == 16 and data[at + 4 : at + 8] == b"JFIF")
        at += 2 + length
        while marker == 0xDA and (data[at] != 0xFF or data[at + 1] == 0):
            at += 1
    assert data[at:] == b"\xff\xd9"


def assert_bare_webp(data: bytes) -> None:
    """One lossy picture chunk, to the end of the file."""
    assert data[:4] + data[8:16] == b"RIFFWEBPVP8 "
    size, chunk = (int.from_bytes(data[at : at + 4], "little") for at in (4, 16))
    assert (size, chunk + chunk % 2) == (len(data) - 8, len(data) - 20)


def assert_whole(photo: CleanPhoto) -> None:
    """What holds for every CleanPhoto."""
    widths = [rendition.width for rendition in photo.renditions]
    assert widths == [width for width in photos.WIDTHS if width < photo.width] + [photo.width]
    assert photo.renditions[-1].height == photo.height <= photos.MAX_HEIGHT
    assert -(2**63) <= photo.phash < 2**63
    assert len(photo.placeholder) <= photos.MAX_PLACEHOLDER
    assert_only_pixels(photo)
