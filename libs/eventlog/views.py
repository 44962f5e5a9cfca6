"""What a service knows of a process from other services' events: folded once, then only what is new."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from eventlog.contract import LogRecorder
from kernel.records import Record

S = TypeVar("S")

KEPT = 256


@dataclass
class _Kept(Generic[S]):
    state: S
    next_index: int = 0
    lock: Lock = field(default_factory=Lock)


class CachedFold(Generic[S]):
    """Folds a process's records of `types` into an immutable state; keeps the last `KEPT` processes used."""

    def __init__(
        self, log: LogRecorder, types: Collection[str], initial: Callable[[], S], apply: Callable[[S, Record], S]
    ) -> None:
        self._log, self._types, self._initial, self._apply = log, frozenset(types), initial, apply
        self._kept: OrderedDict[str, _Kept[S]] = OrderedDict()
        self._lock = Lock()

    def at(self, process_id: str) -> S:
        """The state after every record that the log has now; reads only what is new since the last call."""
        kept = self._use(process_id)
        with kept.lock:
            length = self._log.length(process_id)
            if length > kept.next_index:
                state = kept.state
                for record in self._log.read_process(process_id, first=kept.next_index, stop=length, types=self._types):
                    state = self._apply(state, record)
                kept.state, kept.next_index = state, length
            return kept.state

    def _use(self, process_id: str) -> _Kept[S]:
        with self._lock:
            kept = self._kept.get(process_id)
            if kept is None:
                kept = self._kept[process_id] = _Kept(self._initial())
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(process_id)
            return kept
