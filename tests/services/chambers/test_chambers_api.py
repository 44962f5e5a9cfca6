"""The gRPC API of chambers: what it answers, what it refuses and with which code, and that a retry is safe."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from comitia.chambers.v1 import chambers_pb2 as pb
from tests.services.chambers.building import MOTION, PROCESS
from tests.services.chambers.session import Session

pytestmark = pytest.mark.slow

INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND
EXISTS = grpc.StatusCode.ALREADY_EXISTS
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
DENIED = grpc.StatusCode.PERMISSION_DENIED
BOARD = "m1.board.1"


def enrolment(*members: pb.Member, chamber: str = "board", process: str = PROCESS) -> pb.EnrolMembersRequest:
    return pb.EnrolMembersRequest(process_id=process, chamber=chamber, members=members)


def put(motion: str = MOTION) -> pb.PutMotionRequest:
    return pb.PutMotionRequest(process_id=PROCESS, motion=motion)


def casting(choice: Any = pb.CASTING_CHOICE_YES, member: str = "ana") -> pb.GiveCastingVoteRequest:
    return pb.GiveCastingVoteRequest(process_id=PROCESS, motion=MOTION, chamber="board", member=member, choice=choice)


def test_a_roll_is_read_as_it_was_enrolled_page_by_page(session: Session) -> None:
    mandate = pb.Mandate(from_date="2026-01-01", until_date="2029-12-31")
    session.enrol("board", pb.Member(member="cy", weight="0.5", roles=["director", "chair"], mandate=mandate), "ana")
    session.enrol("staff", pb.Member(member="nia", unit="north"))
    session.enrol("board", "bo")
    session.update("board", pb.Member(member="ana", weight="3"))
    page = session.running.ask("GetRoll", pb.GetRollRequest(process_id=PROCESS, chamber="board", page_size=2))
    assert [(each.member, each.weight) for each in page.members] == [("ana", "3"), ("bo", "1")]
    assert (page.total, page.next_page_token) == (3, "bo")
    last = pb.GetRollRequest(process_id=PROCESS, chamber="board", page_size=2, page_token="bo")
    (cy,) = session.running.ask("GetRoll", last).members
    assert (cy.member, cy.weight, list(cy.roles), cy.HasField("unit")) == ("cy", "1/2", ["chair", "director"], False)
    assert (cy.mandate.from_date, cy.mandate.until_date) == ("2026-01-01", "2029-12-31")
    assert session.running.ask("GetRoll", last).next_page_token == ""
    staff = session.running.ask("GetRoll", pb.GetRollRequest(process_id=PROCESS, chamber="staff"))
    assert [each.unit for each in staff.members] == ["north"]


def test_a_roll_tells_each_freezing(session: Session) -> None:
    session.is_put("government")
    session.remove("board", "bo")
    page = session.running.ask("GetRoll", pb.GetRollRequest(process_id=PROCESS, chamber="board"))
    (frozen,) = page.frozen
    assert (frozen.box, frozen.on_date, frozen.members, frozen.weight) == (BOARD, "2026-11-22", 4, "4")
    assert frozen.digest == session.records("RollFrozen")[0].data()["digest"]
    assert page.total == 3


def test_a_motion_is_read_whole(session: Session) -> None:
    session.is_put("government")
    session.box_is_tallied(BOARD, yes=3, no=1)
    session.box_is_tallied("m1.workers.1", yes=2, no=1)
    session.until("MotionDecided")
    motion = session.motion()
    assert (motion.summary.matter, motion.summary.title, motion.text) == ("government", "A title", "A text")
    assert motion.summary.mover == "tester"
    assert (motion.summary.status, motion.summary.outcome) == (pb.MOTION_STATUS_DECIDED, "adopted")
    assert [(each.chamber, each.kind, each.round, each.box) for each in motion.asked] == [
        ("board", "vote", 1, BOARD),
        ("workers", "vote", 1, "m1.workers.1"),
    ]
    assert [(each.counts.yes, each.counts.members, each.counts.heads_members) for each in motion.counted] == [
        ("3", "4", 4),
        ("2", "3", 3),
    ]
    assert motion.reasons[0].chamber == "board"
    assert motion.reasons[0].numbers["yes"] == "3"
    assert not motion.reasons[-1].HasField("chamber")
    assert '"base":"4"' in motion.chambers_json


def test_units_advice_and_objections_are_read_with_their_motion(session: Session) -> None:
    session.is_put("double")
    session.box_is_tallied("m1.staff.1", yes=1, no=1, units={"north": {"yes": 1}, "south": {"no": 1}})
    session.until("MotionDecided")
    sites = session.motion().counted[1]
    assert (sites.units["north"].yes, sites.units["south"].vote) == ("1", "no")


def test_motions_are_listed_in_the_order_they_were_proposed(session: Session) -> None:
    for motion in ("zebra", "ape", "m1"):
        session.propose(motion=motion)
    first = session.running.ask("ListMotions", pb.ListMotionsRequest(process_id=PROCESS, page_size=2))
    assert [each.motion for each in first.motions] == ["zebra", "ape"]
    rest = pb.ListMotionsRequest(process_id=PROCESS, page_size=2, page_token=first.next_page_token)
    last = session.running.ask("ListMotions", rest)
    assert [(each.motion, each.status) for each in last.motions] == [("m1", pb.MOTION_STATUS_PROPOSED)]
    assert last.next_page_token == ""
    empty = Session(session.running, "another-firm")
    empty.process_opens()
    listed = session.running.ask("ListMotions", pb.ListMotionsRequest(process_id="another-firm"))
    assert list(listed.motions) == []


def test_the_state_after_any_event_is_that_of_the_events_before_it(session: Session) -> None:
    session.enrol("board", pb.Member(member="ana", weight="1/3", roles=["chair"]))
    session.enrol("workers", "wu")
    session.propose()
    session.put()
    whole = session.state()
    assert session.state(session.running.log.length(PROCESS)) == whole
    assert session.state(0) == {"motions": {}, "rolls": {}}
    assert session.state(3) == {
        "motions": {},
        "rolls": {
            "board": {
                "frozen": [],
                "members": {
                    "ana": {
                        "mandate": {"from": None, "until": None},
                        "roles": ["chair"],
                        "unit": None,
                        "weight": "1/3",
                    }
                },
            }
        },
    }
    assert session.state(5)["motions"]["m1"]["status"] == "proposed"
    told = session.records("RollFrozen")[0].data()
    assert whole["rolls"]["board"]["frozen"] == [{name: told[name] for name in told if name != "chamber"}]
    motion = whole["motions"]["m1"]
    assert (motion["status"], motion["outcome"], motion["reasons"]) == ("asked", None, [])
    assert motion["asked"][0] == {"box": BOARD, "chamber": "board", "deadline": None, "kind": "vote", "round": 1}
    for at in (-1, session.running.log.length(PROCESS) + 1):
        told_ = session.running.refused("GetState", pb.GetStateRequest(process_id=PROCESS, at=at))
        assert (told_.code, told_.reason) == (INVALID, "index_out_of_range")


def test_a_retry_gets_the_first_receipts_and_writes_nothing(session: Session) -> None:
    session.everybody_is_enrolled()
    enrolled = session.enrol("board", "eve", key="enrol-eve")
    proposed = session.propose("act", key="propose")
    asked = session.put(key="put")
    session.box_is_tallied(BOARD, yes=4)
    session.until("ChamberAsked", 2)
    objected = session.object("tom", key="object")
    session.stays_quiet()
    before = session.running.log.last_position()
    assert session.enrol("board", "eve", key="enrol-eve") == enrolled
    assert session.propose("act", key="propose") == proposed
    assert session.put(key="put") == asked
    assert session.object("tom", key="object") == objected
    assert session.running.log.last_position() == before


def test_a_key_used_for_something_else_is_refused(session: Session) -> None:
    session.enrol("board", "eve", key="enrol")
    told = session.running.refused("EnrolMembers", enrolment(pb.Member(member="fay")), key="enrol")
    assert (told.code, told.reason) == (grpc.StatusCode.ABORTED, "idempotency_key_reused")


def test_refusals_of_the_rules_carry_their_numbers(session: Session) -> None:
    refused = session.running.refused
    session.enrol("council", "ana", "bo")
    told = refused("EnrolMembers", enrolment(pb.Member(member="eve", weight="-1")))
    assert (told.code, told.reason, told.metadata["weight"]) == (INVALID, "weight_not_positive", "-1")
    told = refused("EnrolMembers", enrolment(pb.Member(member="eve"), chamber="sites"))
    assert (told.code, told.reason, told.metadata["derived_from"]) == (PRECONDITION, "chamber_derived", "staff")
    told = refused("EnrolMembers", enrolment(pb.Member(member="bo"), chamber="council"))
    assert (told.code, told.reason) == (EXISTS, "member_enrolled")
    session.propose("seated")
    told = refused("PutMotion", put())
    assert (told.code, told.reason) == (PRECONDITION, "seats_not_as_declared")
    assert (told.metadata["needed"], told.metadata["got"]) == ("3", "2")
    assert refused("ProposeMotion", session.proposal("war", "m2")).code is NOT_FOUND
    assert refused("ProposeMotion", session.proposal()).code is EXISTS


def test_unknown_things_are_not_found(session: Session) -> None:
    refused = session.running.refused
    nowhere = Session(session.running, "nowhere")
    commands = {
        "EnrolMembers": enrolment(pb.Member(member="ana"), process="nowhere"),
        "ProposeMotion": nowhere.proposal(),
        "PutMotion": pb.PutMotionRequest(process_id="nowhere", motion="m1"),
        "GetRoll": pb.GetRollRequest(process_id="nowhere", chamber="board"),
        "GetMotion": pb.GetMotionRequest(process_id="nowhere", motion="m1"),
        "ListMotions": pb.ListMotionsRequest(process_id="nowhere"),
        "GetState": pb.GetStateRequest(process_id="nowhere"),
    }
    for method, request in commands.items():
        told = refused(method, request)
        assert (told.code, told.reason) == (NOT_FOUND, "unknown_process"), method
    assert refused("PutMotion", put("m9")).reason == "unknown_motion"
    assert refused("GetMotion", pb.GetMotionRequest(process_id=PROCESS, motion="m9")).reason == "unknown_motion"
    assert refused("GetRoll", pb.GetRollRequest(process_id=PROCESS, chamber="x")).reason == "unknown_chamber"
    gone = pb.RemoveMemberRequest(process_id=PROCESS, chamber="board", member="eve", reason="gone")
    assert (refused("RemoveMember", gone).code, refused("RemoveMember", gone).reason) == (NOT_FOUND, "unknown_member")


def test_casting_votes_and_objections_are_refused_to_others(session: Session) -> None:
    refused = session.running.refused
    session.is_put("chaired")
    assert refused("GiveCastingVote", casting()).reason == "casting_vote_not_asked"
    session.box_is_tallied(BOARD, yes=2, no=2)
    session.until("ChamberCounted")
    told = refused("GiveCastingVote", casting(member="bo"))
    assert (told.code, told.metadata["holders"]) == (DENIED, "ana")
    for choice in (pb.CASTING_CHOICE_UNSPECIFIED, 99):
        told = refused("GiveCastingVote", casting(choice))
        assert (told.code, told.metadata["field"]) == (INVALID, "choice")
    objection = pb.RaiseObjectionRequest(process_id=PROCESS, motion=MOTION, chamber="board", member="ana", reason="no")
    assert refused("RaiseObjection", objection).reason == "objections_not_asked"
    objection.reason = ""
    assert refused("RaiseObjection", objection).metadata["field"] == "reason"


def the_test(*criteria: pb.Criterion, tester: str = "ana", reason: str = "as argued") -> Any:
    return pb.TestObjectionRequest(
        process_id=PROCESS,
        motion=MOTION,
        chamber="board",
        member="bo",
        tester=tester,
        criteria=criteria,
        reason=reason,
    )


def test_tests_of_objections_are_refused_to_others_and_must_answer_each_criterion(session: Session) -> None:
    refused = session.running.refused
    session.is_put("consent")
    found = [pb.Criterion(criterion=each, met=False) for each in ("it is reasoned", "it is paramount")]
    assert refused("TestObjection", the_test(*found)).reason == "unknown_objection"
    objection = pb.RaiseObjectionRequest(process_id=PROCESS, motion=MOTION, chamber="board", member="bo", reason="harm")
    session.running.do("RaiseObjection", objection)
    told = refused("TestObjection", the_test(*found, tester="cy"))
    assert (told.code, told.metadata["holders"]) == (DENIED, "ana")
    told = refused("TestObjection", the_test(found[0]))
    assert (told.code, told.reason, told.metadata["missing"]) == (
        INVALID,
        "criteria_not_as_declared",
        "it is paramount",
    )
    told = refused("TestObjection", the_test(found[0], pb.Criterion(criterion="it is paramount")))
    assert (told.code, told.metadata["field"]) == (INVALID, "criteria.1.met")
    assert refused("TestObjection", the_test(*found, reason="")).metadata["field"] == "reason"
    assert refused("TestObjection", the_test()).metadata["field"] == "criteria"
    waits = [(each.kind, each.role) for each in session.motion().awaited]
    assert waits == [("objection_window", ""), ("test_objections", "chair")]
    first = session.running.do("TestObjection", the_test(*found), key="t").receipts
    assert [receipt.type for receipt in first] == ["chambers.ObjectionTested"]
    assert list(session.running.do("TestObjection", the_test(*found), key="t").receipts) == list(first)
    assert refused("TestObjection", the_test(*found)).reason == "objection_tested"
    (shown,) = session.motion().objections
    assert (shown.test.tester, shown.test.role, shown.test.stands) == ("ana", "chair", False)
    assert [each.criterion for each in shown.test.criteria] == ["it is paramount", "it is reasoned"]


@pytest.mark.parametrize(
    ("method", "request_", "allowing"),
    [
        ("EnrolMembers", enrolment(pb.Member(member="ana")), "session, budget"),
        ("UpdateMember", pb.UpdateMemberRequest(member=pb.Member(member="ana")), "session, budget"),
        ("RemoveMember", pb.RemoveMemberRequest(member="ana", reason="gone"), "session, budget"),
        ("ProposeMotion", pb.ProposeMotionRequest(motion="m2", matter="government", title="t"), "session"),
        ("PutMotion", put(), "session"),
        ("WithdrawMotion", pb.WithdrawMotionRequest(motion=MOTION, reason="a mistake"), "session"),
    ],
)
def test_a_phase_allows_what_its_charter_says(session: Session, method: str, request_: Any, allowing: str) -> None:
    session.everybody_is_enrolled()
    session.propose()
    session.phase_closes("session")
    request_.process_id = PROCESS
    if hasattr(request_, "chamber"):
        request_.chamber = "board"
    told = session.running.refused(method, request_)
    assert (told.code, told.reason) == (PRECONDITION, "action_not_allowed_in_phase")
    assert told.metadata["phases_allowing"] == allowing
    session.phase_opens("recess")
    assert session.running.refused(method, request_).metadata["phase"] == "recess"
    session.process_is_cancelled()
    assert session.running.refused(method, request_).reason == "process_cancelled"


def test_an_answer_may_come_in_any_phase_until_the_process_ends(session: Session) -> None:
    session.is_put("chaired")
    session.box_is_tallied(BOARD, yes=2, no=2)
    session.until("ChamberCounted")
    session.phase_closes("session")
    session.process_completes()
    assert session.running.refused("GiveCastingVote", casting()).reason == "process_completed"
