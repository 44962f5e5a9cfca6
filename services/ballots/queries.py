"""What may be asked: one box as the log has it, the list of boxes from the read model, the state after any event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ballots.application import Ballots
from ballots.domain.box import OpenBox, Unopened, unknown_box
from ballots.projections import BoxList
from ballots.state import state_at
from ballots.turnout import Turnout
from kernel.refusal import Refused, unknown_process
from runtime import asking
from runtime.views import Row, Views


@dataclass(frozen=True)
class Shown:
    """A box with its turnout, both as of the end of the log."""

    box: OpenBox
    turnout: Turnout


class Queries:
    """Reads only; a refusal says what would be right to ask."""

    def __init__(self, ballots: Ballots, views: Views, listing: BoxList) -> None:
        self._ballots, self._views, self._listing = ballots, views, listing
        self._freshness = asking.Freshness(ballots.recorder, views, listing)

    def box(self, process_id: str, name: str) -> Shown | Refused:
        """One box, as far as the log goes now."""
        box = self._ballots.box(process_id, name).state
        if isinstance(box, Unopened):
            return unknown_box(name)
        return Shown(box, self._ballots.turnouts.of(process_id, name))

    def page(self, process_id: str, *, size: int, token: str) -> tuple[list[Row], str] | Refused:
        """One page of boxes, and the token of the next ('' when there is none)."""
        asked = asking.page(size, token)
        if isinstance(asked, Refused):
            return asked
        if self._ballots.recorder.length(process_id) == 0:
            return unknown_process(process_id)
        self._freshness.wait()
        found = self._listing.page(self._views, process_id, after=asked.after, limit=asked.limit + 1)
        return asked.cut(found, lambda row: row["number"])

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        log = self._ballots.recorder
        return asking.state_after(log, process_id, at, partial(state_at, log))
