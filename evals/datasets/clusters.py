"""Which cases are not independent of each other: plain values, no rows.

Cases are in one cluster if they share a declared name (a seller, a product), if one names the other, or if
two of their pictures are nearly the same; and so on through others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

NEAR: Final = 8
"""Bits of 64 by which the perceptual hashes of two pictures may differ and still be one picture."""


@dataclass(frozen=True, slots=True)
class Member:
    """A case as clusters see it; `phashes` are signed 64-bit, one a picture."""

    key: str
    split: str
    names: tuple[str, ...] = ()
    phashes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Spanning:
    """A cluster with cases in more than one split: by split, the keys."""

    keys: dict[str, list[str]]

    def __str__(self) -> str:
        places = "; ".join(f"{split}: {', '.join(keys)}" for split, keys in self.keys.items())
        return (
            f"These belong together (one seller, one product or nearly the same picture) but stand in "
            f"different splits ({places}). Give them one split."
        )


def clusters(members: Sequence[Member]) -> dict[str, str]:
    """Each case's key with the name of its cluster: the first key in it."""
    parent = {member.key: member.key for member in members}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in _ties(members):
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {key: root(key) for key in parent}


def spanning(members: Sequence[Member]) -> list[Spanning]:
    """The clusters that stand in more than one split."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    of = clusters(members)
    for member in members:
        found[of[member.key]][member.split].append(member.key)
    return [Spanning(dict(splits)) for splits in found.values() if len(splits) > 1]


def _ties(members: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """Pairs of keys that belong together."""
    named: dict[str, str] = {f"case:{member.key}": member.key for member in members}
    for member in members:
        for name in member.names:
            yield named.setdefault(name, member.key), member.key
    yield from _near([(member.key, each) for member in members for each in member.phashes])


def _near(pictures: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Pairs of keys whose pictures differ in at most NEAR bits."""
    pairs = list(pictures)
    hashes = np.array([phash & 0xFFFF_FFFF_FFFF_FFFF for _key, phash in pairs], dtype=np.uint64)
    for at, (key, _phash) in enumerate(pairs):
        distances = np.bitwise_count(hashes[at + 1 :] ^ hashes[at])
        for other in np.flatnonzero(distances <= NEAR):
            yield key, pairs[at + 1 + int(other)][0]
