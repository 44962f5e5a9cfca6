"""A process read once by the replay, keeping where in the log each step of a project, a box or a motion stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernel import canonical
from kernel.canonical import NotCanonical
from kernel.records import Record
from kernel.refusal import Refused
from replay.replay import Replay
from transparency.bundle import Bundle

UNLISTED = frozenset({"ballots.BallotCast", "ballots.BallotArrivedLate", "ballots.CountSheetFiled"})
"""Events that are counted, not told one by one."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event that something is explained by."""

    index: int
    type: str
    data: dict[str, Any]


class Story:
    """What the log tells of each project, box and motion, in order, and the replay after the last record."""

    def __init__(self, process_id: str) -> None:
        self.process_id = process_id
        self.replay = Replay()
        self.size = 0
        self.projects: dict[str, list[Event]] = {}
        self.shortlists: dict[str, Event] = {}
        self.boxes: dict[str, list[Event]] = {}
        self.motions: dict[str, list[Event]] = {}

    def apply(self, record: Record) -> None:
        """Take the next record."""
        self.replay.apply(record)
        self.size += 1
        if record.type in UNLISTED:
            return
        try:
            data = canonical.loads_canonical(record.payload)
        except NotCanonical:
            return
        if isinstance(data, dict):
            self._keep(Event(record.process_index, record.type, data))

    def _keep(self, event: Event) -> None:
        data = event.data
        if event.type == "proposals.ShortlistPublished":
            self.shortlists[str(data.get("matter"))] = event
        for kept, name in ((self.projects, "proposal"), (self.boxes, "box"), (self.motions, "motion")):
            if isinstance(data.get(name), str):
                kept.setdefault(data[name], []).append(event)

    def of_box(self, box: str, *types: str) -> tuple[int, ...]:
        """The indexes of a box's events of these types, in order."""
        wanted = {f"ballots.{name}" for name in types}
        return tuple(event.index for event in self.boxes.get(box, ()) if event.type in wanted)

    @property
    def differences(self) -> int:
        """How many things the replay found wrong: what is explained by a log that is wrong may be wrong too."""
        return sum(check.wrong for check in self.replay.findings.checks.values())


def read_story(bundle: Bundle, progress: Callable[[int, int], None] | None = None) -> Story | Refused:
    """Read all records of a bundle; refused where a line is no record. The bundle is not verified by this."""
    story = Story(bundle.manifest.process_id)
    for index, record in enumerate(bundle.records()):
        if isinstance(record, Refused):
            return record
        story.apply(record)
        if progress is not None and index % 500 == 0:
            progress(index, bundle.manifest.size)
    return story
