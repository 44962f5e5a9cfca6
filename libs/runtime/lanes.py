"""A lane reads from the log, in order, what it handles; a record that fails is tried again and never skipped."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from time import monotonic

from eventsourcing.persistence import Tracking

from eventlog.contract import LogRecorder, LogUnreachable, Overtaken
from kernel.records import Record
from runtime.service import Reaction, Timer
from runtime.telemetry import tracing
from runtime.views import Projection, Views

_LOG = logging.getLogger(__name__)

PAGE = 500
JUMP = 10_000
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class LaneProgress:
    """How far a lane has come in a log of `head` records; the first that it has not passed came `behind_seconds` ago.

    Of a lane that stands by, it tells how far the worker that leads has said to have come.
    """

    name: str
    position: int
    head: int
    behind_seconds: float
    failing: bool
    leading: bool


class Lane(ABC):
    """One consumer of the log. Owned by one thread. A crash between two records repeats nothing that was committed."""

    def __init__(self, name: str, types: frozenset[str], log: LogRecorder, *, save_every: float = inf) -> None:
        """`save_every` seconds, a position that has moved over what is not handled is kept for other processes to see."""
        self.name = name
        self.types = types
        self._log = log
        self._save_every = save_every
        self._save_at = monotonic() + save_every
        self._pause = 0.0
        self._retry_at = 0.0
        self.reload()

    @property
    def failing(self) -> bool:
        """Whether the next record has failed and waits to be tried again."""
        return self._pause > 0

    def reload(self) -> None:
        """Go on from where the lane was left, by this worker or by another."""
        self.position = self._saved = self._stored()

    def step(self) -> bool:
        """Handle one page of what is new; true when there was something. What fails is logged and tried again later.

        Raises `LogUnreachable`, which is nobody's failure here.
        """
        if self.failing and monotonic() < self._retry_at:
            return False
        try:
            found = self._advance(self._log.last_position())
        except LogUnreachable:
            raise
        except Overtaken as told:
            self.reload()
            _LOG.info("%s; going on from %d", told, self.position)
            return True
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
        self._save_at = monotonic() + self._save_every

    def _advance(self, end: int) -> bool:
        page: Sequence[Record] = ()
        if end > self.position:
            page = self._log.read(after=self.position, until=end, limit=PAGE, types=self.types)
            self._handle(page)
            if len(page) < PAGE:
                self.position = end
        if self.position >= self._saved + JUMP or monotonic() >= self._save_at:
            self.leave()
        return bool(page)

    @abstractmethod
    def _stored(self) -> int:
        """The position that was kept last."""

    @abstractmethod
    def _handle(self, page: Sequence[Record]) -> None:
        """Do the work of the page and move `position` along with what is committed."""

    @abstractmethod
    def _save(self, position: int) -> None:
        """Keep a position that no committed work has kept yet."""


class ReactionLane(Lane):
    """Runs a service's reactions: each commits its events and its tracked position in one transaction of the log."""

    def __init__(
        self, name: str, reactions: Mapping[str, Reaction], log: LogRecorder, *, save_every: float = inf
    ) -> None:
        self._reactions = reactions
        super().__init__(name, frozenset(reactions), log, save_every=save_every)

    def _stored(self) -> int:
        return self._log.max_tracking_id(self.name) or 0

    def _handle(self, page: Sequence[Record]) -> None:
        for record in page:
            with tracing.reacting(self.name, record):
                self._reactions[record.type](record)
            self.position = record.position

    def _save(self, position: int) -> None:
        if position > self._stored():
            self._log.insert_tracking(Tracking(self.name, position))


class ProjectionLane(Lane):
    """Folds a read model: its tables and its position move in one transaction of the views."""

    def __init__(self, projection: Projection, log: LogRecorder, views: Views, *, save_every: float = inf) -> None:
        views.install(projection)
        self._projection = projection
        self._views = views
        super().__init__(projection.name, projection.types, log, save_every=save_every)

    def _stored(self) -> int:
        return self._views.position(self.name)

    def _handle(self, page: Sequence[Record]) -> None:
        try:
            self._apply(page)
        except (Overtaken, LogUnreachable):
            raise
        except Exception:
            for record in page:
                self._apply([record])

    def _apply(self, records: Sequence[Record]) -> None:
        if records:
            self._views.apply(self._projection, records, records[-1].position, after=self._saved)
            self.position = self._saved = records[-1].position

    def _save(self, position: int) -> None:
        self._views.apply(self._projection, (), position, after=self._saved)


class Clockwork:
    """Calls each timer about once a second; one that raises is logged and does not keep the others from running."""

    def __init__(self, service: str, timers: Mapping[str, Timer], clock: Callable[[], datetime], every: float) -> None:
        self._service = service
        self._timers = timers
        self._clock = clock
        self._every = every
        self._due = 0.0

    def step(self) -> None:
        """Run the timers when they are due. Raises `LogUnreachable`."""
        if not self._timers or monotonic() < self._due:
            return
        self._due = monotonic() + self._every
        for name, timer in self._timers.items():
            try:
                with tracing.timed(self._service, name):
                    timer(self._clock())
            except LogUnreachable:
                raise
            except Exception:
                _LOG.exception(
                    "the timer %s of %s failed; it is called again in %.1f s", name, self._service, self._every
                )
