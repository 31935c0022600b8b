"""Makes the demo's pictures: `python render.py --all`, or `--only chair lamp` for those whose name contains a word.

Needs PyPI's bpy 4.5 (CPython 3.11) and Pillow. Pictures that exist are kept unless `--again` is given.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import plan
import studio

DEMO = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--samples", type=int, default=7)
    parser.add_argument("--out", type=Path, default=DEMO)
    options = parser.parse_args()
    for folder, shot in plan.every():
        if not options.all and not any(word in f"{folder}/{shot.name}" for word in options.only):
            continue
        target = options.out / folder
        target.mkdir(parents=True, exist_ok=True)
        if (target / f"{shot.name}.jpg").exists() and not options.again:
            continue
        start = time.monotonic()
        width = options.width if folder != "near_copies" else options.width * 3 // 4
        studio.take(shot, target, width, options.samples)
        print(f"{folder}/{shot.name} {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
