"""A lot is drawn by RFC 3797 from a seed nobody could know when the rule was fixed; anyone can redo it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_DRAWS = 65_536
"""RFC 3797 numbers draws with two bytes."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: its number, the hash, how many were left, the place (from 1) that the hash names, who stood there."""

    number: int
    digest: str
    left: int
    place: int
    drawn: str

    def to_json(self) -> dict[str, Any]:
        """All that is needed to redo the draw by hand."""
        return {
            "number": self.number,
            "digest": self.digest,
            "left": self.left,
            "place": self.place,
            "drawn": self.drawn,
        }


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot drawn: the seed and the key text made from it, the list as it stood before, each draw in order."""

    seed: str
    key: str
    entries: tuple[str, ...]
    draws: tuple[Draw, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """The entries in the order drawn."""
        return tuple(draw.drawn for draw in self.draws)

    def to_json(self) -> dict[str, Any]:
        """Seed, key, list and each draw."""
        draws = [draw.to_json() for draw in self.draws]
        return {"seed": self.seed, "key": self.key, "list": list(self.entries), "draws": draws}


def draw_all(key: str, entries: Sequence[str]) -> tuple[Draw, ...]:
    """RFC 3797 §4: draw every entry. Each draw hashes number ‖ key ‖ number (two bytes, big-endian) with MD5."""
    if len(entries) > MAX_DRAWS:
        raise ValueError(f"at most {MAX_DRAWS} entries can be drawn, found {len(entries)}")
    left, draws, text = list(entries), [], key.encode("ascii")
    for number in range(len(entries)):
        edge = number.to_bytes(2, "big")
        digest = hashlib.md5(edge + text + edge, usedforsecurity=False).hexdigest()
        place = int(digest, 16) % len(left)
        draws.append(Draw(number, digest.upper(), len(left), place + 1, left.pop(place)))
    return tuple(draws)


def lot_key(seed: bytes, lot: int) -> str:
    """The key of the `lot`-th lot (from 1) of a seed: two sources in RFC 3797 §4.1's form, a text (hex), a number."""
    return f"{seed.hex().upper()}/{lot}./"


def draw_lot(seed: bytes, lot: int, entries: Sequence[str]) -> Lot:
    """Draw all of `entries`, in the order of the list given; `lot` counts the lots drawn from that seed."""
    key = lot_key(seed, lot)
    return Lot(seed.hex(), key, tuple(entries), draw_all(key, entries))
