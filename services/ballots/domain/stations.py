"""A paper station is known to a box by one Ed25519 key, and by its unit where the box counts by units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from ballots.domain.box import Box, OpenBox, SealedBox, Unopened, unknown_box
from ballots.domain.events import StationRegistered
from kernel.ids import Name
from kernel.refusal import Kind, Refused, first_of
from tally.sheets import whole_ballots_needed

KEY_BYTES = 32


class RegisterStation(BaseModel):
    """`key` is the 32 bytes of an Ed25519 public key; the station keeps the private one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    box: Name
    station: Name
    key: bytes = Field(min_length=KEY_BYTES, max_length=KEY_BYTES)
    unit: Name | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    box: OpenBox
    command: RegisterStation
    delegates: bool


def box_takes_stations(asked: _Asked) -> Refused | None:
    """Not once it is sealed."""
    if isinstance(asked.box, SealedBox):
        return Refused("box_sealed", say="the box is sealed; a station is registered before", box=asked.box.name)
    return None


def totals_are_enough(asked: _Asked) -> Refused | None:
    """A box that counts whole ballots takes no count sheets, and so no stations."""
    return whole_ballots_needed() if asked.box.opening.needs_ballots else None


def station_is_new(asked: _Asked) -> Refused | None:
    """Its key never changes."""
    if asked.command.station in asked.box.stations:
        say = "this station is registered already; register the other key under another name"
        return Refused("station_exists", kind=Kind.EXISTS, say=say, station=asked.command.station)
    return None


def unit_is_the_boxs(asked: _Asked) -> Refused | None:
    """A box that counts by units knows each station's; another box has none."""
    return wrong_unit(asked.box, asked.command.unit)


def nobody_is_represented(asked: _Asked) -> Refused | None:
    """A sheet names nobody: who voted on paper and is represented as well would be counted twice."""
    if not asked.delegates:
        return None
    chamber = asked.box.opening.event.chamber
    say = "members of this chamber may be represented, so each ballot is cast by name; have the registrar enter them"
    return Refused("station_with_delegation", say=say, box=asked.box.name, chamber=chamber)


STATION_ADMISSION: tuple[Callable[[_Asked], Refused | None], ...] = (
    totals_are_enough,
    box_takes_stations,
    station_is_new,
    unit_is_the_boxs,
    nobody_is_represented,
)


def wrong_unit(box: OpenBox, unit: str | None) -> Refused | None:
    """Why a unit is not one of the box's, or None."""
    units = box.opening.event.units
    if units is None and unit is not None:
        return Refused("unit_not_expected", kind=Kind.INVALID, say="this box counts no units; name none", unit=unit)
    if units is not None and unit not in units:
        say = "name one of the units that this box counts by"
        return Refused("unknown_unit", kind=Kind.INVALID, say=say, unit=unit, expected=first_of(units, 30))
    return None


def decide_register(
    box: Box, command: RegisterStation, *, delegates: bool = False
) -> tuple[StationRegistered, ...] | Refused:
    """`StationRegistered`, or the first policy of `STATION_ADMISSION` that refuses.

    `delegates`: whether the charter lets members of the box's chamber be represented.
    """
    if isinstance(box, Unopened):
        return unknown_box(command.box)
    asked = _Asked(box, command, delegates)
    for policy in STATION_ADMISSION:
        refused = policy(asked)
        if refused is not None:
            return refused
    key = command.key.hex()
    return (StationRegistered(box=command.box, station=command.station, key=key, unit=command.unit),)
