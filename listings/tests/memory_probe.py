"""A process of its own that cleans the files it is given and prints what that took, as JSON.

`outcomes` holds `<width>x<height>` or the code of the refusal; `own_mb` and `child_mb` are peaks of memory.
"""

import json
import re
import resource
import sys
from pathlib import Path

from listings import photos


def own_peak_mb() -> float:
    """Of this program alone: ru_maxrss would carry over the peak of the process that started it."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    return int(peak[1]) / 1024


def outcome(path: Path) -> str:
    """The size of the master, or the code of the refusal."""
    try:
        with path.open("rb") as file:
            photo = photos.clean(file, path.name)
    except photos.PhotoRefused as refused:
        return refused.code
    return f"{photo.width}x{photo.height}"


def main() -> None:
    outcomes = [outcome(Path(path)) for path in sys.argv[1:]]
    child_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"outcomes": outcomes, "own_mb": own_peak_mb(), "child_mb": child_mb}))


if __name__ == "__main__":
    main()
