"""A box is sealed once: by its phase closing, its deadline, or by command where no phase votes it; what comes after is late."""

from __future__ import annotations

from dataclasses import dataclass

from ballots.domain.box import Box, SealedBox, Unopened, unknown_box
from ballots.domain.events import BoxSealed, Trigger
from kernel.refusal import Kind, Refused


@dataclass(frozen=True, slots=True)
class Held:
    """What a box holds: voters with a counted ballot, and stations with a counted sheet."""

    ballots: int = 0
    sheets: int = 0


@dataclass(frozen=True, slots=True)
class SealBox:
    """Seal it. `held` is all that the log holds for this box at that moment."""

    box: str
    held: Held
    trigger: Trigger


def decide_seal(box: Box, command: SealBox) -> tuple[BoxSealed, ...] | Refused:
    """`BoxSealed`; refused when it is sealed already, or by command where a phase seals it."""
    if isinstance(box, Unopened):
        return unknown_box(command.box)
    if isinstance(box, SealedBox):
        say = "the box is sealed already; GetBox tells its count"
        return Refused("box_sealed", kind=Kind.EXISTS, say=say, box=command.box, trigger=box.sealed.trigger)
    event = box.opening.event
    if command.trigger == "command" and event.motion is None:
        say = "this box is sealed when the phase that votes its matter closes; close the phase"
        return Refused("sealed_by_its_phase", say=say, box=command.box, matter=event.matter)
    held = command.held
    return (BoxSealed(box=command.box, ballots=held.ballots, sheets=held.sheets, trigger=command.trigger),)
