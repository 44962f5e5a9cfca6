"""Rolls, and what else a chamber has one stream for, as the log has them now: folded once, then only what is new."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from chambers.domain.events import EVENTS
from eventlog.application import Versioned
from eventlog.contract import LogRecorder
from kernel.events import Event
from kernel.ids import stream_id

S = TypeVar("S")

KEPT = 64


class ChamberBook(Generic[S]):
    """The last `KEPT` streams of a kind used, because a city's are long; `after` adds events to what is known.

    Safe to use from many threads: what is kept is never changed, only replaced.
    """

    def __init__(self, log: LogRecorder, kind: str, empty: S, after: Callable[[S, Sequence[Event]], S]) -> None:
        self._log, self._kind, self._empty, self._after = log, kind, empty, after
        self._kept: OrderedDict[str, Versioned[S]] = OrderedDict()
        self._lock = Lock()

    def at(self, process_id: str, chamber: str) -> Versioned[S]:
        """A chamber's after every record that the log has now; version 0 where there is none."""
        stream = stream_id(self._kind, process_id, chamber)
        with self._lock:
            known = self._kept.get(stream) or Versioned(stream, 0, self._empty)
        records = self._log.read_stream(stream, after_version=known.version)
        events = [EVENTS[each.type].read(each) for each in records if each.type in EVENTS]
        version = records[-1].stream_version if records else known.version
        found = Versioned(stream, version, self._after(known.state, events))
        self._keep(found)
        return found

    def _keep(self, found: Versioned[S]) -> None:
        with self._lock:
            kept = self._kept.get(found.id)
            if kept is None or kept.version < found.version:
                self._kept[found.id] = found
            self._kept.move_to_end(found.id)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
