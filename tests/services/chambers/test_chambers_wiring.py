"""Every reaction and timer is wired: in by the log, out by the effect; once, and never in a cancelled process."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from chambers.application import Chambers
from chambers.reactions import ANSWERS, REACTIONS, TIMERS
from chambers.wiring import wire
from comitia.chambers.v1 import chambers_pb2 as pb
from comitia.chambers.v1 import chambers_pb2_grpc
from tests.services.chambers.building import NOON, PROCESS
from tests.services.chambers.session import Session
from tests.services.processes.running import Running, rows

pytestmark = pytest.mark.slow

BOARD, WORKERS = "m1.board.1", "m1.workers.1"
CHAIR = pb.Member(member="ana", roles=["chair"])
COUNCIL = (CHAIR, "bo", "cy")


def goes_to_the_vote(session: Session) -> None:
    session.phase_closes("session")
    session.phase_opens("budget")


def test_the_tables_of_reactions_and_timers_are_the_services(running: Running) -> None:
    assert (
        set(running.service.reactions)
        == set(REACTIONS)
        == {
            "processes.PhaseOpened",
            "chambers.MembersEnrolled",
            "chambers.MemberUpdated",
            "chambers.MemberLeft",
            "ballots.BoxTallied",
            *(answer.TYPE for answer in ANSWERS),
        }
    )
    assert set(running.service.timers) == set(TIMERS)


def test_the_roll_is_frozen_when_a_phase_opens_that_votes_on_a_selection(session: Session) -> None:
    session.enrol("council", *COUNCIL)
    session.stays_quiet()
    assert not session.records("RollFrozen")
    goes_to_the_vote(session)
    frozen = session.until("RollFrozen")
    assert (frozen["chamber"], frozen["box"], frozen["members"], frozen["on"]) == (
        "council",
        "projects",
        3,
        "2026-11-22",
    )
    session.stays_quiet()
    assert session.own_types() == ["RollFrozen"]


@pytest.mark.parametrize("change", ["enrol", "remove", "update"])
def test_a_roll_that_breaks_its_seat_rule_is_frozen_once_a_change_puts_it_right(session: Session, change: str) -> None:
    members = {
        "enrol": COUNCIL[:2],
        "remove": (*COUNCIL, "di"),
        "update": ("ana", "bo", "cy"),
    }[change]
    session.enrol("council", *members)
    goes_to_the_vote(session)
    session.stays_quiet()
    assert not session.records("RollFrozen")
    if change == "enrol":
        session.enrol("council", "cy")
    elif change == "remove":
        session.remove("council", "di")
    else:
        session.update("council", CHAIR)
    assert session.until("RollFrozen")["members"] == 3
    session.update("council", CHAIR)
    session.stays_quiet()
    assert len(session.records("RollFrozen")) == 1


def test_a_change_of_another_roll_freezes_nothing(session: Session) -> None:
    session.enrol("council", *COUNCIL[:2])
    goes_to_the_vote(session)
    session.enrol("board", *COUNCIL)
    session.stays_quiet()
    assert not session.records("RollFrozen")


def test_a_tally_is_heard_once_however_often_it_is_delivered(session: Session) -> None:
    session.is_put("government")
    session.box_is_tallied(BOARD, yes=4)
    tallied = session.box_is_tallied(WORKERS, yes=3)
    session.until("MotionDecided")
    before = session.running.log.last_position()
    session.running.service.reactions["ballots.BoxTallied"](tallied)
    Chambers(session.running.log, lambda: NOON).hear_box("hear_the_chamber", tallied)
    assert session.running.log.last_position() == before


def test_a_box_of_no_motion_and_of_an_unknown_motion_are_passed_over(session: Session) -> None:
    session.is_put("government")
    session.box_is_tallied("projects", motion=None, yes=1)
    session.box_is_tallied("m9.board.1", motion="m9", yes=1)
    session.box_is_tallied(BOARD, yes=4)
    session.until("ChamberCounted")
    assert len(session.records("ChamberCounted")) == 1


def test_nothing_comes_of_a_cancelled_process(session: Session) -> None:
    session.is_put("management")
    session.process_is_cancelled()
    session.box_is_tallied(WORKERS, yes=3)
    session.running.sleep_until(NOON + timedelta(days=30))
    session.stays_quiet()
    assert session.own_types()[-1] == "ChamberAsked"


def test_a_completed_process_hears_what_was_asked_and_asks_nothing_more(session: Session) -> None:
    session.is_put("management")
    session.process_completes()
    session.box_is_tallied(WORKERS, yes=3)
    session.until("AdviceGiven")
    session.stays_quiet()
    assert len(session.records("ChamberAsked")) == 1


def test_what_could_not_be_asked_by_itself_is_asked_when_the_motion_is_put_again(session: Session) -> None:
    session.enrol("workers", "wu")
    session.propose("management")
    session.put()
    session.box_is_tallied(WORKERS, yes=1)
    session.until("AdviceGiven")
    told = session.running.refused("PutMotion", pb.PutMotionRequest(process_id=PROCESS, motion="m1"))
    assert told.reason == "roll_empty"
    session.enrol("board", "ana")
    session.put()
    assert session.until("ChamberAsked", 2)["box"] == BOARD


def test_a_service_that_starts_later_does_what_is_due_once(session: Session, tmp_path: Path) -> None:
    session.is_put("management")
    position = session.running.log.last_position()
    session.running.now = NOON + timedelta(days=14)
    session.until("AdviceLapsed")
    session.stays_quiet()
    again = Chambers(session.running.log, lambda: NOON + timedelta(days=15))
    after = session.running.log.last_position()
    again.lapse_advice("lapse_the_silent_advice", PROCESS, "m1", "workers", NOON + timedelta(days=15))
    assert session.running.log.last_position() == after == position + 3


def test_the_read_model_rebuilt_from_the_log_is_the_same(session: Session) -> None:
    session.is_put("management")
    session.propose("act", "m2")
    session.put("m2")
    session.propose("government", "m3")
    request = pb.WithdrawMotionRequest(process_id=PROCESS, motion="m3", reason="a mistake")
    session.running.do("WithdrawMotion", request)
    session.box_is_tallied("m2.board.1", motion="m2", yes=4)
    session.until("ChamberAsked", 3)
    session.stays_quiet()
    views, (motions,) = session.running.views, session.running.service.projections
    tables = ("chambers_motions", "chambers_deadlines")
    followed = {table: rows(views, table) for table in tables}
    assert [len(followed[table]) for table in tables] == [3, 2]
    views.rebuild(motions)
    for record in session.running.log.read(types=motions.types):
        views.apply(motions, [record], record.position, after=views.position(motions.name))
    assert {table: rows(views, table) for table in tables} == followed


def test_deadlines_leave_the_read_model_when_their_process_is_cancelled(session: Session) -> None:
    session.is_put("management")
    session.running.until(lambda: rows(session.running.views, "chambers_deadlines"))
    session.process_is_cancelled()
    session.running.until(lambda: not rows(session.running.views, "chambers_deadlines"))
    assert [row[6] for row in rows(session.running.views, "chambers_motions")] == ["asked"]


def test_the_service_starts_on_an_empty_log(tmp_path: Path) -> None:
    service = Running(wire, chambers_pb2_grpc.ChambersServiceStub, tmp_path)
    assert service.service.name == "chambers"
    assert service.service.states is not None
    service.stop()
