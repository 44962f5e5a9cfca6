"""The steps of a process over gRPC, and what other services put in the log between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from comitia.processes.v1 import processes_pb2 as pb
from tests.services.processes.building import CHARTER, PROCESS
from tests.services.processes.running import Running


@dataclass
class Steps:
    running: Running

    def open_process(self, charter: str = CHARTER, process: str = PROCESS) -> Any:
        return self.running.do("OpenProcess", opening(charter, process))

    def open_phase(self, phase: str, process: str = PROCESS) -> Any:
        return self.running.do("OpenPhase", pb.OpenPhaseRequest(process_id=process, phase=phase))

    def close_phase(self, phase: str, process: str = PROCESS) -> Any:
        return self.running.do("ClosePhase", pb.ClosePhaseRequest(process_id=process, phase=phase))

    def cancel(self, process: str = PROCESS) -> Any:
        return self.running.do("CancelProcess", cancelling(process))

    def amend(self, charter: str) -> Any:
        return self.running.do("AmendCharter", amending(charter))

    def publish_shortlist(self, matter: str = "projects") -> None:
        payload = {"matter": matter, "options": [], "a field of next year": 1}
        stream = f"shortlists/{PROCESS}/{matter}"
        self.running.happen(PROCESS, stream, "proposals.ShortlistPublished", payload)

    def get(self, process: str = PROCESS) -> pb.GetProcessResponse:
        found: pb.GetProcessResponse = self.running.ask("GetProcess", pb.GetProcessRequest(process_id=process))
        return found

    def listed(self, **filters: Any) -> list[str]:
        page = self.running.ask("ListProcesses", pb.ListProcessesRequest(**filters))
        return [each.process_id for each in page.processes]

    def state(self, at: int | None = None) -> Any:
        return self.running.state(pb.GetStateRequest(process_id=PROCESS, at=at))["process"]


def opening(charter: str = CHARTER, process: str = PROCESS, **changes: Any) -> pb.OpenProcessRequest:
    told: dict[str, Any] = {"title": "Budget 2026", "organiser": "The council", "charter_yaml": charter}
    return pb.OpenProcessRequest(**({"process_id": process} | told | changes))


def amending(charter: str, **changes: Any) -> pb.AmendCharterRequest:
    told: dict[str, Any] = {"charter_yaml": charter, "reason": "more time", "authority": "the council"}
    return pb.AmendCharterRequest(**({"process_id": PROCESS} | told | changes))


def cancelling(process: str = PROCESS, **changes: Any) -> pb.CancelProcessRequest:
    told: dict[str, Any] = {"reason": "no money", "authority": "the council"}
    return pb.CancelProcessRequest(**({"process_id": process} | told | changes))
