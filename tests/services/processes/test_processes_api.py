"""The processes API over a real gRPC server: a whole process, what each step answers, and what a retry answers."""

from __future__ import annotations

import hashlib
import json

import grpc
import pytest

from comitia.processes.v1 import processes_pb2 as pb
from rules import templates
from tests.services.processes import building as a
from tests.services.processes.running import Running
from tests.services.processes.steps import Steps, opening
from transparency.merkle import hash_leaf

pytestmark = pytest.mark.slow


def test_a_process_runs_from_its_opening_to_its_last_phase(steps: Steps, running: Running) -> None:
    steps.open_process()
    for phase in ("ideas", "vote"):
        steps.open_phase(phase)
        assert steps.get().process.phase == phase
        steps.close_phase(phase)
        if phase == "ideas":
            steps.publish_shortlist()
    steps.open_phase("delivery")
    last = steps.close_phase("delivery")
    assert [receipt.type for receipt in last.receipts] == ["processes.PhaseClosed", "processes.ProcessCompleted"]
    done = steps.get()
    assert (done.process.status, done.process.phase, done.version) == (pb.PROCESS_STATUS_COMPLETED, "", 8)
    assert {phase.status for phase in done.phases} == {pb.PHASE_STATUS_CLOSED}
    assert running.types(a.PROCESS).count("PhaseOpened") == 3


def test_shows_the_charter_in_force_with_its_hash(steps: Steps) -> None:
    steps.open_process(a.DATED)
    shown = steps.get()
    assert hashlib.sha256(shown.charter_json.encode()).hexdigest() == shown.process.charter_hash
    assert json.loads(shown.charter_json)["matters"][0]["name"] == "projects"
    assert [(phase.name, phase.opens, phase.closes, phase.votes) for phase in shown.phases] == [
        ("ideas", "2026-12-01", "2026-12-10", ""),
        ("vote", "2026-12-11", "2026-12-20", "projects"),
        ("delivery", "", "2027-06-30", ""),
    ]
    assert list(shown.phases[0].allows) == ["submit", "revise"]
    assert shown.process.opened_at == "2026-11-22T12:00:00.000000Z"


def test_a_receipt_says_where_the_event_is_and_what_its_leaf_is(steps: Steps, running: Running) -> None:
    (receipt,) = steps.open_process().receipts
    (record,) = running.records(a.PROCESS, "processes.ProcessOpened")
    assert (receipt.position, receipt.process_index, receipt.stream_version) == (1, 0, 1)
    assert (receipt.event_id, receipt.leaf_hash) == (record.event_id, hash_leaf(record.leaf()))


def test_a_retry_gets_the_first_receipts_and_writes_nothing(steps: Steps, running: Running) -> None:
    first = running.do("OpenProcess", opening(), key="mine")
    steps.open_phase("ideas")
    assert running.do("OpenProcess", opening(), key="mine") == first
    closing = pb.ClosePhaseRequest(process_id=a.PROCESS, phase="ideas")
    closed = running.do("ClosePhase", closing, key="mine")
    assert running.do("ClosePhase", closing, key="mine") == closed
    assert running.log.length(a.PROCESS) == 3


def test_refuses_a_key_that_was_used_for_something_else(steps: Steps, running: Running) -> None:
    running.do("OpenProcess", opening(), key="mine")
    refused = running.refused("OpenProcess", opening(title="Another title"), key="mine")
    assert (refused.code, refused.reason) == (grpc.StatusCode.ABORTED, "idempotency_key_reused")


def test_an_amended_charter_is_in_force_at_once(steps: Steps, running: Running) -> None:
    steps.open_process()
    before = steps.get().process.charter_hash
    steps.amend(a.CHARTER.replace("budget: 1800000", "budget: 2000000"))
    after = steps.get()
    assert after.amendments == 1
    assert json.loads(after.charter_json)["matters"][0]["allocation"]["budget"] == "2000000"
    (record,) = running.records(a.PROCESS, "processes.CharterAmended")
    assert (record.data()["previous_hash"], record.data()["charter_hash"]) == (before, after.process.charter_hash)
    assert record.data()["changed"] == ["/matters/projects/allocation/budget"]


def test_refuses_an_amendment_that_the_charter_does_not_allow(steps: Steps, running: Running) -> None:
    steps.open_process()
    request = pb.AmendCharterRequest(
        process_id=a.PROCESS, charter_yaml=a.CHARTER + "summary: New.\n", reason="why", authority="who"
    )
    refused = running.refused("AmendCharter", request)
    assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "amendment_not_allowed")
    assert refused.metadata["paths"] == "/summary"


def test_a_cancelled_process_says_why_and_takes_nothing_more(steps: Steps, running: Running) -> None:
    steps.open_process()
    steps.open_phase("ideas")
    steps.cancel()
    shown = steps.get()
    assert (shown.process.status, shown.cancelled_reason, shown.cancelled_authority) == (
        pb.PROCESS_STATUS_CANCELLED,
        "no money",
        "the council",
    )
    refused = running.refused("ClosePhase", pb.ClosePhaseRequest(process_id=a.PROCESS, phase="ideas"))
    assert refused.reason == "process_cancelled"


def test_lists_processes_in_the_order_of_opening_a_page_at_a_time(steps: Steps, running: Running) -> None:
    names = [f"p-{number}" for number in range(5, 0, -1)]
    for name in names:
        steps.open_process(process=name)
    first = running.ask("ListProcesses", pb.ListProcessesRequest(page_size=2))
    assert [each.process_id for each in first.processes] == names[:2]
    rest = running.ask("ListProcesses", pb.ListProcessesRequest(page_size=3, page_token=first.next_page_token))
    assert ([each.process_id for each in rest.processes], rest.next_page_token) == (names[2:], "")


def test_lists_only_processes_of_the_status_asked_for(steps: Steps) -> None:
    steps.open_process(process="going")
    steps.open_process(process="gone")
    steps.cancel("gone")
    assert steps.listed() == ["going", "gone"]
    assert steps.listed(status=pb.PROCESS_STATUS_OPEN) == ["going"]
    assert steps.listed(status=pb.PROCESS_STATUS_CANCELLED) == ["gone"]
    assert steps.listed(status=pb.PROCESS_STATUS_COMPLETED) == []


def test_shows_the_state_after_each_event(steps: Steps) -> None:
    steps.open_process()
    steps.open_phase("ideas")
    steps.close_phase("ideas")
    steps.publish_shortlist()
    steps.cancel()
    assert steps.state(at=0) is None
    assert steps.state(at=1)["phases"] == {"ideas": "waiting", "vote": "waiting", "delivery": "waiting"}
    assert (steps.state(at=2)["phase"], steps.state(at=3)["phase"]) == ("ideas", None)
    assert steps.state(at=3) == steps.state(at=4)
    assert steps.state() == {
        "process_id": a.PROCESS,
        "title": "Budget 2026",
        "organiser": "The council",
        "charter_hash": steps.get().process.charter_hash,
        "status": "cancelled",
        "phase": None,
        "phases": {"ideas": "closed", "vote": "waiting", "delivery": "waiting"},
        "amendments": 0,
        "cancelled": {"reason": "no money", "authority": "the council"},
    }


@pytest.mark.parametrize("name", templates.names())
def test_a_process_opens_under_every_template(steps: Steps, name: str) -> None:
    steps.open_process(templates.text(name))
    assert steps.get().phases[0].status == pb.PHASE_STATUS_WAITING
