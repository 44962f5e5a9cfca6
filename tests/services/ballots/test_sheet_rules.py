"""Count sheets: signed by their station, possible, and each correction names what it corrects."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from ballots.domain.box import Box, Unopened
from ballots.domain.events import CountSheetFiled, StationRegistered
from ballots.domain.moot import Moot
from ballots.domain.sheets import (
    NO_SHEET,
    SHEET_ADMISSION,
    FileCountSheet,
    StationsSheet,
    decide_file,
    evolve,
    signed_bytes,
)
from ballots.domain.stations import RegisterStation, decide_register
from kernel.events import Event
from kernel.refusal import Kind, Refused
from testkit.scenario import Then
from tests.services.ballots.building import an_open_box, known_station, sealed

PROCESS = "budget"
HALL = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
KEY = HALL.public_key().public_bytes_raw()
TOTALS = {"well": "6", "bench": "3", "lamp": "0"}


def sheet(signer: Ed25519PrivateKey = HALL, process_id: str = PROCESS, **changes: Any) -> FileCountSheet:
    """A sheet of 9 voters, 1 of them blank and 1 invalid, signed over exactly what it says."""
    fields: dict[str, Any] = {
        "process_id": PROCESS,
        "box": "projects",
        "station": "town-hall",
        "voters": 9,
        "totals": TOTALS,
        "blank": 1,
        "invalid": 1,
        "note": "counted twice",
        "signature": b"\x00" * 64,
    } | changes
    unsigned = FileCountSheet.model_validate(fields).event().model_dump(mode="json")
    return FileCountSheet.model_validate(fields | {"signature": signer.sign(signed_bytes(process_id, unsigned))})


def filing(
    command: FileCountSheet, *before: Event, box: Box | None = None, unit: str | None = None, cancelled: bool = False
) -> Then[CountSheetFiled]:
    """Decide a sheet where the station has filed those of `before`."""
    filed: StationsSheet = NO_SHEET
    for event in before:
        filed = evolve(filed, event)
    where = box or an_open_box(stations=[known_station(KEY, unit=unit)], units=["north"] if unit else None)
    return Then(decide_file(where, filed, command, cancelled=cancelled))


def test_a_signed_sheet_is_filed_as_it_was_signed() -> None:
    command = sheet()
    filing(command).then(command.event())
    assert command.event().payload() == (
        b'{"blank":1,"box":"projects","invalid":1,"note":"counted twice","replaces":null,"signature":"'
        + command.signature.hex().encode()
        + b'","station":"town-hall","totals":{"bench":"3","lamp":"0","well":"6"},"unit":null,"voters":9}'
    )


def test_a_correction_names_the_sheet_it_replaces() -> None:
    first, second = sheet(), sheet(voters=10, totals={"well": "8"}, replaces=1)
    filing(second, first.event()).then(second.event())
    assert evolve(evolve(NO_SHEET, first.event()), second.event()).version == 2


@pytest.mark.parametrize(
    ("filed", "replaces", "expected"),
    [
        pytest.param(0, 1, None, id="the first sheet replaces none"),
        pytest.param(1, None, 1, id="a second sheet must name the first"),
        pytest.param(2, 1, 2, id="a correction of what was corrected already"),
        pytest.param(1, 2, 1, id="a sheet that was never filed"),
    ],
)
def test_a_sheet_that_names_another_than_the_last_is_refused(
    filed: int, replaces: int | None, expected: int | None
) -> None:
    before = [sheet().event()] * filed
    refused = filing(sheet(replaces=replaces), *before).refused("sheet_version", expected=expected, found=replaces)
    assert refused.kind is Kind.CONFLICT


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"signer": OTHER}, "signature_wrong", id="signed by another key"),
        pytest.param({"process_id": "another"}, "signature_wrong", id="signed for another process"),
        pytest.param({"station": "library"}, "unknown_station", id="a station nobody registered"),
        pytest.param({"unit": "north"}, "unit_not_the_stations", id="another unit than the station's"),
        pytest.param({"totals": {"castle": "1"}}, "unknown_option", id="a project not on the shortlist"),
        pytest.param({"totals": {"well": "8"}}, "sheet_total", id="more votes than valid ballots"),
        pytest.param({"totals": {"well": "-1"}}, "sheet_total", id="fewer than no votes"),
        pytest.param({"totals": {"well": "1/2"}}, "sheet_total", id="half a vote"),
        pytest.param({"totals": {"well": "6"}}, "sheet_sum", id="fewer votes than valid ballots"),
        pytest.param({"totals": {"well": "7", "bench": "7", "lamp": "1"}}, "sheet_sum", id="more than two votes each"),
        pytest.param({"blank": 5, "invalid": 5}, "sheet_voters", id="more blank and invalid than voters"),
    ],
)
def test_a_sheet_that_cannot_be_right_is_refused(changes: dict[str, Any], reason: str) -> None:
    process = changes.pop("process_id", PROCESS)
    assert filing(sheet(process_id=process, **changes)).refused(reason).say


def test_a_sheet_changed_after_it_was_signed_is_refused() -> None:
    forged = sheet().model_copy(update={"voters": 8})
    refused = filing(forged).refused("signature_wrong", station="town-hall")
    assert refused.kind is Kind.DENIED


def test_a_station_counts_for_its_own_unit() -> None:
    command = sheet(unit="north")
    filing(command, unit="north").then(command.event())
    filing(sheet(), unit="north").refused("unit_not_the_stations", expected="north", found=None)


def test_no_sheet_is_filed_after_the_seal() -> None:
    box = an_open_box(sealed("command"), stations=[known_station(KEY)])
    filing(sheet(), box=box).refused("box_sealed", trigger="command")


def test_a_cancelled_process_takes_no_sheet() -> None:
    filing(sheet(), cancelled=True).refused("process_cancelled")


def test_a_moot_box_takes_no_sheet() -> None:
    box = an_open_box(stations=[known_station(KEY)])
    moot = Moot("withdrawn", 7)
    Then(decide_file(box, NO_SHEET, sheet(), moot=moot)).refused("motion_withdrawn", box="projects", process_index=7)


def test_a_sheet_for_a_box_that_was_never_opened_is_refused() -> None:
    filing(sheet(), box=Unopened()).refused("unknown_box", box="projects")


WHOLE = [
    pytest.param({"rule": "equal-shares", "budget": "10", "utility": "cost"}, None, id="shares that voters pay"),
    pytest.param(None, {"method": "schulze"}, id="an election"),
]


@pytest.mark.parametrize(("allocation", "election"), WHOLE)
def test_a_box_that_is_counted_from_whole_ballots_takes_no_sheet_and_no_station(
    allocation: dict[str, str] | None, election: dict[str, str] | None
) -> None:
    ballot = {"form": "ranking" if election else "approval"}
    box = an_open_box(stations=[known_station(KEY)], allocation=allocation, election=election, ballot=ballot)
    filing(sheet(), box=box).refused("whole_ballots_needed")
    Then(decide_register(box, station(station="school"))).refused("whole_ballots_needed")


def test_the_policies_of_a_sheet_are_listed_in_the_order_in_which_they_are_asked() -> None:
    assert [policy.__name__ for policy in SHEET_ADMISSION] == [
        "process_is_not_cancelled",
        "box_is_open",
        "box_is_not_moot",
        "station_is_registered",
        "unit_is_the_stations",
        "station_signed_it",
        "it_names_what_it_corrects",
        "totals_are_possible",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("voters", -1, id="fewer than no voters"),
        pytest.param("voters", 10**13, id="more voters than mankind"),
        pytest.param("totals", {"well": "1e3"}, id="a total that is no exact number"),
        pytest.param("totals", {"well": "9" * 61}, id="a total of 61 digits"),
        pytest.param("note", "n" * 1001, id="a note of 1001 characters"),
        pytest.param("signature", b"\x00" * 63, id="a signature of 63 bytes"),
        pytest.param("replaces", 0, id="version 0"),
    ],
)
def test_a_sheet_that_is_not_well_formed_is_no_command(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        FileCountSheet.model_validate(sheet().model_dump() | {field: value})


def registering(command: RegisterStation, *before: Event, **box: Any) -> Then[StationRegistered]:
    return Then(decide_register(an_open_box(*before, **box), command))


def station(**changes: Any) -> RegisterStation:
    fields: dict[str, Any] = {"box": "projects", "station": "town-hall", "key": KEY} | changes
    return RegisterStation(**fields)


def test_a_station_is_registered_once() -> None:
    registered = StationRegistered(box="projects", station="town-hall", key=KEY.hex(), unit=None)
    registering(station()).then(registered)
    registering(station(), registered).refused("station_exists", station="town-hall")


@pytest.mark.parametrize(
    ("units", "unit", "reason"),
    [
        pytest.param(["north"], None, "unknown_unit", id="a box of units needs one"),
        pytest.param(["north"], "south", "unknown_unit", id="not one of the box's units"),
        pytest.param(None, "north", "unit_not_expected", id="a box without units"),
    ],
)
def test_a_station_of_the_wrong_unit_is_refused(units: list[str] | None, unit: str | None, reason: str) -> None:
    registering(station(unit=unit), units=units).refused(reason, unit=unit)


def test_no_station_is_registered_where_members_may_be_represented() -> None:
    box = an_open_box()
    Then(decide_register(box, station(), delegates=True)).refused("station_with_delegation", chamber="residents")
    assert not isinstance(decide_register(box, station(), delegates=False), Refused)


def test_a_station_is_registered_before_the_seal() -> None:
    registering(station(), sealed()).refused("box_sealed")
    Then(decide_register(Unopened(), station())).refused("unknown_box")
