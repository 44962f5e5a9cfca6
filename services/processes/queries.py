"""What may be asked: one process as the log has it, the list from the read model, the state after any event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.refusal import Kind, Refused
from processes.application import Processes
from processes.domain.command import unknown_process
from processes.domain.states import Known
from processes.projections import Listed, ProcessList
from runtime.views import Views

DEFAULT_PAGE = 100
MAX_PAGE = 1000
FRESH_WITHIN = 1.0
"""Seconds that a list may wait for the read model to reach what this service has written."""

_TOKEN = re.compile(r"[0-9]{0,18}", re.ASCII)


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

    def process(self, process_id: str) -> Shown | Refused:
        """One process, as far as the log goes now."""
        found = self._processes.process(process_id)
        if isinstance(found, Refused):
            return found
        first = next(self._processes.recorder.read_process(process_id, stop=1))
        return Shown(found.state, found.version, first.recorded_at)

    def page(self, *, status: str | None, size: int, token: str) -> tuple[list[Listed], str] | Refused:
        """One page, and the token of the next ('' when there is none)."""
        if not 0 <= size <= MAX_PAGE:
            return _bad_page("page_size", size, f"0 to {MAX_PAGE}; 0 means {DEFAULT_PAGE}")
        if not _TOKEN.fullmatch(token):
            return _bad_page("page_token", token[:60], "the next_page_token of the page before, or nothing")
        self._views.wait(self._listing.name, self._processes.written, FRESH_WITHIN)
        limit = size or DEFAULT_PAGE
        found = self._listing.page(self._views, status=status, after=int(token or 0), limit=limit + 1)
        shown = found[:limit]
        return shown, str(shown[-1].position) if len(found) > limit else ""

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        length = self._processes.recorder.length(process_id)
        if length == 0:
            return unknown_process(process_id)
        if at is not None and not 0 <= at <= length:
            said = "the process has no such event; ask for 0 up to its number of events"
            return Refused("index_out_of_range", kind=Kind.INVALID, say=said, at=at, events=length)
        return self._processes.state(process_id, at)


def _bad_page(field: str, found: str | int, expected: str) -> Refused:
    said = "the page asked for does not exist"
    return Refused("invalid_argument", kind=Kind.INVALID, say=said, field=field, found=found, expected=expected)
