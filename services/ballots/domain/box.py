"""A box opens once, takes ballots until it is sealed, and is tallied once; its state says which, as a type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from pydantic import JsonValue

from ballots.domain.events import BoxOpened, BoxSealed, BoxTallied, StationKnown, StationRegistered
from kernel.events import Event
from kernel.refusal import Kind, Refused
from tally.allocation import AllocationRules, needs_ballots
from tally.election import ElectionRules
from tally.forms import BallotRules, Option


@dataclass(frozen=True, slots=True)
class Unopened:
    """No such box."""


@dataclass(frozen=True)
class Opening:
    """What a box was opened with, ready to decide with. Parsed once from `BoxOpened`."""

    event: BoxOpened

    @cached_property
    def rules(self) -> BallotRules:
        """The ballot as the charter declared it."""
        return BallotRules.model_validate(self.event.ballot)

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """What can be chosen, as listed on the ballot; empty in a motion's box."""
        offered = (Option.model_validate(each.model_dump()) for each in self.event.options)
        return MappingProxyType({option.option: option for option in offered})

    @cached_property
    def allocation(self) -> AllocationRules | None:
        """How the box's budget follows its votes; None in a motion's box."""
        declared = self.event.allocation
        return None if declared is None else AllocationRules.model_validate(declared)

    @cached_property
    def election(self) -> ElectionRules | None:
        """How rankings or grades elect; None where a budget is allocated, and in a motion's box."""
        declared = self.event.election
        return None if declared is None else ElectionRules.model_validate(declared)

    @cached_property
    def needs_ballots(self) -> bool:
        """Whether whole ballots are counted, so that the totals of a paper station say too little."""
        return self.election is not None or (self.allocation is not None and needs_ballots(self.allocation))

    @property
    def budget(self) -> Fraction | None:
        """What there is to allocate."""
        return None if self.allocation is None else self.allocation.budget


@dataclass(frozen=True)
class OpenBox:
    """Takes ballots, stations and count sheets."""

    opening: Opening
    stations: Mapping[str, StationKnown]

    @property
    def name(self) -> str:
        """The box's id."""
        return self.opening.event.box


@dataclass(frozen=True)
class SealedBox(OpenBox):
    """Takes nothing more; what comes is recorded as late."""

    sealed: BoxSealed


@dataclass(frozen=True)
class TalliedBox(SealedBox):
    """Counted, for ever."""

    count: Mapping[str, JsonValue]
    allocation: Mapping[str, JsonValue] | None


Box: TypeAlias = Unopened | OpenBox | SealedBox | TalliedBox


def evolve(box: Box, event: Event) -> Box:
    """The box after one more event of its stream."""
    if isinstance(event, BoxOpened):
        return OpenBox(Opening(event), {station.station: station for station in event.stations})
    if isinstance(box, Unopened):
        return box
    if isinstance(event, StationRegistered):
        known = StationKnown(station=event.station, key=event.key, unit=event.unit)
        return replace(box, stations={**box.stations, event.station: known})
    if isinstance(event, BoxSealed):
        return SealedBox(box.opening, box.stations, event)
    if isinstance(event, BoxTallied) and isinstance(box, SealedBox):
        return TalliedBox(box.opening, box.stations, box.sealed, event.count, event.allocation)
    return box


def status(box: OpenBox) -> str:
    """`open`, `sealed` or `tallied`."""
    if isinstance(box, TalliedBox):
        return "tallied"
    return "sealed" if isinstance(box, SealedBox) else "open"


def unknown_box(box: str) -> Refused:
    """The refusal of whatever names a box that was never opened."""
    say = "no such box was opened in this process; ListBoxes names those there are"
    return Refused("unknown_box", kind=Kind.NOT_FOUND, say=say, box=box)
