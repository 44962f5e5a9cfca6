"""Other services' events as this service understands them: read tolerantly, kept in its own types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from eventlog.contract import LogRecorder
from eventlog.views import CachedFold
from kernel.records import Record
from proposals.domain.laureates import BoxTallied
from proposals.domain.process import Process

BOX_TALLIED = "ballots.BoxTallied"


def follow_processes(log: LogRecorder) -> CachedFold[Process]:
    """The processes as this service knows them, each read from the log as far as it goes."""
    return CachedFold(log, frozenset(PROCESS_EVENTS), lambda: Process(process_id=""), read_process)


def read_process(before: Process, record: Record) -> Process:
    """The process after one of its records."""
    process = replace(before, process_id=record.process_id, version=record.stream_version)
    return PROCESS_EVENTS[record.type](process, record.data())


def _under_charter(process: Process, charter: dict[str, Any]) -> Process:
    return replace(
        process,
        allows={each["name"]: tuple(each.get("allows") or ()) for each in charter.get("phases", ())},
        matters={each["name"]: each.get("kind", "") for each in charter.get("matters", ())},
    )


def _opened(process: Process, data: dict[str, Any]) -> Process:
    return _under_charter(replace(process, status="open"), data["charter"])


def _amended(process: Process, data: dict[str, Any]) -> Process:
    return _under_charter(process, data["charter"])


def _phase_opened(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, phase=data["phase"])


def _phase_closed(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, phase=None)


def _cancelled(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, status="cancelled")


def _completed(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, status="completed")


PROCESS_EVENTS: Mapping[str, Callable[[Process, dict[str, Any]], Process]] = {
    "processes.ProcessOpened": _opened,
    "processes.CharterAmended": _amended,
    "processes.PhaseOpened": _phase_opened,
    "processes.PhaseClosed": _phase_closed,
    "processes.ProcessCancelled": _cancelled,
    "processes.ProcessCompleted": _completed,
}


def read_tally(record: Record) -> BoxTallied:
    """The winners of a tallied box, paid for or elected; none where it allocated no money and filled no seats."""
    data = record.data()
    allocation, election = data.get("allocation") or {}, data.get("count", {}).get("election") or {}
    return BoxTallied(
        process_id=record.process_id,
        box=data["box"],
        matter=data["matter"],
        winners=tuple(allocation.get("winners") or election.get("elected") or ()),
    )
