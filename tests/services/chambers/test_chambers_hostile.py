"""Hostile requests to chambers: each is refused with its field, nothing is written, and the server stays up."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from comitia.chambers.v1 import chambers_pb2 as pb
from comitia.common.v1.common_pb2 import Command
from runtime.refusals import refusal_of
from tests.services.chambers.building import MOTION, PROCESS
from tests.services.chambers.session import Session

pytestmark = pytest.mark.slow

INVALID = grpc.StatusCode.INVALID_ARGUMENT
ORDINARY = (
    INVALID,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.PERMISSION_DENIED,
)

HUGE = "9" * 61


@pytest.mark.parametrize(
    ("members", "field"),
    [
        pytest.param([], "members", id="nobody"),
        pytest.param([pb.Member(member="")], "members.0.member", id="a member without a name"),
        pytest.param([pb.Member(member="a b")], "members.0.member", id="a name with a space"),
        pytest.param([pb.Member(member="a" * 129)], "members.0.member", id="a name too long"),
        pytest.param([pb.Member(member="ana", weight="")], "members.0.weight", id="an empty weight"),
        pytest.param([pb.Member(member="ana", weight="1e3")], "members.0.weight", id="a float as a weight"),
        pytest.param([pb.Member(member="ana", weight="1/0")], "members.0.weight", id="a weight over zero"),
        pytest.param([pb.Member(member="ana", weight=HUGE)], "members.0.weight", id="a weight of 61 digits"),
        pytest.param([pb.Member(member="ana", weight="NaN")], "members.0.weight", id="not a number"),
        pytest.param([pb.Member(member="ana", unit="")], "members.0.unit", id="an empty unit"),
        pytest.param([pb.Member(member="ana", roles=["a b"])], "members.0.roles.0", id="a role with a space"),
        pytest.param(
            [pb.Member(member="ana", mandate=pb.Mandate(from_date="22/11/2026"))],
            "members.0.mandate.from",
            id="a date in another spelling",
        ),
        pytest.param([pb.Member(member=f"v{i}") for i in range(1001)], "members", id="more than a thousand"),
    ],
)
def test_an_enrolment_that_is_not_well_formed_is_refused_with_the_field(
    session: Session, members: list[pb.Member], field: str
) -> None:
    told = session.running.refused(
        "EnrolMembers", pb.EnrolMembersRequest(process_id=PROCESS, chamber="board", members=members)
    )
    assert (told.code, told.reason, told.metadata["field"]) == (INVALID, "invalid_argument", field)
    assert told.metadata["expected"]


WORDS = st.one_of(st.sampled_from(["", PROCESS, MOTION, "board", "ana", "\x00", "é" * 40]), st.text(max_size=30))
MEMBERS = st.builds(pb.Member, member=WORDS, weight=WORDS, roles=st.lists(WORDS, max_size=2), unit=WORDS)
REQUESTS: st.SearchStrategy[tuple[str, Any]] = st.one_of(
    st.tuples(
        st.just("EnrolMembers"),
        st.builds(pb.EnrolMembersRequest, process_id=WORDS, chamber=WORDS, members=st.lists(MEMBERS, max_size=3)),
    ),
    st.tuples(
        st.just("ProposeMotion"),
        st.builds(pb.ProposeMotionRequest, process_id=WORDS, motion=WORDS, matter=WORDS, title=WORDS, text=WORDS),
    ),
    st.tuples(
        st.just("GiveCastingVote"),
        st.builds(
            pb.GiveCastingVoteRequest,
            process_id=WORDS,
            motion=WORDS,
            chamber=WORDS,
            member=WORDS,
            choice=st.integers(-5, 5),
        ),
    ),
    st.tuples(
        st.just("TestObjection"),
        st.builds(
            pb.TestObjectionRequest,
            process_id=WORDS,
            motion=WORDS,
            chamber=WORDS,
            member=WORDS,
            tester=WORDS,
            criteria=st.lists(st.builds(pb.Criterion, criterion=WORDS, met=st.none() | st.booleans()), max_size=3),
            reason=WORDS,
        ),
    ),
    st.tuples(st.just("GetMotion"), st.builds(pb.GetMotionRequest, process_id=WORDS, motion=WORDS)),
    st.tuples(
        st.just("GetRoll"),
        st.builds(
            pb.GetRollRequest,
            process_id=WORDS,
            chamber=WORDS,
            page_size=st.integers(-(2**31), 2**31 - 1),
            page_token=WORDS,
        ),
    ),
    st.tuples(
        st.just("GetState"), st.builds(pb.GetStateRequest, process_id=WORDS, at=st.integers(-(2**63), 2**63 - 1))
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(REQUESTS)
def test_no_request_brings_the_server_down(session: Session, call: tuple[str, Any]) -> None:
    method, request = call
    refused: grpc.RpcError | None = None
    try:
        if hasattr(request, "command"):
            session.running.do(method, request)
        else:
            session.running.ask(method, request)
    except grpc.RpcError as error:
        refused = error
    if refused is not None:
        assert refused.code() in ORDINARY, refusal_of(refused)
        assert refusal_of(refused).sentence
    assert session.state(2) == {"motions": {}, "rolls": {}}


def test_bytes_that_are_no_request_are_refused(session: Session) -> None:
    call = session.running._channel.unary_unary("/comitia.chambers.v1.ChambersService/EnrolMembers", None, None)
    with pytest.raises(grpc.RpcError) as error:
        call(b"\xff\xff\xff\xff", timeout=5)
    assert error.value.code() is INVALID
    assert session.state(2) == {"motions": {}, "rolls": {}}


def test_pages_that_do_not_exist_are_refused(session: Session) -> None:
    for size in (-1, 1001):
        told = session.running.refused("ListMotions", pb.ListMotionsRequest(process_id=PROCESS, page_size=size))
        assert (told.code, told.metadata["field"]) == (INVALID, "page_size")
        roll = pb.GetRollRequest(process_id=PROCESS, chamber="board", page_size=size)
        assert session.running.refused("GetRoll", roll).metadata["field"] == "page_size"
    motions = pb.ListMotionsRequest(process_id=PROCESS, page_token="x")
    assert session.running.refused("ListMotions", motions).metadata["field"] == "page_token"
    roll = pb.GetRollRequest(process_id=PROCESS, chamber="board", page_token=" ")
    assert session.running.refused("GetRoll", roll).metadata["field"] == "page_token"


@pytest.mark.parametrize("frame", [Command(), Command(idempotency_key="k"), Command(actor="a"), Command(actor="a b")])
def test_a_command_names_its_key_and_its_actor(session: Session, frame: Command) -> None:
    request = pb.PutMotionRequest(process_id=PROCESS, motion=MOTION)
    request.command.CopyFrom(frame)
    with pytest.raises(grpc.RpcError) as error:
        session.running.stub.PutMotion(request, timeout=5)
    assert refusal_of(error.value).reason == "invalid_argument"
