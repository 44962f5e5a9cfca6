"""A box is opened once, with the rules its charter declared, when a chamber is asked or a selection's roll is frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ballots.domain.box import Box, Unopened
from ballots.domain.events import BoxOpened, BoxSealed, Electors, OptionOffered, RollUsed
from kernel.events import Event


@dataclass(frozen=True)
class OpenABox:
    """All that a box needs. `ballot` and `allocation` are as in the charter; `roll` None where electors are only counted.

    `over` when the phase that votes it closed before it could be opened.
    """

    box: str
    matter: str
    chamber: str
    ballot: Mapping[str, Any]
    electors: Electors
    units: Sequence[str]
    motion: str | None = None
    round: int = 1
    options: Sequence[Mapping[str, Any]] = ()
    allocation: Mapping[str, Any] | None = None
    roll: Mapping[str, Any] | None = None
    deadline: str | None = None
    over: bool = False


def decide_open(box: Box, command: OpenABox) -> tuple[Event, ...]:
    """Nothing when the box was opened before. A box whose voting is over is sealed in the same breath, empty."""
    if not isinstance(box, Unopened):
        return ()
    opened = BoxOpened(
        box=command.box,
        matter=command.matter,
        chamber=command.chamber,
        motion=command.motion,
        round=command.round,
        ballot=dict(command.ballot),
        options=[OptionOffered.model_validate(option) for option in command.options],
        allocation=None if command.allocation is None else dict(command.allocation),
        electors=command.electors,
        roll=None if command.roll is None else RollUsed.model_validate(command.roll),
        units=list(command.units) or None,
        stations=[],
        deadline=command.deadline,
    )
    if not command.over:
        return (opened,)
    return opened, BoxSealed(box=command.box, ballots=0, sheets=0, trigger="phase")
