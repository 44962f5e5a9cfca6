"""A count sheet counts when its station signed it, its totals are possible, and it names the sheet that it corrects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from ballots.domain.box import Box, OpenBox, SealedBox, Unopened, unknown_box
from ballots.domain.events import CountSheetFiled
from ballots.domain.moot import Moot, refuse_moot
from kernel import canonical
from kernel.events import Event
from kernel.ids import Name, ProcessId
from kernel.numbers import Exact
from kernel.refusal import Kind, Refused
from tally.counting import MAX_VOTERS, Sheet
from tally.sheets import check_sheet, whole_ballots_needed

SIGNATURE_BYTES = 64


class FileCountSheet(BaseModel):
    """What a station counted, and the version of its sheet that this one corrects (None in the first)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process_id: ProcessId
    box: Name
    station: Name
    unit: Name | None = None
    voters: int = Field(ge=0, le=MAX_VOTERS)
    totals: dict[Name, Exact]
    blank: int = Field(default=0, ge=0, le=MAX_VOTERS)
    invalid: int = Field(default=0, ge=0, le=MAX_VOTERS)
    replaces: int | None = Field(default=None, ge=1)
    note: str = Field(default="", max_length=1000)
    signature: bytes = Field(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)

    def event(self) -> CountSheetFiled:
        """The sheet as it is logged."""
        fields = self.model_dump(exclude={"process_id", "signature"})
        return CountSheetFiled(**fields, signature=self.signature.hex())


@dataclass(frozen=True, slots=True)
class StationsSheet:
    """A station's latest sheet; version 0 when it filed none."""

    version: int = 0
    voters: int = 0
    sheet: Sheet | None = None


NO_SHEET = StationsSheet()


def evolve(filed: StationsSheet, event: Event) -> StationsSheet:
    """The newest sheet counts."""
    if not isinstance(event, CountSheetFiled):
        return filed
    return StationsSheet(filed.version + 1, event.voters, sheet_of(event))


def sheet_of(event: CountSheetFiled) -> Sheet:
    """What `tally` counts of a sheet."""
    return Sheet(
        station=event.station,
        unit=event.unit,
        voters=event.voters,
        totals=event.totals,
        blank=event.blank,
        invalid=event.invalid,
    )


@dataclass(frozen=True, slots=True)
class _Filing:
    box: OpenBox
    filed: StationsSheet
    command: FileCountSheet
    event: CountSheetFiled
    cancelled: bool
    moot: Moot | None


def process_is_not_cancelled(filing: _Filing) -> Refused | None:
    """A cancelled process takes nothing more."""
    if filing.cancelled:
        return Refused("process_cancelled", say="the process was cancelled; it takes no more count sheets")
    return None


def box_is_open(filing: _Filing) -> Refused | None:
    """A sheet is never late: it is filed before the seal, or not at all."""
    if isinstance(filing.box, SealedBox):
        say = "the box is sealed; it takes no more count sheets, and what was counted stands"
        return Refused("box_sealed", say=say, box=filing.box.name, trigger=filing.box.sealed.trigger)
    return None


def box_is_not_moot(filing: _Filing) -> Refused | None:
    """Nothing is taken that could never count."""
    return refuse_moot(filing.box, filing.moot)


def station_is_registered(filing: _Filing) -> Refused | None:
    """By `RegisterStation`, with its key."""
    if filing.command.station in filing.box.stations:
        return None
    say = "no such station is registered with this box; register it with its key first"
    return Refused("unknown_station", kind=Kind.NOT_FOUND, say=say, station=filing.command.station)


def unit_is_the_stations(filing: _Filing) -> Refused | None:
    """A station counts for the one unit that it was registered with."""
    expected, found = filing.box.stations[filing.command.station].unit, filing.command.unit
    if found == expected:
        return None
    say = "the sheet names the unit that its station was registered with"
    return Refused("unit_not_the_stations", kind=Kind.INVALID, say=say, expected=expected, found=found)


def station_signed_it(filing: _Filing) -> Refused | None:
    """RFC 8032: Ed25519 by the station's key over `signed_bytes`."""
    key = bytes.fromhex(filing.box.stations[filing.command.station].key)
    data = filing.event.model_dump(mode="json")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            filing.command.signature, signed_bytes(filing.command.process_id, data)
        )
    except (InvalidSignature, ValueError):
        say = "sign the RFC 8785 form of the sheet, with process_id and without signature, with the station's key"
        return Refused("signature_wrong", kind=Kind.DENIED, say=say, station=filing.command.station)
    return None


def it_names_what_it_corrects(filing: _Filing) -> Refused | None:
    """The first sheet names none; each later one the version that it replaces."""
    current, named = filing.filed.version or None, filing.command.replaces
    if named == current:
        return None
    if current is None:
        say = "this station has filed no sheet yet; leave `replaces` out"
    else:
        say = f"a correction names the sheet it replaces: version {current}"
    return Refused("sheet_version", kind=Kind.CONFLICT, say=say, expected=current, found=named)


def totals_are_possible(filing: _Filing) -> Refused | None:
    """`tally.sheets.check_sheet` says what so many voters can have cast."""
    opening = filing.box.opening
    if opening.needs_ballots:
        return whole_ballots_needed()
    return check_sheet(opening.rules, opening.options, sheet_of(filing.event))


SHEET_ADMISSION: tuple[Callable[[_Filing], Refused | None], ...] = (
    process_is_not_cancelled,
    box_is_open,
    box_is_not_moot,
    station_is_registered,
    unit_is_the_stations,
    station_signed_it,
    it_names_what_it_corrects,
    totals_are_possible,
)


def signed_bytes(process_id: str, sheet: Mapping[str, Any]) -> bytes:
    """What a station signs: the canonical JSON of the logged sheet without its signature, with the process it is for."""
    signed = {name: value for name, value in sheet.items() if name != "signature"}
    return canonical.dumps({**signed, "process_id": process_id})


def decide_file(
    box: Box, filed: StationsSheet, command: FileCountSheet, *, cancelled: bool = False, moot: Moot | None = None
) -> tuple[CountSheetFiled, ...] | Refused:
    """`CountSheetFiled`, or the first policy of `SHEET_ADMISSION` that refuses."""
    if isinstance(box, Unopened):
        return unknown_box(command.box)
    filing = _Filing(box, filed, command, command.event(), cancelled, moot)
    for policy in SHEET_ADMISSION:
        refused = policy(filing)
        if refused is not None:
            return refused
    return (filing.event,)
