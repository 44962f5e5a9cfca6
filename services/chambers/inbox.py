"""Other services' events as this service understands them: read tolerantly, kept in its own types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from chambers.domain.counting import BoxTallied
from chambers.domain.events import AdviceLapsed, ChamberAsked, MotionProposed, MotionWithdrawn
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


def follow_processes(log: LogRecorder) -> CachedFold[Process]:
    """The processes as this service knows them, each read from the log as far as it goes."""
    return CachedFold(log, frozenset(PROCESS_EVENTS), lambda: Process(process_id=""), read_process)


@dataclass(frozen=True, slots=True)
class Boxes:
    """What was asked in each box of a motion, each motion's matter, and in which boxes nothing counts any more.

    `closed` are those sealed, and those whose motion was withdrawn or whose time to advise lapsed before they were.
    """

    matters: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, ChamberAsked] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def matter_of(self, box: str) -> str:
        """The matter voted in a box: its motion's, or (a selection) the one that it is named after."""
        question = self.asked.get(box)
        return box if question is None else self.matters.get(question.motion, box)

    def closing(self, *boxes: str) -> Boxes:
        """With these closed too."""
        return replace(self, closed=self.closed.union(boxes))


def follow_boxes(log: LogRecorder) -> CachedFold[Boxes]:
    """The boxes as this service knows them, each read from the log as far as it goes."""
    return CachedFold(log, frozenset(BOX_EVENTS), Boxes, lambda boxes, record: BOX_EVENTS[record.type](boxes, record))


def _box_sealed(boxes: Boxes, record: Record) -> Boxes:
    return boxes.closing(record.data()["box"])


def _proposed(boxes: Boxes, record: Record) -> Boxes:
    event = MotionProposed.read(record)
    return replace(boxes, matters={**boxes.matters, event.motion: event.matter})


def _asked(boxes: Boxes, record: Record) -> Boxes:
    event = ChamberAsked.read(record)
    return boxes if event.box is None else replace(boxes, asked={**boxes.asked, event.box: event})


def _withdrawn(boxes: Boxes, record: Record) -> Boxes:
    event = MotionWithdrawn.read(record)
    return boxes.closing(*(box for box, question in boxes.asked.items() if question.motion == event.motion))


def _lapsed(boxes: Boxes, record: Record) -> Boxes:
    event = AdviceLapsed.read(record)
    lapsed = (event.motion, event.chamber, "advice")
    asked = boxes.asked.items()
    return boxes.closing(*(box for box, each in asked if (each.motion, each.chamber, each.kind) == lapsed))


BOX_EVENTS: Mapping[str, Callable[[Boxes, Record], Boxes]] = MappingProxyType(
    {
        BOX_SEALED: _box_sealed,
        MotionProposed.TYPE: _proposed,
        ChamberAsked.TYPE: _asked,
        MotionWithdrawn.TYPE: _withdrawn,
        AdviceLapsed.TYPE: _lapsed,
    }
)


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
