"""A phase that votes on a selection needs the roll of the matter's chamber frozen under the matter's name."""

from __future__ import annotations

from dataclasses import dataclass

from chambers.domain.process import Process
from rules.charter import Chamber


@dataclass(frozen=True, slots=True)
class RollToFreeze:
    """Whose roll, and for which box."""

    chamber: Chamber
    box: str


def roll_to_freeze(process: Process) -> RollToFreeze | None:
    """What the open phase votes with; None where it votes on nothing, or its chamber keeps no roll."""
    charter = process.charter
    phase = charter.phase(process.phase) if charter is not None and process.phase is not None else None
    if charter is None or phase is None or phase.votes is None or process.status != "open":
        return None
    matter = charter.matter(phase.votes)
    chamber = charter.chamber(matter.chamber) if matter is not None and matter.chamber is not None else None
    if matter is None or chamber is None or chamber.electors != "enrolled":
        return None
    return RollToFreeze(chamber, matter.name)
