"""A paper station is known to a box by one Ed25519 key, and by its unit where the box counts by units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from ballots.domain.box import Box, OpenBox, SealedBox, Unopened, unknown_box
from ballots.domain.events import StationRegistered
from kernel.ids import Name
from kernel.refusal import Kind, Refused
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


STATION_ADMISSION: tuple[Callable[[_Asked], Refused | None], ...] = (
    totals_are_enough,
    box_takes_stations,
    station_is_new,
    unit_is_the_boxs,
)


def wrong_unit(box: OpenBox, unit: str | None) -> Refused | None:
    """Why a unit is not one of the box's, or None."""
    units = box.opening.event.units
    if units is None and unit is not None:
        return Refused("unit_not_expected", kind=Kind.INVALID, say="this box counts no units; name none", unit=unit)
    if units is not None and unit not in units:
        expected = ", ".join(units[:30]) + (", …" if len(units) > 30 else "")
        say = "name one of the units that this box counts by"
        return Refused("unknown_unit", kind=Kind.INVALID, say=say, unit=unit, expected=expected)
    return None


def decide_register(box: Box, command: RegisterStation) -> tuple[StationRegistered, ...] | Refused:
    """`StationRegistered`, or the first policy of `STATION_ADMISSION` that refuses."""
    if isinstance(box, Unopened):
        return unknown_box(command.box)
    asked = _Asked(box, command)
    for policy in STATION_ADMISSION:
        refused = policy(asked)
        if refused is not None:
            return refused
    key = command.key.hex()
    return (StationRegistered(box=command.box, station=command.station, key=key, unit=command.unit),)
