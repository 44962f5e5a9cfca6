"""The rolls as the log has them now: each folded once, then only what is new, because a city's roll is long."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from chambers.domain.events import EVENTS
from chambers.domain.rolls import Roll, evolve
from eventlog.application import Versioned
from eventlog.contract import LogRecorder
from kernel.ids import stream_id

KEPT = 64


class RollBook:
    """The last `KEPT` rolls used. Safe to use from many threads: what is kept is never changed, only replaced."""

    def __init__(self, log: LogRecorder) -> None:
        self._log = log
        self._kept: OrderedDict[str, Versioned[Roll]] = OrderedDict()
        self._lock = Lock()

    def at(self, process_id: str, chamber: str) -> Versioned[Roll]:
        """A chamber's roll after every record that the log has now; version 0 where nobody was ever enrolled."""
        stream = stream_id("rolls", process_id, chamber)
        with self._lock:
            known = self._kept.get(stream) or Versioned(stream, 0, Roll())
        state, version = known.state, known.version
        for record in self._log.read_stream(stream, after_version=version):
            version = record.stream_version
            if record.type in EVENTS:
                state = evolve(state, EVENTS[record.type].read(record))
        found = Versioned(stream, version, state)
        self._keep(found)
        return found

    def _keep(self, found: Versioned[Roll]) -> None:
        with self._lock:
            kept = self._kept.get(found.id)
            if kept is None or kept.version < found.version:
                self._kept[found.id] = found
            self._kept.move_to_end(found.id)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
