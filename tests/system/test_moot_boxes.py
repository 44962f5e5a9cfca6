"""What is said in a box whose motion was withdrawn, or whose time to advise lapsed: services and auditor agree on it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.keys import load_or_create
from cli.client import CommandRefused
from cli.paper import Station
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from kernel.records import Record
from replay.verify import Report, replay_states, verify
from tests.system.assembly import LIQUID, Delegating
from tests.system.sittings import WORDS, House, Sitting
from tests.system.tampering import Edit, cancelled_before, first_of, opened, renumbered, resigned
from tests.system.test_states_agree import plain

pytestmark = pytest.mark.slow

CHARTER = """\
comitia: 1
name: moot
title: Motions that are taken back, and advice that never comes
phases: [{name: sittings, title: Sittings, allows: [enrol, move]}]
chambers:
  - {name: board, title: The board, delegation: {liquid: true}}
  - {name: workers, title: The workers, delegation: {liquid: true}}
  - {name: people, title: The people, electors: counted}
matters:
  - name: joint
    title: Decided by the board and the people
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {all_of: [{chamber: board, majority: {more_than: 1/2}}, {chamber: people, majority: {more_than: 1/2}}]}
  - name: advised
    title: Decided by the board after the workers' advice
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      sequence:
        - advice: {chamber: workers, deadline: P14D, silence: negative}
        - {chamber: board, majority: {more_than: 1/2}}
"""

BOARD, PEOPLE, WORKERS = "back.board.1", "back.people.1", "silent.workers.1"


class Played(NamedTuple):
    house: House
    held: Sitting
    bundle: Path
    report: Report


def cast(held: Sitting, box: str, voter: str) -> None:
    held.stage.await_box(box)
    choice = ballots_pb2.Choice(vote=WORDS["yes"])
    request = ballots_pb2.CastBallotRequest(
        process_id=held.process_id, box=box, voter=voter, choice=choice, channel="hall"
    )
    held.client.do(held.client.ballots.CastBallot, request)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(CommandRefused) as error:
        act()
    return error.value.reason


@pytest.fixture(scope="module")
def played(house: House, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A motion withdrawn while both of its boxes are open; then one whose advice lapses, with a ballot in its box."""
    held = Sitting(house, "moot", CHARTER)
    board, workers = (Delegating(house.client, "moot", chamber) for chamber in ("board", "workers"))
    for chamber in ("board", "workers"):
        held.enrol(chamber, "", "", "")
    held.move("back", "joint")
    cast(held, BOARD, "board-01")
    held.stage.await_box(PEOPLE)
    station = Station("hall", None, Ed25519PrivateKey.generate())
    sheet = station.sheet("moot", PEOPLE, {"yes": 2, "no": 1}, voters=3)
    held.client.do(held.client.ballots.RegisterStation, station.registration("moot", PEOPLE))
    held.client.do(held.client.ballots.FileCountSheet, sheet)
    assert refused(lambda: board.give("board-01", "board-02", LIQUID)) == "voted_personally"
    held.client.do(
        held.client.chambers.WithdrawMotion,
        chambers_pb2.WithdrawMotionRequest(process_id="moot", motion="back", reason="a mistake"),
    )
    assert refused(lambda: cast(held, BOARD, "board-03")) == "motion_withdrawn"
    board.give("board-01", "board-02", LIQUID)

    held.move("silent", "advised")
    cast(held, WORKERS, "workers-01")
    held.deadline("silent", "workers")
    held.until("AdviceLapsed")
    workers.give("workers-01", "workers-02", LIQUID)
    held.vote("silent", "board", 0, 2)
    assert held.outcome("silent") == "rejected"
    folder = tmp_path_factory.mktemp("moot")
    report = held.verified(folder)
    return Played(house, held, folder / "moot.comitia", report)


def test_the_auditor_finds_no_fault_with_who_delegated_though_they_had_voted(played: Played) -> None:
    assert [finding.sentence() for check in played.report.checks for finding in check.findings] == []


def test_the_state_is_the_replays_after_every_event(played: Played) -> None:
    for number, (_, replay) in enumerate(replay_states(opened(played.bundle)), 1):
        assert played.held.client.state("moot", number) == plain(replay.state()), number


def behind(type_: str, box: str, cause: str) -> Edit:
    """The first event of a type in a box put behind the one that makes the box moot."""

    def edit(records: list[Record]) -> list[Record]:
        at = first_of(records, type_, lambda data: data["box"] == box)
        after = first_of(records, cause)
        late = replace(records[at], recorded_at=records[after].recorded_at)
        return renumbered([*records[:at], *records[at + 1 : after + 1], late, *records[after + 1 :]])

    return edit


def before_boxes_closed_with_their_motion(edit: Edit) -> Edit:
    """The same in a history whose boxes were opened by Comitia as it was before schema 3."""

    def older(records: list[Record]) -> list[Record]:
        opening = "ballots.BoxOpened"
        return [replace(each, schema=2) if each.type == opening else each for each in edit(records)]

    return older


LATER: dict[str, tuple[Edit, str, str]] = {
    "a ballot after its motion was withdrawn": (
        behind("ballots.BallotCast", BOARD, "chambers.MotionWithdrawn"),
        "ballots",
        f"box {BOARD}",
    ),
    "a count sheet after its motion was withdrawn": (
        behind("ballots.CountSheetFiled", PEOPLE, "chambers.MotionWithdrawn"),
        "sheets",
        f"box {PEOPLE}",
    ),
    "a ballot after the time to advise lapsed": (
        behind("ballots.BallotCast", WORKERS, "chambers.AdviceLapsed"),
        "ballots",
        f"box {WORKERS}",
    ),
}


def verified(played: Played, edit: Edit) -> list[tuple[str, str]]:
    private = load_or_create(played.house.engine.settings.data_dir / "audit.key")
    report = verify(io.BytesIO(resigned(played.bundle, private, edit)))
    assert isinstance(report, Report)
    return [(each.check, each.field) for check in report.checks for each in check.findings]


@pytest.mark.parametrize(("edit", "check", "field"), LATER.values(), ids=LATER)
def test_what_could_no_longer_count_and_was_taken_all_the_same_is_found(
    played: Played, edit: Edit, check: str, field: str
) -> None:
    assert verified(played, edit) == [(check, field)]


@pytest.mark.parametrize("edit", [edit for edit, _, _ in LATER.values()], ids=LATER)
def test_a_history_of_before_boxes_closed_with_their_motion_still_verifies(played: Played, edit: Edit) -> None:
    assert verified(played, before_boxes_closed_with_their_motion(edit)) == []


def test_a_count_sheet_filed_after_the_process_was_cancelled_is_found(played: Played) -> None:
    found = verified(played, cancelled_before("ballots.CountSheetFiled"))
    assert ("sheets", "process.status") in found


def test_a_delegation_by_who_voted_before_the_motion_was_withdrawn_is_found(played: Played) -> None:
    def edit(records: list[Record]) -> list[Record]:
        given = first_of(records, "chambers.DelegationGiven")
        at = first_of(records, "chambers.MotionWithdrawn")
        early = replace(records[given], recorded_at=records[at - 1].recorded_at)
        return renumbered([*records[:at], early, *records[at:given], *records[given + 1 :]])

    assert verified(played, edit) == [("delegations", "member")]
