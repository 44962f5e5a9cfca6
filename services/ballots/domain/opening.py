"""A box is opened once, with the rules its charter declared, when a chamber is asked or a selection's roll is frozen.

Where the charter has the order on the ballot drawn by lot, it is drawn by RFC 3797 from the root of the process's records
up to the freeze of the roll: the shortlist stood before anyone could know it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ballots.domain.box import Box, Unopened
from ballots.domain.events import BoxOpened, BoxSealed, Electors, OptionOffered, RollUsed
from kernel.events import Event
from tally.lots import draw_lot


@dataclass(frozen=True)
class OpenABox:
    """All that a box needs. `ballot` and `allocation` are as in the charter; `roll` None where electors are only counted.

    `over` when the phase that votes it closed before it could be opened. `order_seed` where the order is drawn by lot.
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
    election: Mapping[str, Any] | None = None
    order_seed: bytes | None = None
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
        options=_in_order(command),
        allocation=None if command.allocation is None else dict(command.allocation),
        electors=command.electors,
        roll=None if command.roll is None else RollUsed.model_validate(command.roll),
        units=list(command.units) or None,
        stations=[],
        deadline=command.deadline,
        election=None if command.election is None else dict(command.election),
        order_seed=None if command.order_seed is None else command.order_seed.hex(),
    )
    if not command.over:
        return (opened,)
    return opened, BoxSealed(box=command.box, ballots=0, sheets=0, trigger="phase")


def _in_order(command: OpenABox) -> list[OptionOffered]:
    """The options as the ballot lists them: as submitted, or as drawn, the list drawn from being the one submitted."""
    offered = {option.option: option for option in map(OptionOffered.model_validate, command.options)}
    if command.order_seed is None:
        return list(offered.values())
    return [offered[name] for name in draw_lot(command.order_seed, 1, tuple(offered)).order]
