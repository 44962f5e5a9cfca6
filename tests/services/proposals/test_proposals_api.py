"""The proposals API over a real gRPC server: a whole life, what each step answers, and what a retry answers."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from comitia.proposals.v1 import proposals_pb2 as pb
from kernel.records import Record
from tests.services.processes.running import Running
from tests.services.proposals.life import PROCESS, Life, entry, handover, opinion, plan, submission
from transparency.merkle import hash_leaf


def test_a_receipt_says_where_the_event_is_and_what_its_leaf_is(life: Life, running: Running) -> None:
    (receipt,) = life.submit("bench").receipts
    record: Record = running.records(PROCESS, "proposals.ProposalSubmitted")[0]
    assert (receipt.position, receipt.process_index) == (record.position, record.process_index) == (3, 2)
    assert (receipt.type, receipt.event_id) == (record.type, record.event_id)
    assert (receipt.recorded_at, receipt.stream_version) == (record.recorded_at, 1)
    assert receipt.leaf_hash == hash_leaf(record.leaf())


def test_who_gave_the_command_is_recorded(life: Life, running: Running) -> None:
    running.do("SubmitProposal", submission("bench"), actor="the-platform")
    assert running.records(PROCESS, "proposals.ProposalSubmitted")[0].actor == "the-platform"


def test_a_retry_gets_the_first_receipts_and_writes_nothing(life: Life, running: Running) -> None:
    first = running.do("SubmitProposal", submission("bench"), key="mine")
    length = running.log.length(PROCESS)
    again = running.do("SubmitProposal", submission("bench"), key="mine")
    assert again == first
    assert running.log.length(PROCESS) == length


def test_a_retry_gets_the_first_receipts_even_when_the_phase_has_closed_since(life: Life, running: Running) -> None:
    first = running.do("SubmitProposal", submission("bench"), key="mine")
    life.phase_opens("vote")
    assert running.do("SubmitProposal", submission("bench"), key="mine") == first


def test_refuses_a_key_that_was_used_for_something_else(life: Life, running: Running) -> None:
    running.do("SubmitProposal", submission("bench"), key="mine")
    refused = running.refused("SubmitProposal", submission("tree"), key="mine")
    assert (refused.code, refused.reason) == (grpc.StatusCode.ABORTED, "idempotency_key_reused")


def test_a_proposal_lives_from_the_idea_to_the_last_box(life: Life, running: Running) -> None:
    life.name_laureates("bench", "boxes")
    life.phase_opens("delivery")
    running.do("PlanDelivery", plan("boxes", boxes=4, signs=1))
    running.do("RecordDelivery", handover("boxes", "boxes", 3))
    half_way = life.get("boxes")
    assert half_way.status == pb.PROPOSAL_STATUS_IN_DELIVERY
    assert [(each.milestone, each.quantity, each.delivered) for each in half_way.delivery.milestones] == [
        ("boxes", 4, 3),
        ("signs", 1, 0),
    ]
    assert half_way.delivery.milestones[0].due == "2027-06-30"
    running.do("RecordDelivery", handover("boxes", "signs", 1))
    last = running.do("RecordDelivery", handover("boxes", "boxes", 1, note=""))
    assert [receipt.type for receipt in last.receipts] == ["proposals.DeliveryRecorded", "proposals.DeliveryCompleted"]
    done = life.get("boxes")
    assert (done.status, done.rank, done.cost, done.matter) == (pb.PROPOSAL_STATUS_DELIVERED, 2, "2401/2", "projects")
    assert [(each.milestone, each.quantity, each.on) for each in done.delivery.records] == [
        ("boxes", 3, "2026-10-02"),
        ("signs", 1, "2026-10-02"),
        ("boxes", 1, "2026-10-02"),
    ]


def test_a_review_is_shown_until_the_proposal_is_rewritten(life: Life, running: Running) -> None:
    life.submit("bench")
    life.phase_opens("review")
    life.review("bench", feasible=False, cost="", reasons=["not ours", "too dear"])
    declined = life.get("bench")
    assert (declined.status, declined.cost) == (pb.PROPOSAL_STATUS_DECLINED, "")
    assert (declined.review.feasible, list(declined.review.reasons)) == (False, ["not ours", "too dear"])
    revision = pb.ReviseProposalRequest(process_id=PROCESS, proposal="bench", title="Two benches")
    running.do("ReviseProposal", revision)
    rewritten = life.get("bench")
    assert (rewritten.status, rewritten.revision, rewritten.category) == (pb.PROPOSAL_STATUS_SUBMITTED, 1, "")
    assert not rewritten.HasField("review")


def test_a_proposal_taken_off_an_unpublished_shortlist_is_not_voted_on(life: Life, running: Running) -> None:
    life.submit("bench")
    life.submit("tree")
    life.phase_opens("review")
    for proposal in ("bench", "tree"):
        life.review(proposal)
        life.shortlist(proposal)
    withdrawal = pb.WithdrawProposalRequest(process_id=PROCESS, proposal="bench", reason="built already")
    running.do("WithdrawProposal", withdrawal)
    life.publish()
    assert life.state()["shortlists"] == {"projects": [{"option": "tree", "cost": "2401/2", "submitted": 2}]}
    assert life.get("bench").status == pb.PROPOSAL_STATUS_WITHDRAWN
    refused = running.refused(
        "WithdrawProposal", pb.WithdrawProposalRequest(process_id=PROCESS, proposal="tree", reason="why not")
    )
    assert (refused.reason, refused.metadata["matter"]) == ("shortlist_already_published", "projects")


@pytest.mark.parametrize(
    ("method", "request_", "action"),
    [
        pytest.param("ReviewProposal", opinion("bench"), "review", id="reviewing while ideas are taken"),
        pytest.param("ShortlistProposal", entry("bench"), "shortlist", id="shortlisting while ideas are taken"),
        pytest.param(
            "PublishShortlist",
            pb.PublishShortlistRequest(process_id=PROCESS, matter="projects"),
            "shortlist",
            id="publishing while ideas are taken",
        ),
        pytest.param("PlanDelivery", plan("bench", boxes=1), "deliver", id="planning while ideas are taken"),
        pytest.param("RecordDelivery", handover("bench", "boxes", 1), "deliver", id="delivering while ideas are taken"),
    ],
)
def test_refuses_what_the_open_phase_does_not_allow(
    life: Life, running: Running, method: str, request_: Any, action: str
) -> None:
    life.submit("bench")
    refused = running.refused(method, request_)
    assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "action_not_allowed_in_phase")
    assert refused.metadata["phase"] == "ideas"
    assert refused.metadata["action"] == action
    assert refused.metadata["allowed"] == "submit, revise, withdraw"


def test_refuses_everything_between_two_phases(life: Life, running: Running) -> None:
    life.phase_closes()
    refused = running.refused("SubmitProposal", submission("bench"))
    assert (refused.reason, refused.metadata["phases_allowing"]) == ("action_not_allowed_in_phase", "ideas")


def test_refuses_everything_once_the_process_is_cancelled(life: Life, running: Running) -> None:
    life.process_is_cancelled()
    assert running.refused("SubmitProposal", submission("bench")).reason == "process_cancelled"


def test_refuses_everything_once_the_process_is_completed(life: Life, running: Running) -> None:
    life.phase_closes()
    life.process_completes()
    assert running.refused("SubmitProposal", submission("bench")).reason == "process_completed"


def test_lists_proposals_in_the_order_of_submission_a_page_at_a_time(life: Life, running: Running) -> None:
    names = [f"idea-{number}" for number in range(7, 0, -1)]
    for name in names:
        life.submit(name)
    found: list[str] = []
    token, pages = "", 0
    while token or not pages:
        request = pb.ListProposalsRequest(process_id=PROCESS, page_size=3, page_token=token)
        page = running.ask("ListProposals", request)
        found += [each.proposal for each in page.proposals]
        token, pages = page.next_page_token, pages + 1
    assert (found, pages) == (names, 3)


def test_lists_only_proposals_of_the_status_asked_for(life: Life, running: Running) -> None:
    for name in ("bench", "tree", "pond"):
        life.submit(name)
    life.phase_opens("review")
    life.review("tree")
    life.review("pond", feasible=False, cost="")
    for status, expected in (
        (pb.PROPOSAL_STATUS_SUBMITTED, ["bench"]),
        (pb.PROPOSAL_STATUS_REVIEWED, ["tree"]),
        (pb.PROPOSAL_STATUS_DECLINED, ["pond"]),
        (pb.PROPOSAL_STATUS_LAUREATE, []),
        (pb.PROPOSAL_STATUS_UNSPECIFIED, ["bench", "tree", "pond"]),
    ):
        page = running.ask("ListProposals", pb.ListProposalsRequest(process_id=PROCESS, status=status))
        assert [each.proposal for each in page.proposals] == expected
        assert not page.next_page_token


def test_shows_the_state_after_each_event(life: Life) -> None:
    life.submit("bench")
    life.phase_opens("review")
    life.review("bench")
    life.shortlist("bench")
    life.publish()
    assert life.state(at=0) == life.state(at=2) == {"proposals": {}, "shortlists": {}}
    assert life.state(at=3)["proposals"]["bench"] == {
        "title": "The bench",
        "summary": "Why.",
        "author": "ana",
        "category": "park",
        "place": "Lodève",
        "partners": [],
        "revision": 0,
        "status": "submitted",
        "review": None,
        "cost": None,
        "matter": None,
        "rank": None,
        "delivery": None,
    }
    reviewed = life.state(at=6)["proposals"]["bench"]
    assert (reviewed["status"], reviewed["cost"]) == ("reviewed", "2401/2")
    assert life.state(at=7)["shortlists"] == {}
    assert life.state() == life.state(at=8)
    assert life.state()["shortlists"] == {"projects": [{"option": "bench", "cost": "2401/2", "submitted": 1}]}
