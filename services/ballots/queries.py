"""What may be asked: one box as the log has it, the list of boxes from the read model, the state after any event."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ballots.application import Ballots
from ballots.domain.box import OpenBox, Unopened, unknown_box
from ballots.projections import BoxList
from ballots.state import state_at
from ballots.turnout import Turnout
from kernel.refusal import Kind, Refused
from runtime.views import Views

DEFAULT_PAGE = 100
MAX_PAGE = 1000
FRESH_WITHIN = 1.0
"""Seconds that a list may wait for the read model to reach what this service wrote last."""

_TOKEN = re.compile(r"[0-9]{0,12}", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """A box with its turnout, both as of the end of the log."""

    box: OpenBox
    turnout: Turnout


class Queries:
    """Reads only; a refusal says what would be right to ask."""

    def __init__(self, ballots: Ballots, views: Views, listing: BoxList) -> None:
        self._ballots, self._views, self._listing = ballots, views, listing

    def box(self, process_id: str, name: str) -> Shown | Refused:
        """One box, as far as the log goes now."""
        box = self._ballots.box(process_id, name).state
        if isinstance(box, Unopened):
            return unknown_box(name)
        return Shown(box, self._ballots.turnouts.of(process_id, name))

    def page(self, process_id: str, *, size: int, token: str) -> tuple[list[sqlite3.Row], str] | Refused:
        """One page of boxes, and the token of the next ('' when there is none)."""
        if not 0 <= size <= MAX_PAGE:
            return _bad_page("page_size", size, f"0 to {MAX_PAGE}; 0 means {DEFAULT_PAGE}")
        if not _TOKEN.fullmatch(token):
            return _bad_page("page_token", token[:60], "the next_page_token of the page before, or nothing")
        if self._ballots.recorder.length(process_id) == 0:
            return _unknown_process(process_id)
        self._views.wait(self._listing.name, self._ballots.written, FRESH_WITHIN)
        limit = size or DEFAULT_PAGE
        found = self._listing.page(self._views, process_id, after=int(token or 0), limit=limit + 1)
        shown = found[:limit]
        return shown, str(shown[-1]["number"]) if len(found) > limit else ""

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        length = self._ballots.recorder.length(process_id)
        if length == 0:
            return _unknown_process(process_id)
        if at is not None and not 0 <= at <= length:
            say = "the process has no such event; ask for 0 up to its number of events"
            return Refused("index_out_of_range", kind=Kind.INVALID, say=say, at=at, events=length)
        return state_at(self._ballots.recorder, process_id, at)


def _unknown_process(process_id: str) -> Refused:
    say = "no such process was opened; ListProcesses names those there are"
    return Refused("unknown_process", kind=Kind.NOT_FOUND, say=say, process=process_id)


def _bad_page(field: str, found: str | int, expected: str) -> Refused:
    say = "the page asked for does not exist"
    return Refused("invalid_argument", kind=Kind.INVALID, say=say, field=field, found=found, expected=expected)
