"""The gRPC servicer: translate, call the application, map refusals to status codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

import grpc

from comitia.processes.v1 import processes_pb2 as pb
from comitia.processes.v1 import processes_pb2_grpc
from kernel import canonical
from kernel.refusal import Kind, Refused
from processes.application import Processes
from processes.domain.amendment import AmendCharter
from processes.domain.cancellation import CancelProcess
from processes.domain.opening import OpenProcess
from processes.domain.phases import ClosePhase, OpenPhase
from processes.domain.states import Cancelled, Known
from processes.queries import Queries
from runtime import refusals
from runtime.servicing import answer, carry_out

Call: TypeAlias = grpc.aio.ServicerContext[Any, Any]

STATUSES = {
    "open": pb.PROCESS_STATUS_OPEN,
    "completed": pb.PROCESS_STATUS_COMPLETED,
    "cancelled": pb.PROCESS_STATUS_CANCELLED,
}
PHASE_STATUSES = {
    "waiting": pb.PHASE_STATUS_WAITING,
    "open": pb.PHASE_STATUS_OPEN,
    "closed": pb.PHASE_STATUS_CLOSED,
}


class ProcessesServicer(processes_pb2_grpc.ProcessesServiceServicer):
    def __init__(self, processes: Processes, queries: Queries, clock: Callable[[], datetime]) -> None:
        self._processes, self._queries, self._clock = processes, queries, clock

    async def OpenProcess(self, request: pb.OpenProcessRequest, context: Call) -> pb.OpenProcessResponse:
        def command() -> OpenProcess:
            return OpenProcess(
                process_id=request.process_id,
                title=request.title,
                organiser=request.organiser,
                charter_yaml=request.charter_yaml,
            )

        return await carry_out(
            request,
            context,
            lambda meta, content: self._processes.open_process(meta, content, command()),
            pb.OpenProcessResponse,
        )

    async def OpenPhase(self, request: pb.OpenPhaseRequest, context: Call) -> pb.OpenPhaseResponse:
        def command() -> OpenPhase:
            return OpenPhase(process_id=request.process_id, phase=request.phase, at=self._clock())

        return await carry_out(
            request,
            context,
            lambda meta, content: self._processes.open_phase(meta, content, command()),
            pb.OpenPhaseResponse,
        )

    async def ClosePhase(self, request: pb.ClosePhaseRequest, context: Call) -> pb.ClosePhaseResponse:
        def command() -> ClosePhase:
            return ClosePhase(process_id=request.process_id, phase=request.phase, at=self._clock())

        return await carry_out(
            request,
            context,
            lambda meta, content: self._processes.close_phase(meta, content, command()),
            pb.ClosePhaseResponse,
        )

    async def AmendCharter(self, request: pb.AmendCharterRequest, context: Call) -> pb.AmendCharterResponse:
        def command() -> AmendCharter:
            return AmendCharter(
                process_id=request.process_id,
                charter_yaml=request.charter_yaml,
                reason=request.reason,
                authority=request.authority,
            )

        return await carry_out(
            request,
            context,
            lambda meta, content: self._processes.amend_charter(meta, content, command()),
            pb.AmendCharterResponse,
        )

    async def CancelProcess(self, request: pb.CancelProcessRequest, context: Call) -> pb.CancelProcessResponse:
        def command() -> CancelProcess:
            return CancelProcess(process_id=request.process_id, reason=request.reason, authority=request.authority)

        return await carry_out(
            request,
            context,
            lambda meta, content: self._processes.cancel_process(meta, content, command()),
            pb.CancelProcessResponse,
        )

    async def GetProcess(self, request: pb.GetProcessRequest, context: Call) -> pb.GetProcessResponse:
        shown = await answer(context, self._queries.process, request.process_id)
        state = shown.state
        return pb.GetProcessResponse(
            process=_summary(state, shown.opened_at),
            phases=_phases(state),
            charter_json=canonical.dumps(state.course.charter.to_json()).decode(),
            amendments=state.course.amendments,
            version=shown.version,
            cancelled_reason=state.reason if isinstance(state, Cancelled) else "",
            cancelled_authority=state.authority if isinstance(state, Cancelled) else "",
        )

    async def ListProcesses(self, request: pb.ListProcessesRequest, context: Call) -> pb.ListProcessesResponse:
        status = _status(request.status)
        if isinstance(status, Refused):
            await refusals.abort(context, status)
        listed, token = await answer(
            context, self._queries.page, status=status, size=request.page_size, token=request.page_token
        )
        return pb.ListProcessesResponse(
            processes=[_summary(each.state, each.opened_at) for each in listed], next_page_token=token
        )

    async def GetState(self, request: pb.GetStateRequest, context: Call) -> pb.GetStateResponse:
        at = request.at if request.HasField("at") else None
        state = await answer(context, self._queries.state, request.process_id, at)
        return pb.GetStateResponse(state_json=canonical.dumps(state).decode())


def _status(wanted: int) -> str | Refused | None:
    """The name of a status asked for; None when none was."""
    if wanted == pb.PROCESS_STATUS_UNSPECIFIED:
        return None
    for name, status in STATUSES.items():
        if status == wanted:
            return name
    expected = ", ".join(pb.ProcessStatus.Name(status) for status in STATUSES.values())
    said = "no such status"
    return Refused("invalid_argument", kind=Kind.INVALID, say=said, field="status", found=wanted, expected=expected)


def _summary(state: Known, opened_at: str) -> pb.ProcessSummary:
    course = state.course
    return pb.ProcessSummary(
        process_id=course.process_id,
        title=course.title,
        organiser=course.organiser,
        status=STATUSES[state.status],
        phase=course.phase.name if course.phase else "",
        charter_hash=course.charter_hash,
        opened_at=opened_at,
    )


def _phases(state: Known) -> list[pb.Phase]:
    return [
        pb.Phase(
            name=phase.name,
            title=phase.title,
            status=PHASE_STATUSES[state.course.phases[phase.name]],
            allows=[action.value for action in phase.allows],
            votes=phase.votes or "",
            opens=phase.opens.isoformat() if phase.opens else "",
            closes=phase.closes.isoformat() if phase.closes else "",
        )
        for phase in state.course.path()
    ]
