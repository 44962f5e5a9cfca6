"""Two replicas of chambers over one PostgreSQL log, each with its own memory: what one appends, the other knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chambers.wiring import wire
from comitia.chambers.v1 import chambers_pb2 as pb
from comitia.chambers.v1 import chambers_pb2_grpc
from tests.services.chambers.building import PROCESS
from tests.services.chambers.session import Session
from tests.services.processes.running import Running

pytestmark = pytest.mark.slow


@pytest.fixture
def replicas(migrated: str, tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    """The same firm in session, by way of one replica and of the other."""
    both = [Running(wire, chambers_pb2_grpc.ChambersServiceStub, tmp_path, migrated) for _ in range(2)]
    one, other = (Session(running) for running in both)
    one.process_opens()
    one.phase_opens("session")
    yield one, other
    for running in both:
        running.stop()


def roll(session: Session, chamber: str) -> list[str]:
    request = pb.GetRollRequest(process_id=PROCESS, chamber=chamber)
    return [member.member for member in session.running.ask("GetRoll", request).members]


def motions(session: Session) -> list[tuple[str, int]]:
    listed = session.running.ask("ListMotions", pb.ListMotionsRequest(process_id=PROCESS)).motions
    return [(each.motion, each.status) for each in listed]


def test_members_enrolled_by_one_are_on_the_others_roll(replicas: tuple[Session, Session]) -> None:
    one, other = replicas
    one.enrol("board", "ana", "bo")
    assert roll(other, "board") == ["ana", "bo"]
    other.remove("board", "bo")
    other.enrol("board", "cy")
    assert roll(one, "board") == roll(other, "board") == ["ana", "cy"]
    assert one.state() == other.state()


def test_a_motion_moved_by_one_is_put_by_the_other_and_decided_once(replicas: tuple[Session, Session]) -> None:
    one, other = replicas
    one.everybody_is_enrolled()
    one.propose("management")
    other.put()
    asked = one.until("ChamberAsked")
    other.box_is_tallied(asked["box"], yes=4)
    one.stays_quiet()
    types = one.own_types()
    assert types == other.own_types()
    assert max(types.count(type_) for type_ in ("MotionPut", "RollFrozen", "ChamberAsked", "AnswerCounted")) <= 2
    assert one.motion() == other.motion()
    assert motions(one) == motions(other)


def test_each_lists_what_the_other_has_just_written(replicas: tuple[Session, Session]) -> None:
    one, other = replicas
    for number in range(10):
        one.propose(motion=f"one-{number}")
        assert motions(other)[-1][0] == f"one-{number}"
        other.propose(motion=f"other-{number}")
        assert motions(one)[-1][0] == f"other-{number}"


def test_a_phase_that_closes_is_closed_for_both(replicas: tuple[Session, Session]) -> None:
    one, other = replicas
    one.enrol("board", "ana")
    other.phase_closes("session")
    request = pb.EnrolMembersRequest(process_id=PROCESS, chamber="board", members=[pb.Member(member="bo")])
    reasons = [session.running.refused("EnrolMembers", request).reason for session in replicas]
    assert reasons[0] == reasons[1]
    assert roll(one, "board") == ["ana"]


def test_a_title_may_hold_what_postgresql_cannot_keep_as_text(replicas: tuple[Session, Session]) -> None:
    one, other = replicas
    request = pb.ProposeMotionRequest(
        process_id=PROCESS, motion="m", matter="government", title="before\0after", text="A text"
    )
    one.running.do("ProposeMotion", request)
    listed = other.running.ask("ListMotions", pb.ListMotionsRequest(process_id=PROCESS)).motions
    assert [each.title for each in listed] == ["before\0after"]
