"""What every story of the demo needs: a client, a progress bar, and the steps of opening a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.progress import Progress, TaskID

from cli.client import Client
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2

ENROL_AT_ONCE = 1000


@dataclass(frozen=True)
class Stage:
    """One story's process on one server, with its line of the progress bar."""

    client: Client
    process_id: str
    bar: Progress
    task: TaskID

    def say(self, what: str, steps: int) -> None:
        """Start a new stretch of `steps` steps on the bar."""
        self.bar.reset(self.task, total=steps, description=what)

    def step(self, steps: int = 1) -> None:
        self.bar.advance(self.task, steps)

    def open_process(self, title: str, organiser: str, charter_yaml: str) -> None:
        request = processes_pb2.OpenProcessRequest(
            process_id=self.process_id, title=title, organiser=organiser, charter_yaml=charter_yaml
        )
        self.client.do(self.client.processes.OpenProcess, request)

    def open_phase(self, phase: str) -> None:
        request = processes_pb2.OpenPhaseRequest(process_id=self.process_id, phase=phase)
        self.client.do(self.client.processes.OpenPhase, request)

    def close_phase(self, phase: str) -> None:
        request = processes_pb2.ClosePhaseRequest(process_id=self.process_id, phase=phase)
        self.client.do(self.client.processes.ClosePhase, request)

    def enrol(self, chamber: str, members: list[chambers_pb2.Member]) -> None:
        """Enter members in a roll, a thousand at a time."""
        for start in range(0, len(members), ENROL_AT_ONCE):
            batch = members[start : start + ENROL_AT_ONCE]
            request = chambers_pb2.EnrolMembersRequest(process_id=self.process_id, chamber=chamber, members=batch)
            self.client.do(self.client.chambers.EnrolMembers, request)
            self.step(len(batch))

    def await_box(self, box: str) -> dict[str, Any]:
        """Wait until the engine has opened a box."""
        return self.client.await_event(self.process_id, "ballots.BoxOpened", lambda data: data["box"] == box)

    def await_tally(self, box: str) -> dict[str, Any]:
        """Wait until the engine has counted a box."""
        return self.client.await_event(self.process_id, "ballots.BoxTallied", lambda data: data["box"] == box)

    def await_laureate(self, proposal: str) -> None:
        """Wait until the engine has named a proposal laureate; all laureates of a box are named at once."""
        named = "proposals.ProposalNamedLaureate"
        self.client.await_event(self.process_id, named, lambda data: data["proposal"] == proposal)


class DemoFailed(Exception):
    """The demo did not come out as it must; the message says where."""


def must(held: bool, what: str) -> None:
    """Stop the demo unless `held`."""
    if not held:
        raise DemoFailed(what)
