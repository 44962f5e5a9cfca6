"""What may be asked: one process as the log has it, the list from the read model, the state after any event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.refusal import Refused
from processes.application import Processes
from processes.domain.states import Known
from processes.projections import Listed, ProcessList
from runtime import asking
from runtime.views import Views


@dataclass(frozen=True, slots=True)
class Shown:
    """A process with its stream's version and when it was opened."""

    state: Known
    version: int
    opened_at: str


class Queries:
    """Reads only; a refusal says what would be right to ask."""

    def __init__(self, processes: Processes, views: Views, listing: ProcessList) -> None:
        self._processes, self._views, self._listing = processes, views, listing
        self._freshness = asking.Freshness(processes.recorder, views, listing)

    def process(self, process_id: str) -> Shown | Refused:
        """One process, as far as the log goes now."""
        found = self._processes.process(process_id)
        if isinstance(found, Refused):
            return found
        first = next(self._processes.recorder.read_process(process_id, stop=1))
        return Shown(found.state, found.version, first.recorded_at)

    def page(self, *, status: str | None, size: int, token: str) -> tuple[list[Listed], str] | Refused:
        """One page, and the token of the next ('' when there is none)."""
        asked = asking.page(size, token)
        if isinstance(asked, Refused):
            return asked
        self._freshness.wait()
        found = self._listing.page(self._views, status=status, after=asked.after, limit=asked.limit + 1)
        return asked.cut(found, lambda row: row.position)

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        return asking.state_after(self._processes.recorder, process_id, at, self._processes.state)
