"""Makes the pictures of the demo's shop: `python render.py --all`, or `--only chair lamp` for those whose name contains a word.

`--evaluation` makes those of `evals/datasets/demo` instead.

Needs PyPI's bpy 4.5 (CPython 3.11) and Pillow. Pictures that exist are kept unless `--again` is given.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import evaluation
import phone
import plan
import studio

DEMO = Path(__file__).parents[1]
EVALUATION = DEMO.parents[1] / "evals" / "datasets" / "demo"
EVALUATION_BYTES = 36_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--evaluation", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--samples", type=int, default=7)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    shots = ((evaluation.FOLDER, shot) for shot in evaluation.SHOTS) if options.evaluation else plan.every()
    out = options.out or (EVALUATION if options.evaluation else DEMO)
    for folder, shot in shots:
        if not options.all and not any(word in f"{folder}/{shot.name}" for word in options.only):
            continue
        target = out / folder
        target.mkdir(parents=True, exist_ok=True)
        if (target / f"{shot.name}.jpg").exists() and not options.again:
            continue
        start = time.monotonic()
        width = options.width if folder != "near_copies" else options.width * 3 // 4
        studio.take(shot, target, width, options.samples, EVALUATION_BYTES if options.evaluation else phone.MAX_BYTES)
        print(f"{folder}/{shot.name} {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
