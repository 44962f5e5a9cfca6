"""A phase with dates opens on the first instant of `opens` and closes when the day `closes` has ended, by itself."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kernel.events import Event
from kernel.instants import show_instant
from processes.domain.phases import closing, opening, refuse_without_shortlist
from processes.domain.states import Open, ProcessState
from rules.charter import Phase


@dataclass(frozen=True, slots=True)
class Due:
    """The one change of phase that the charter's dates have come next, and when."""

    edge: Literal["opens", "closes"]
    phase: Phase
    at: datetime

    @property
    def key(self) -> str:
        """The same change has the same key however often it is found due, so that it happens once."""
        return f"{self.edge}|{self.phase.name}|{show_instant(self.at)}"


def next_due(state: ProcessState) -> Due | None:
    """The next dated change; None when a command must come first, or nothing more can."""
    if not isinstance(state, Open):
        return None
    current, following = state.course.phase, state.course.next_phase()
    if current is not None:
        closes = current.closes_at()
        return Due("closes", current, closes) if closes else None
    opens = following.opens_at() if following else None
    return Due("opens", following, opens) if following and opens else None


def happens(due: Due, now: datetime, published: AbstractSet[str]) -> tuple[Event, ...]:
    """What the log is to hold of it by `now`: nothing before its instant, nor while a vote's shortlist is missing."""
    if now < due.at:
        return ()
    if due.edge == "closes":
        return closing(due.phase, "date", due.at)
    return () if refuse_without_shortlist(due.phase, published) else opening(due.phase, "date", due.at)
