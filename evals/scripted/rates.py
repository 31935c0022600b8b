"""How often the scripted model errs, as it is told in the prompt itself: another prompt is another model.

A line of the instructions:

    scripted: seed=7 category=.10 case.title=.05 not-json=.01

Each rate is the share of answers that have the fault, drawn anew for each answer; after `case.` the share of
cases whose answers all have it. The same seed draws the same faults for the same picture and repeat. What has
no rate is right.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rates:
    """What a prompt says of the model's errors: fault to share, per answer and per case."""

    seed: int = 0
    per_answer: Mapping[str, float] = field(default_factory=dict)
    per_case: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, instructions: str, otherwise: "Rates | None" = None) -> "Rates":
        """The rates in a prompt's instructions; without the line `otherwise`. Raises ValueError."""
        line = re.search(r"^scripted:(.*)$", instructions, re.MULTILINE)
        return cls.parse(line[1]) if line else otherwise or cls()

    @classmethod
    def parse(cls, line: str) -> "Rates":
        """The rates in such a line. Raises ValueError for a bad one."""
        pairs = dict(word.split("=", 1) for word in line.split())
        seed = int(pairs.pop("seed", 0))
        shares = {name: float(share) for name, share in pairs.items()}
        per_case = {name.removeprefix("case."): rate for name, rate in shares.items() if "case." in name}
        return cls(seed, {name: rate for name, rate in shares.items() if "case." not in name}, per_case)

    def faults(self, picture: str, repeat: int) -> list[str]:
        """The faults that the answer to this picture has in this repeat."""
        drawn = [name for name, rate in self.per_answer.items() if self._draw(name, picture, repeat) < rate]
        return drawn + [name for name, rate in self.per_case.items() if self._draw(name, picture, 0) < rate]

    def _draw(self, *parts: object) -> float:
        """From 0 to below 1, the same for the same parts."""
        text = ":".join(map(str, (self.seed, *parts)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
