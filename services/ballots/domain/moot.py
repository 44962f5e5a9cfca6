"""A box takes nothing more once nothing in it can count: its motion was withdrawn, or its chamber's time to advise lapsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ballots.domain.box import OpenBox, SealedBox
from kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Moot:
    """What made a box moot, and the index in its process of the event that did."""

    why: Literal["withdrawn", "lapsed"]
    process_index: int


def refuse_moot(box: OpenBox, moot: Moot | None) -> Refused | None:
    """`motion_withdrawn` or `advice_lapsed`; None for a box that is not moot, or is sealed: what comes then is late."""
    if moot is None or isinstance(box, SealedBox):
        return None
    motion, index = box.opening.event.motion, moot.process_index
    if moot.why == "withdrawn":
        say = "the motion was withdrawn before this came, so that it could never count; see the event at this process_index"
        return Refused("motion_withdrawn", say=say, box=box.name, motion=motion, process_index=index)
    say = "the chamber's time to advise passed before this came, so that it could never count; its silence is noted"
    return Refused("advice_lapsed", say=say, box=box.name, motion=motion, process_index=index)
