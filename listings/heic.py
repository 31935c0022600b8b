"""HEIC pictures, decoded by a short-lived child process.

libheif and libde265 are large C++ libraries fed by strangers: they are never loaded into this process. This
file is both sides: `shrunk` is called by photo intake, and the same file run as a program is the child.
"""

import io
import os
import resource
import signal
import subprocess
import sys
from typing import Any, Final

COMMAND: Final = (sys.executable, "-I", __file__)
SECONDS: Final = 15
MEMORY: Final = 420 << 20
"""Bytes of address space, 25 MB of them never touched. 49 megapixels peak at 240 MB in 8 bits, 375 in 10."""
BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
BAND: Final = 64


class HeicError(ValueError):
    """The child could not make pixels of it: damaged, too hungry, too slow, or a crash of the decoder."""


def is_heic(data: bytes) -> bool:
    """Whether the file's own brands say HEVC in HEIF; the container's name alone, mif1, may be an AVIF."""
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4]), 128)
    return not BRANDS.isdisjoint({data[8:12], *(data[at : at + 4] for at in range(16, end, 4))})


def shrunk(data: bytes, *, box: tuple[int, int], max_pixels: int) -> tuple[tuple[int, int], bytes]:
    """The upright size of a HEIC, and a PNG of it, whole times smaller, that still covers its fit in `box`.

    With more than `max_pixels` nothing is decoded and the PNG is empty. Raises HeicError. The child is gone
    when this returns or raises.
    """
    # No secret of ours is handed on; each malloc arena would count against the child's address space.
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and file
            [*COMMAND, *map(str, (*box, max_pixels, MEMORY))],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={**kept, "MALLOC_ARENA_MAX": "1"},
            cwd="/",
            check=True,
        )
        size, _, png = child.stdout.partition(b"\n")
        width, height = map(int, size.split())
    except (subprocess.SubprocessError, ValueError) as error:
        raise HeicError("the decoder ended without a picture") from error
    return (width, height), png


def _confine(memory: int) -> None:
    """No file can be written, no core dumped, and an orphan ends by itself."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(SECONDS)


def _reduced(photo: Any, factor: int) -> Any:
    """The decoded picture, smaller by a whole factor; in bands, as a second copy of it would not fit."""
    from PIL import Image

    data = photo.data
    width, height = photo.size
    small = Image.new(photo.mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND * factor):
        rows = min(BAND * factor, height - top)
        pixels = data[top * photo.stride : (top + rows) * photo.stride]
        band = Image.frombuffer(photo.mode, (width, rows), pixels, "raw", photo.mode, photo.stride, 1)
        small.paste(band.reduce(factor), (0, top // factor))
    return small


def _main(box_width: int, box_height: int, max_pixels: int, memory: int) -> None:
    """The child: a HEIC on standard input, `<width> <height>\\n` and a PNG on standard output."""
    _confine(memory)
    # Only now, under the limits; the parent imports this module and must never load the decoder.
    import pi_heif

    file = pi_heif.open_heif(io.BytesIO(sys.stdin.buffer.read()), remove_stride=False)
    photo = file[file.primary_index]
    width, height = photo.size
    sys.stdout.buffer.write(b"%d %d\n" % photo.size)
    if width * height <= max_pixels:
        factor = max(1, int(max(width / box_width, height / box_height)))
        small = _reduced(photo, factor)
        small.save(sys.stdout.buffer, "PNG", compress_level=0, icc_profile=photo.info.get("icc_profile"))


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
