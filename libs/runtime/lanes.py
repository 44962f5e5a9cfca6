"""A lane reads from the log, in order, what it handles; a record that fails is tried again and never skipped."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

from eventsourcing.persistence import Tracking

from eventlog.contract import LogRecorder
from kernel.records import Record
from runtime.service import Reaction, Timer
from runtime.views import Projection, Views

_LOG = logging.getLogger(__name__)

PAGE = 500
JUMP = 10_000
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0


class Lane(ABC):
    """One consumer of the log. Owned by one thread. A crash between two records repeats nothing that was committed."""

    def __init__(self, name: str, types: frozenset[str], log: LogRecorder, position: int) -> None:
        self.name = name
        self.position = position
        self._types = types
        self._log = log
        self._saved = position
        self._pause = 0.0
        self._retry_at = 0.0

    @property
    def failing(self) -> bool:
        """Whether the next record has failed and waits to be tried again."""
        return self._pause > 0

    def step(self) -> bool:
        """Handle one page of what is new; true when there was something. What fails is logged and tried again later."""
        if self.failing and monotonic() < self._retry_at:
            return False
        try:
            found = self._advance(self._log.last_position())
        except Exception:
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self._retry_at = monotonic() + self._pause
            _LOG.exception(
                "%s stopped after position %d; trying again in %.1f s", self.name, self.position, self._pause
            )
            return False
        self._pause = 0.0
        return found

    def leave(self) -> None:
        """Save how far it came, so that the next start does not look again at what it does not handle."""
        if self.position > self._saved:
            self._save(self.position)
            self._saved = self.position

    def _advance(self, end: int) -> bool:
        if end <= self.position:
            return False
        page = self._log.read(after=self.position, until=end, limit=PAGE, types=self._types)
        self._handle(page)
        if len(page) < PAGE:
            self.position = end
        if self.position >= self._saved + JUMP:
            self.leave()
        return bool(page)

    @abstractmethod
    def _handle(self, page: Sequence[Record]) -> None:
        """Do the work of the page and move `position` along with what is committed."""

    @abstractmethod
    def _save(self, position: int) -> None:
        """Keep a position that no committed work has kept yet."""


class ReactionLane(Lane):
    """Runs a service's reactions: each commits its events and its tracked position in one transaction of the log."""

    def __init__(self, name: str, reactions: Mapping[str, Reaction], log: LogRecorder) -> None:
        super().__init__(name, frozenset(reactions), log, log.max_tracking_id(name) or 0)
        self._reactions = reactions

    def _handle(self, page: Sequence[Record]) -> None:
        for record in page:
            self._reactions[record.type](record)
            self.position = record.position

    def _save(self, position: int) -> None:
        if position > (self._log.max_tracking_id(self.name) or 0):
            self._log.insert_tracking(Tracking(self.name, position))


class ProjectionLane(Lane):
    """Folds a read model: its tables and its position move in one transaction of the views."""

    def __init__(self, projection: Projection, log: LogRecorder, views: Views) -> None:
        views.install(projection)
        super().__init__(projection.name, projection.types, log, views.position(projection.name))
        self._projection = projection
        self._views = views

    def _handle(self, page: Sequence[Record]) -> None:
        try:
            self._apply(page)
        except Exception:
            for record in page:
                self._apply([record])

    def _apply(self, records: Sequence[Record]) -> None:
        if records:
            self._views.apply(self._projection, records, records[-1].position)
            self.position = self._saved = records[-1].position

    def _save(self, position: int) -> None:
        self._views.apply(self._projection, (), position)


class Clockwork:
    """Calls each timer about once a second; one that raises is logged and does not keep the others from running."""

    def __init__(self, service: str, timers: Mapping[str, Timer], clock: Callable[[], datetime], every: float) -> None:
        self._service = service
        self._timers = timers
        self._clock = clock
        self._every = every
        self._due = 0.0

    def step(self) -> None:
        """Run the timers when they are due."""
        if not self._timers or monotonic() < self._due:
            return
        self._due = monotonic() + self._every
        for name, timer in self._timers.items():
            try:
                timer(self._clock())
            except Exception:
                _LOG.exception(
                    "the timer %s of %s failed; it is called again in %.1f s", name, self._service, self._every
                )
