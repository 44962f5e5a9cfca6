"""The in-process follower of a service: one thread for its reactions and timers, one for its read models."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from math import inf

from eventlog.contract import LogRecorder
from runtime.lanes import Clockwork, Lane, ProjectionLane, ReactionLane
from runtime.service import Context, Service

_LOG = logging.getLogger(__name__)

POLL = 0.25
RECOVERY = 1.0
SHORTEST_REST = 0.002
LONGEST_REST = 0.05


class Follower:
    """Follows the log for one service from `start` to `stop`, from where it was when it last stopped."""

    def __init__(self, service: Service, context: Context, *, timers_every: float = 1.0) -> None:
        clockwork = Clockwork(service.name, service.timers, context.clock, timers_every)
        reacting = [ReactionLane(service.tracking_name, service.reactions, context.log)] if service.reactions else []
        projecting = [ProjectionLane(projection, context.log, context.views) for projection in service.projections]
        self._stop = threading.Event()
        self._loops = [
            _Loop(f"{service.name} {what}", lanes, each_turn, context.log, self._stop)
            for what, lanes, each_turn in (
                ("reactions", reacting, clockwork.step if service.timers else None),
                ("projections", projecting, None),
            )
            if lanes or each_turn
        ]

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the lanes whose next record has failed and is tried again."""
        return tuple(lane.name for loop in self._loops for lane in loop.lanes if lane.failing)

    @property
    def position(self) -> int | float:
        """How far every lane has come; infinite when the service follows nothing."""
        return min((lane.position for loop in self._loops for lane in loop.lanes), default=inf)

    def start(self) -> None:
        """Begin to follow."""
        for loop in self._loops:
            loop.start()

    def stop(self, *, wait: bool = True) -> None:
        """Finish the record in hand, save the positions, end the threads (and wait for that). May be called twice."""
        self._stop.set()
        for loop in self._loops if wait else ():
            loop.finish()


class _Loop:
    """A thread that takes turns over its lanes, and rests when the log brings only what none of them handles."""

    def __init__(
        self,
        name: str,
        lanes: Sequence[Lane],
        each_turn: Callable[[], None] | None,
        log: LogRecorder,
        stop: threading.Event,
    ) -> None:
        self.lanes = lanes
        self._each_turn = each_turn
        self._log = log
        self._stop = stop
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        rest = SHORTEST_REST
        while not self._stop.is_set():
            try:
                rest = self._turn(rest)
            except Exception:
                _LOG.exception("%s could not read the log; trying again in %.1f s", self._thread.name, RECOVERY)
                self._stop.wait(RECOVERY)
        for lane in self.lanes:
            self._leave(lane)

    def _turn(self, rest: float) -> float:
        """One turn; returns how long to rest after the next one that brings nothing to any lane."""
        if self._each_turn:
            self._each_turn()
        seen = self._log.last_position()
        stepped = [lane.step() for lane in self.lanes]
        if any(stepped) or not self._log.wait_for(seen, POLL):
            return SHORTEST_REST
        self._stop.wait(rest)
        return min(rest * 2, LONGEST_REST)

    def _leave(self, lane: Lane) -> None:
        try:
            lane.leave()
        except Exception:
            _LOG.exception("%s could not save its position; its next start reads the log again from there", lane.name)
