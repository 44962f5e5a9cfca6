"""Other services' events as this service understands them: read tolerantly, kept in its own types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from chambers.domain.counting import BoxTallied
from chambers.domain.events import ChamberAsked, MotionProposed
from chambers.domain.process import Process
from eventlog.contract import LogRecorder
from eventlog.views import CachedFold
from kernel.ids import stream_id
from kernel.numbers import parse_exact
from kernel.records import Record
from kernel.refusal import Refused
from rules.charter import parse_charter
from rules.decisions import VoteCount

PHASE_OPENED = "processes.PhaseOpened"
PROCESS_CANCELLED = "processes.ProcessCancelled"
BOX_SEALED = "ballots.BoxSealed"
BOX_TALLIED = "ballots.BoxTallied"
MOTION_PROPOSED = MotionProposed.TYPE
CHAMBER_ASKED = ChamberAsked.TYPE


def follow_processes(log: LogRecorder) -> CachedFold[Process]:
    """The processes as this service knows them, each read from the log as far as it goes."""
    return CachedFold(log, frozenset(PROCESS_EVENTS), lambda: Process(process_id=""), read_process)


@dataclass(frozen=True, slots=True)
class Boxes:
    """The motion of each box that was asked for, each motion's matter, and which boxes are sealed."""

    matters: Mapping[str, str] = field(default_factory=dict)
    motions: Mapping[str, str] = field(default_factory=dict)
    sealed: frozenset[str] = frozenset()

    def matter_of(self, box: str) -> str:
        """The matter voted in a box: its motion's, or (a selection) the one that it is named after."""
        return self.matters.get(self.motions.get(box, ""), box)


def follow_boxes(log: LogRecorder) -> CachedFold[Boxes]:
    """The boxes as this service knows them, each read from the log as far as it goes."""
    return CachedFold(log, (MOTION_PROPOSED, CHAMBER_ASKED, BOX_SEALED), Boxes, _read_box)


def _read_box(boxes: Boxes, record: Record) -> Boxes:
    data = record.data()
    if record.type == BOX_SEALED:
        return replace(boxes, sealed=boxes.sealed | {data["box"]})
    if record.type == MOTION_PROPOSED:
        return replace(boxes, matters={**boxes.matters, data["motion"]: data["matter"]})
    return replace(boxes, motions={**boxes.motions, data["box"]: data["motion"]})


def process_stream(process_id: str) -> str:
    return stream_id("processes", process_id)


def box_stream(process_id: str, box: str) -> str:
    return stream_id("boxes", process_id, box)


def read_process(before: Process, record: Record) -> Process:
    """The process after one of its records."""
    process = replace(before, process_id=record.process_id, version=record.stream_version)
    return PROCESS_EVENTS[record.type](process, record.data())


def _opened(process: Process, data: dict[str, Any]) -> Process:
    return _amended(replace(process, status="open"), data)


def _amended(process: Process, data: dict[str, Any]) -> Process:
    charter = parse_charter(data["charter"])
    if isinstance(charter, Refused):
        raise ValueError(f"the charter in the log of {process.process_id} cannot be read: {charter}")
    return replace(process, charter=charter)


def _phase_opened(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, phase=data["phase"])


def _phase_closed(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, phase=None)


def _cancelled(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, status="cancelled")


def _completed(process: Process, data: dict[str, Any]) -> Process:
    return replace(process, status="completed")


PROCESS_EVENTS: Mapping[str, Callable[[Process, dict[str, Any]], Process]] = MappingProxyType(
    {
        "processes.ProcessOpened": _opened,
        "processes.CharterAmended": _amended,
        PHASE_OPENED: _phase_opened,
        "processes.PhaseClosed": _phase_closed,
        PROCESS_CANCELLED: _cancelled,
        "processes.ProcessCompleted": _completed,
    }
)


def read_phase_opened(record: Record) -> str:
    """The phase that was opened."""
    return str(record.data()["phase"])


def read_tally(record: Record) -> BoxTallied | None:
    """What was counted in a motion's box; None for a box of no motion."""
    data = record.data()
    if data.get("motion") is None:
        return None
    units = data["count"].get("units") or {}
    return BoxTallied(
        process_id=record.process_id,
        motion=data["motion"],
        box=data["box"],
        count=_count(data["count"]),
        units={code: _count(part) for code, part in units.items()},
    )


def _count(part: Mapping[str, Any]) -> VoteCount:
    scores = part.get("scores") or {}
    return VoteCount(
        yes=parse_exact(scores.get("yes", "0")),
        no=parse_exact(scores.get("no", "0")),
        abstain=parse_exact(scores.get("abstain", "0")),
        blank=parse_exact(part.get("blank", "0")),
        invalid=parse_exact(part.get("invalid", "0")),
        heads_present=int(part.get("voters", 0)),
    )


def seals(record: Record) -> bool:
    """Whether a record of a box's stream sealed it."""
    return record.type == BOX_SEALED
