"""Hostile requests to the processes API: each is refused with what was wrong and where, and nothing is written."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comitia.common.v1.common_pb2 import Command
from comitia.processes.v1 import processes_pb2 as pb
from tests.services.processes import building as a
from tests.services.processes.running import Running
from tests.services.processes.steps import Steps, amending, cancelling, opening

COMMANDS: dict[str, type[Message]] = {
    "OpenProcess": pb.OpenProcessRequest,
    "OpenPhase": pb.OpenPhaseRequest,
    "ClosePhase": pb.ClosePhaseRequest,
    "AmendCharter": pb.AmendCharterRequest,
    "CancelProcess": pb.CancelProcessRequest,
}
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.ALREADY_EXISTS,
}
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(8)
)


@pytest.mark.parametrize(
    ("method", "request_", "field"),
    [
        pytest.param("OpenProcess", opening(process="Über"), "process_id", id="an id with an accent"),
        pytest.param("OpenProcess", opening(process=""), "process_id", id="no id"),
        pytest.param("OpenProcess", opening(process="a" * 64), "process_id", id="an id of 64 characters"),
        pytest.param("OpenProcess", opening(process="a\n"), "process_id", id="an id with a line's end"),
        pytest.param("OpenProcess", opening(title=""), "title", id="no title"),
        pytest.param("OpenProcess", opening(title="x" * 501), "title", id="a title of 501 characters"),
        pytest.param("OpenProcess", opening(organiser="a\nb"), "organiser", id="an organiser on two lines"),
        pytest.param("OpenPhase", pb.OpenPhaseRequest(process_id=a.PROCESS), "phase", id="no phase"),
        pytest.param("OpenPhase", pb.OpenPhaseRequest(process_id="p", phase="a b"), "phase", id="a phase with a space"),
        pytest.param("ClosePhase", pb.ClosePhaseRequest(process_id="p"), "phase", id="nothing to close"),
        pytest.param("AmendCharter", amending(a.CHARTER, reason=""), "reason", id="an amendment for no reason"),
        pytest.param("AmendCharter", amending(a.CHARTER, authority=" "), "authority", id="by no authority"),
        pytest.param("CancelProcess", cancelling(reason="x" * 2001), "reason", id="a reason of 2001 characters"),
        pytest.param("CancelProcess", cancelling(authority="\x00"), "authority", id="an authority of a zero byte"),
    ],
)
def test_names_the_field_that_is_wrong(idle: Running, method: str, request_: Any, field: str) -> None:
    refused = idle.refused(method, request_)
    assert (refused.code, refused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument")
    assert (refused.metadata["field"], bool(refused.metadata["expected"])) == (field, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "charter_not_yaml", id="nothing"),
        pytest.param(BOMB, "charter_not_yaml", id="aliases that multiply"),
        pytest.param("[" * 5000, "charter_not_yaml", id="nested 5000 deep"),
        pytest.param("!!python/object/apply:os.system ['true']", "charter_not_yaml", id="a Python object"),
        pytest.param(a.CHARTER + "#" * 300_000, "charter_not_yaml", id="300 KB"),
        pytest.param(a.CHARTER + "title: Again\n", "charter_not_yaml", id="a field twice"),
        pytest.param(a.CHARTER + "colour: blue\n", "charter_invalid", id="an unknown field"),
        pytest.param(a.CHARTER.replace("next: null", "next: ideas"), "phase_cycle", id="a cycle of phases"),
        pytest.param(
            a.CHARTER.replace(
                "  - {name: residents, title: Residents}\n", "  - {name: residents, title: Residents}\n" * 2
            ),
            "name_twice",
            id="two chambers of one name",
        ),
    ],
)
def test_refuses_a_hostile_charter(idle: Running, text: str, reason: str) -> None:
    refused = idle.refused("OpenProcess", opening(text))
    assert (refused.code, refused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert refused.metadata["found"]
    assert refused.metadata["expected"]


@pytest.mark.parametrize("method", COMMANDS)
def test_an_empty_command_names_its_missing_key(idle: Running, method: str) -> None:
    with pytest.raises(grpc.RpcError, match="idempotency_key"):
        getattr(idle.stub, method)(COMMANDS[method](), timeout=5)
    assert idle.log.last_position() == 0


def test_refuses_everything_in_a_process_that_nobody_opened(idle: Running) -> None:
    for method, request in (
        ("OpenPhase", pb.OpenPhaseRequest(process_id="ghost", phase="ideas")),
        ("ClosePhase", pb.ClosePhaseRequest(process_id="ghost", phase="ideas")),
        ("AmendCharter", amending(a.CHARTER, process_id="ghost")),
        ("CancelProcess", cancelling("ghost")),
        ("GetProcess", pb.GetProcessRequest(process_id="../../ghost")),
        ("GetState", pb.GetStateRequest(process_id="")),
    ):
        refused = idle.refused(method, request)
        assert (refused.code, refused.reason) == (grpc.StatusCode.NOT_FOUND, "unknown_process"), method


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        pytest.param({"page_size": -1}, "page_size", id="a page of less than nothing"),
        pytest.param({"page_size": 1001}, "page_size", id="a page of 1001"),
        pytest.param({"page_token": "1 OR 1=1"}, "page_token", id="an injected token"),
        pytest.param({"page_token": "9" * 19}, "page_token", id="a token beyond every position"),
        pytest.param({"status": 99}, "status", id="a status that does not exist"),
    ],
)
def test_refuses_a_page_that_cannot_be(idle: Running, request_: dict[str, Any], field: str) -> None:
    refused = idle.refused("ListProcesses", pb.ListProcessesRequest(**request_))
    assert (refused.code, refused.metadata["field"]) == (grpc.StatusCode.INVALID_ARGUMENT, field)


@pytest.mark.parametrize("at", [-1, 2, 2**62])
def test_refuses_a_state_before_the_first_or_after_the_last_event(steps: Steps, running: Running, at: int) -> None:
    steps.open_process()
    refused = running.refused("GetState", pb.GetStateRequest(process_id=a.PROCESS, at=at))
    assert (refused.reason, refused.metadata) == ("index_out_of_range", {"at": str(at), "events": "1"})


TEXT = st.text(max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(sorted(COMMANDS)),
    process=st.just(a.PROCESS) | TEXT,
    charter=TEXT | st.text(alphabet=a.CHARTER, max_size=200),
    phase=st.just("ideas") | TEXT,
    said=TEXT,
    key=TEXT,
)
def test_no_request_however_malformed_breaks_the_server(
    idle: Running, method: str, process: str, charter: str, phase: str, said: str, key: str
) -> None:
    told = {
        "process_id": process,
        "charter_yaml": charter,
        "phase": phase,
        "title": said,
        "organiser": said,
        "reason": said,
        "authority": said,
    }
    request: Any = COMMANDS[method]()
    for name in told.keys() & set(request.DESCRIPTOR.fields_by_name):
        setattr(request, name, told[name])
    request.command.CopyFrom(Command(idempotency_key=key, actor="tester"))
    before, code = idle.log.last_position(), grpc.StatusCode.OK
    try:
        getattr(idle.stub, method)(request, timeout=5)
    except grpc.RpcError as error:
        code = error.code()
    assert code in REFUSALS
    assert idle.log.last_position() == before
