"""The follower of a service: one thread for its reactions and timers, one for its read models."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from math import inf

from eventlog.contract import LogRecorder, LogUnreachable, Overtaken
from kernel.instants import parse_instant
from runtime.lanes import Clockwork, Lane, LaneProgress, ProjectionLane, ReactionLane
from runtime.leases import Heart, Lead
from runtime.service import Context, Service

_LOG = logging.getLogger(__name__)

POLL = 0.25
RECOVERY = 1.0
SHORTEST_REST = 0.002
LONGEST_REST = 0.05
STAND_BY = 0.5


class Follower:
    """Follows the log for one service from `start` to `stop`, from where it was when it, or another worker, left off."""

    def __init__(self, service: Service, context: Context, *, timers_every: float = 1.0, hinted: bool = False) -> None:
        """With `hinted`, the log is read when `nudge` tells that something is new, and each `timer_seconds` without it."""
        shared = context.leases is not None
        save_every = context.settings.timer_seconds if shared else inf
        clockwork = Clockwork(service.name, service.timers, context.clock, timers_every)
        reacting: list[Lane] = []
        if service.reactions:
            reacting.append(ReactionLane(service.tracking_name, service.reactions, context.log, save_every=save_every))
        projecting = [
            ProjectionLane(projection, context.log, context.views, save_every=save_every)
            for projection in service.projections
        ]
        patience = context.settings.timer_seconds if hinted else None
        models = ",".join(context.views.key(projection.name) for projection in service.projections)
        self._log, self._clock = context.log, context.clock
        self._stop = threading.Event()
        self._heart = Heart(context.leases, context.settings.lease_seconds) if context.leases is not None else None
        self._loops = [
            _Loop(
                f"{service.name} {what}",
                lanes,
                each_turn,
                context.log,
                self._stop,
                lead=None if self._heart is None else self._heart.lead(lease),
                patience=None if patience is None else min(patience, timers_every if each_turn else patience),
            )
            for what, lanes, each_turn, lease in (
                ("reactions", reacting, clockwork.step if service.timers else None, service.tracking_name),
                ("projections", projecting, None, models),
            )
            if lanes or each_turn
        ]

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the lanes whose next record has failed and is tried again."""
        return tuple(lane.name for loop in self._loops for lane in loop.lanes if lane.failing)

    @property
    def leading(self) -> bool:
        """Whether any of its work is done by this process: hints are of use here."""
        return any(loop.leading for loop in self._loops)

    @property
    def position(self) -> int | float:
        """How far every lane has come; infinite when the service follows nothing."""
        return min((lane.position for loop in self._loops for lane in loop.lanes), default=inf)

    def progress(self) -> tuple[LaneProgress, ...]:
        """How far each lane has come, for those who watch. Raises `LogUnreachable`."""
        head, now = self._log.last_position(), self._clock()
        return tuple(
            LaneProgress(
                name=lane.name,
                position=lane.position,
                head=head,
                behind_seconds=_seconds_waiting(self._log, lane.position, head, now),
                failing=lane.failing,
                leading=loop.leading,
            )
            for loop in self._loops
            for lane in loop.lanes
        )

    def start(self) -> None:
        """Begin to follow."""
        if self._heart is not None and self._loops:
            self._heart.start()
        for loop in self._loops:
            loop.start()

    def nudge(self, type_: str = "") -> None:
        """Tell, from any thread, that an event (of that type) was appended; nothing is lost when this is not called."""
        for loop in self._loops:
            if not type_ or type_ in loop.types:
                loop.wake()

    def stop(self, *, wait: bool = True) -> None:
        """Finish the record in hand, save the positions, end the threads (and wait for that). May be called twice."""
        self._stop.set()
        for loop in self._loops:
            loop.wake()
        for loop in self._loops if wait else ():
            loop.finish()
        if wait and self._heart is not None:
            self._heart.stop()


class _Loop:
    """A thread that takes turns over its lanes, and rests when the log brings only what none of them handles."""

    def __init__(
        self,
        name: str,
        lanes: Sequence[Lane],
        each_turn: Callable[[], None] | None,
        log: LogRecorder,
        stop: threading.Event,
        *,
        lead: Lead | None,
        patience: float | None,
    ) -> None:
        """`lead` is None where nobody else can follow; `patience` None where the log itself tells what is new."""
        self.lanes = lanes
        self.types = frozenset[str]().union(*(lane.types for lane in lanes))
        self._each_turn = each_turn
        self._log = log
        self._stop = stop
        self._lead, self._term = lead, 0
        self._patience = patience
        self._woken = threading.Event()
        self._away = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def leading(self) -> bool:
        """Whether this process does the work, and no other."""
        return self._lead is None or self._lead.held

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def finish(self) -> None:
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        rest = SHORTEST_REST
        while not self._stop.is_set():
            try:
                rest = self._turn(rest)
                self._back()
            except LogUnreachable as error:
                self._lost(error)
                self._stop.wait(RECOVERY)
            except Exception:
                _LOG.exception("%s could not read the log; trying again in %.1f s", self._thread.name, RECOVERY)
                self._stop.wait(RECOVERY)
        for lane in self.lanes if self.leading else ():
            self._leave(lane)

    def _turn(self, rest: float) -> float:
        """One turn; returns how long to rest after the next one that brings nothing to any lane."""
        if not self._takes_the_lead():
            self._stop.wait(STAND_BY)
            return SHORTEST_REST
        if self._each_turn:
            self._each_turn()
        seen = self._log.last_position()
        stepped = [lane.step() for lane in self.lanes]
        if any(stepped) or not self._something_new(seen):
            return SHORTEST_REST
        self._stop.wait(rest)
        return min(rest * 2, LONGEST_REST)

    def _takes_the_lead(self) -> bool:
        """Whether to work. Whoever stands by, or leads anew, learns how far the others have come."""
        if self._lead is None:
            return True
        held, term = self._lead.held, self._lead.term
        if not held or term != self._term:
            for lane in self.lanes:
                lane.reload()
            if held:
                _LOG.info("%s leads from position %s", self._thread.name, [lane.position for lane in self.lanes])
                self._term = term
        return held

    def _something_new(self, seen: int) -> bool:
        if self._patience is None:
            return self._log.wait_for(seen, POLL)
        woken = self._woken.wait(self._patience)
        self._woken.clear()
        return woken

    def _lost(self, error: LogUnreachable) -> None:
        """Said once, not each second that the database is away."""
        if not self._away:
            _LOG.warning("%s cannot reach the log, and tries each %.1f s: %s", self._thread.name, RECOVERY, error)
        self._away = True

    def _back(self) -> None:
        if self._away:
            _LOG.warning("%s reaches the log again", self._thread.name)
        self._away = False

    def _leave(self, lane: Lane) -> None:
        try:
            lane.leave()
        except Overtaken:
            _LOG.info("%s was moved on by another worker", lane.name)
        except Exception:
            _LOG.exception("%s could not save its position; its next start reads the log again from there", lane.name)


def _seconds_waiting(log: LogRecorder, position: int, head: int, now: datetime) -> float:
    """How long the first record after `position` has been in the log; 0 when there is none."""
    if position >= head:
        return 0.0
    (first,) = log.read(after=position, until=position + 1, limit=1)
    return max(0.0, (now - parse_instant(first.recorded_at)).total_seconds())
