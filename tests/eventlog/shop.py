"""A small service for tests of the application: counters that are opened, raised and closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from eventlog.application import Change, Changes, CommandMeta, LogApplication, Versioned
from eventlog.contract import LogRecorder
from kernel.events import Event, catalogue
from kernel.refusal import Refused


class CounterOpened(Event):
    TYPE = "counters.CounterOpened"
    limit: int


class CounterRaised(Event):
    TYPE = "counters.CounterRaised"
    by: int


class CounterClosed(Event):
    TYPE = "counters.CounterClosed"


EVENTS = catalogue([CounterOpened, CounterRaised, CounterClosed])
PROCESS = "p-1"


@dataclass(frozen=True)
class Counter:
    limit: int = 0
    total: int = 0
    closed: bool = False


def evolve(state: Counter, event: Event) -> Counter:
    match event:
        case CounterOpened():
            return replace(state, limit=event.limit)
        case CounterRaised():
            return replace(state, total=state.total + event.by)
        case _:
            return replace(state, closed=True)


def counter(name: str) -> str:
    return f"counters/{PROCESS}/{name}"


class Counters(LogApplication):
    name = "counters"

    def __init__(self, log: LogRecorder) -> None:
        super().__init__(log, EVENTS)
        self.decided = 0
        self.before_append: Callable[[], None] = lambda: None

    def get(self, name: str) -> Versioned[Counter]:
        return self.load(counter(name), Counter(), evolve)

    def open(self, name: str, limit: int = 10) -> int:
        """Open a counter by a plain change; returns the position of the event."""
        decided = Changes((Change(counter(name), 0, (CounterOpened(limit=limit),)),))
        receipts = self.execute(PROCESS, "Open", meta(f"open {name}"), str(limit).encode(), lambda: decided)
        assert not isinstance(receipts, Refused)
        return receipts[0].position

    def decide_raise(self, name: str, by: int) -> Changes | Refused:
        """Raise a counter within its limit; `before_append` runs between the decision and the append."""
        self.decided += 1
        found = self.get(name)
        if found.state.total + by > found.state.limit:
            return Refused("over_limit", limit=found.state.limit, got=found.state.total + by)
        self.before_append()
        return Changes((Change(found.id, found.version, (CounterRaised(by=by),)),))


def once(action: Callable[[], object]) -> Callable[[], None]:
    """An action that happens at the first call only."""
    todo = [action]
    lock = threading.Lock()

    def act() -> None:
        with lock:
            waiting = [todo.pop()] if todo else []
        for what in waiting:
            what()

    return act


def meta(key: str, actor: str = "ana") -> CommandMeta:
    return CommandMeta(key, actor, correlation_id="conversation", traceparent="00-trace")


def totals(app: Counters, *names: str) -> Mapping[str, int]:
    return {name: app.get(name).state.total for name in names}
