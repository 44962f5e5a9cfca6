"""Hostile requests to the proposals API: each is refused with what was wrong and where, and nothing is written."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comitia.common.v1.common_pb2 import Command
from comitia.proposals.v1 import proposals_pb2 as pb
from tests.services.processes.running import Running
from tests.services.proposals.life import PROCESS, Life, entry, handover, opinion, plan, submission

pytestmark = pytest.mark.slow

COMMANDS: dict[str, type[Message]] = {
    "SubmitProposal": pb.SubmitProposalRequest,
    "ReviseProposal": pb.ReviseProposalRequest,
    "WithdrawProposal": pb.WithdrawProposalRequest,
    "ReviewProposal": pb.ReviewProposalRequest,
    "ShortlistProposal": pb.ShortlistProposalRequest,
    "PublishShortlist": pb.PublishShortlistRequest,
    "PlanDelivery": pb.PlanDeliveryRequest,
    "RecordDelivery": pb.RecordDeliveryRequest,
}
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.ALREADY_EXISTS,
}


@pytest.mark.parametrize(
    ("method", "request_", "field"),
    [
        pytest.param("SubmitProposal", submission("a bench"), "proposal", id="an id with a space"),
        pytest.param("SubmitProposal", submission(""), "proposal", id="no id"),
        pytest.param("SubmitProposal", submission("x" * 129), "proposal", id="an id of 129 characters"),
        pytest.param("SubmitProposal", submission("bench\x00"), "proposal", id="an id with a zero byte"),
        pytest.param("SubmitProposal", submission("b", process_id="../etc"), "process_id", id="a path as process"),
        pytest.param("SubmitProposal", submission("b", process_id="x" * 64), "process_id", id="a process of 64"),
        pytest.param("SubmitProposal", submission("b", title=""), "title", id="no title"),
        pytest.param("SubmitProposal", submission("b", title=" \t "), "title", id="a title of spaces"),
        pytest.param("SubmitProposal", submission("b", title="x" * 501), "title", id="a title of 501 characters"),
        pytest.param("SubmitProposal", submission("b", title="a\nb"), "title", id="a title on two lines"),
        pytest.param("SubmitProposal", submission("b", summary="x" * 20_001), "summary", id="too long a summary"),
        pytest.param("SubmitProposal", submission("b", summary="\x1b[2J"), "summary", id="a terminal's escape"),
        pytest.param("SubmitProposal", submission("b", author=""), "author", id="no author"),
        pytest.param("SubmitProposal", submission("b", category="x" * 201), "category", id="too long a category"),
        pytest.param("SubmitProposal", submission("b", partners=["p"] * 51), "partners", id="51 partners"),
        pytest.param("SubmitProposal", submission("b", partners=["p", ""]), "partners.1", id="a partner of no name"),
        pytest.param("ReviewProposal", opinion("b", cost="-1"), "cost", id="a cost below nothing"),
        pytest.param("ReviewProposal", opinion("b", cost="1e30"), "cost", id="a cost with an exponent"),
        pytest.param("ReviewProposal", opinion("b", cost="1" * 61), "cost", id="a cost of 61 digits"),
        pytest.param("ReviewProposal", opinion("b", cost="1/0"), "cost", id="a cost divided by nothing"),
        pytest.param("ReviewProposal", opinion("b", official=""), "official", id="a review by nobody"),
        pytest.param("ReviewProposal", opinion("b", service=" "), "service", id="a review by no service"),
        pytest.param("ReviewProposal", opinion("b", reasons=["r"] * 51), "reasons", id="51 reasons"),
        pytest.param("ReviewProposal", opinion("b", reasons=[""]), "reasons.0", id="a reason of nothing"),
        pytest.param("ShortlistProposal", entry("b", "my projects"), "matter", id="a matter with a space"),
        pytest.param("PlanDelivery", plan("b"), "milestones", id="a plan of nothing"),
        pytest.param("PlanDelivery", plan("b", boxes=0), "quantity", id="a milestone of nothing"),
        pytest.param("PlanDelivery", plan("b", boxes=2**62), "quantity", id="a milestone of far too many"),
        pytest.param("RecordDelivery", handover("b", "boxes", 0), "quantity", id="a delivery of nothing"),
        pytest.param("RecordDelivery", handover("b", "boxes", -3), "quantity", id="a delivery taken back"),
        pytest.param("RecordDelivery", handover("b", "boxes", 1, place=""), "place", id="a delivery nowhere"),
        pytest.param("RecordDelivery", handover("b", "boxes", 1, on="yesterday"), "on", id="a delivery yesterday"),
        pytest.param("RecordDelivery", handover("b", "boxes", 1, on="2026-13-01"), "on", id="a delivery in month 13"),
    ],
)
def test_names_the_field_that_is_wrong(idle: Running, method: str, request_: Any, field: str) -> None:
    refused = idle.refused(method, request_)
    assert (refused.code, refused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument")
    assert refused.metadata["field"].endswith(field)
    assert refused.metadata["expected"]
    assert len(refused.sentence) <= 1_000


@pytest.mark.parametrize("method", COMMANDS)
def test_an_empty_command_names_its_missing_key(idle: Running, method: str) -> None:
    with pytest.raises(grpc.RpcError, match="idempotency_key"):
        getattr(idle.stub, method)(COMMANDS[method](), timeout=5)
    assert idle.log.last_position() == 0


def test_refuses_every_command_in_a_process_that_nobody_opened(idle: Running) -> None:
    for method, request in (
        ("SubmitProposal", submission("bench")),
        ("PublishShortlist", pb.PublishShortlistRequest(process_id=PROCESS, matter="projects")),
        ("GetProposal", pb.GetProposalRequest(process_id=PROCESS, proposal="bench")),
        ("ListProposals", pb.ListProposalsRequest(process_id=PROCESS)),
        ("GetState", pb.GetStateRequest(process_id=PROCESS)),
    ):
        refused = idle.refused(method, request)
        assert (refused.code, refused.reason) == (grpc.StatusCode.NOT_FOUND, "unknown_process"), method


def test_refuses_a_proposal_that_nobody_submitted(life: Life, running: Running) -> None:
    refused = running.refused("GetProposal", pb.GetProposalRequest(process_id=PROCESS, proposal="ghost"))
    assert (refused.code, refused.reason) == (grpc.StatusCode.NOT_FOUND, "unknown_proposal")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        pytest.param({"page_size": -1}, "page_size", id="a page of less than nothing"),
        pytest.param({"page_size": 1001}, "page_size", id="a page of 1001"),
        pytest.param({"page_token": "'; DROP TABLE proposals_list"}, "page_token", id="an injected token"),
        pytest.param({"page_token": "-1"}, "page_token", id="a token below nothing"),
        pytest.param({"page_token": "9" * 40}, "page_token", id="a token of 40 digits"),
        pytest.param({"status": 99}, "status", id="a status that does not exist"),
    ],
)
def test_refuses_a_page_that_cannot_be(life: Life, running: Running, request_: dict[str, Any], field: str) -> None:
    refused = running.refused("ListProposals", pb.ListProposalsRequest(process_id=PROCESS, **request_))
    assert (refused.code, refused.metadata["field"]) == (grpc.StatusCode.INVALID_ARGUMENT, field)


@pytest.mark.parametrize("at", [-1, 3, 2**62])
def test_refuses_a_state_before_the_first_or_after_the_last_event(life: Life, running: Running, at: int) -> None:
    refused = running.refused("GetState", pb.GetStateRequest(process_id=PROCESS, at=at))
    assert (refused.code, refused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "index_out_of_range")
    assert refused.metadata == {"at": str(at), "events": "2"}


def test_ids_that_look_like_paths_are_proposals_of_their_own(life: Life, running: Running) -> None:
    for name in ("a/b", "a%2Fb", "../a", "é", "提案", "a'b"):
        life.submit(name)
        assert life.get(name).proposal == name
    assert len(running.ask("ListProposals", pb.ListProposalsRequest(process_id=PROCESS)).proposals) == 6


TEXT = st.text(max_size=40)
FIELDS = st.fixed_dictionaries(
    {"process_id": st.just(PROCESS) | TEXT, "proposal": st.just("bench") | TEXT},
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(sorted(COMMANDS)), noise=st.binary(max_size=200), fields=FIELDS, key=TEXT, actor=TEXT)
def test_no_request_however_malformed_breaks_the_server(
    life: Life, running: Running, method: str, noise: bytes, fields: dict[str, str], key: str, actor: str
) -> None:
    request: Any = COMMANDS[method]()
    for name, value in fields.items():
        if name in request.DESCRIPTOR.fields_by_name:
            setattr(request, name, value)
    try:
        request.MergeFromString(noise)
    except Exception:
        request = COMMANDS[method](**{name: value for name, value in fields.items() if hasattr(request, name)})
    request.command.CopyFrom(Command(idempotency_key=key, actor=actor))
    before, code = running.log.last_position(), grpc.StatusCode.OK
    try:
        getattr(running.stub, method)(request, timeout=5)
    except grpc.RpcError as error:
        code = error.code()
    assert code is grpc.StatusCode.OK or (code in REFUSALS and running.log.last_position() == before)
    assert life.state()["shortlists"] == {}
