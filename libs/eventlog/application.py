"""Use cases on the log: load, decide, append; the same command is carried out once however often it is sent."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from eventsourcing.application import AggregateNotFoundError, Application, ProcessingEvent
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import InfrastructureFactory, RecordConflictError, Tracking
from eventsourcing.utils import Environment, EnvType

from eventlog import tracing
from eventlog.batches import Batch
from eventlog.commands import (
    OUT_OF_SERVICE,
    Change,
    Changes,
    Command,
    CommandMeta,
    Receipt,
    Submission,
    Versioned,
    command_of,
    drafts_of,
    out_of_service,
    receipt_of,
)
from eventlog.contract import NOTHING, LogRecorder, Overtaken
from eventlog.mapping import Cause, Draft, Fact, LogFactory, RecordMapper
from kernel.events import Catalogue, Event
from kernel.ids import command_id, event_id
from kernel.records import SALT_BYTES, Record
from kernel.refusal import Kind, Refused

__all__ = [
    "ENGINE",
    "Change",
    "Changes",
    "CommandMeta",
    "LogApplication",
    "Receipt",
    "Submission",
    "Versioned",
    "receipt_of",
]

S = TypeVar("S")

ATTEMPTS = 25
DRAWN_AT_ONCE = 256
ENGINE = "comitia"
"""The actor of what no person did: reactions and timers."""


def new_salt() -> bytes:
    """32 bytes from the machine's secure source.

    Many are drawn at once: each draw gives Python's lock away, and a busy server takes milliseconds to give it back.
    """
    try:
        return _DRAWN.pop()
    except IndexError:
        drawn = secrets.token_bytes(SALT_BYTES * DRAWN_AT_ONCE)
        _DRAWN.extend(drawn[first : first + SALT_BYTES] for first in range(SALT_BYTES, len(drawn), SALT_BYTES))
        return drawn[:SALT_BYTES]


_DRAWN: deque[bytes] = deque()
os.register_at_fork(after_in_child=_DRAWN.clear)


class LogApplication(Application[str]):
    """A service's use of the shared log. Subclasses set `name` to the service's."""

    recorder: LogRecorder

    def __init__(self, log: LogRecorder, events: Catalogue, *, salts: Callable[[], bytes] = new_salt) -> None:
        self._shared_log, self._catalogue, self._salts = log, events, salts
        self._last_reaction = (0, "")
        super().__init__()

    @property
    def log(self) -> LogRecorder:  # type: ignore[override]  # the library deprecates its own `log`
        """The shared log."""
        return self._shared_log

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """The library is configured here and not by the machine's environment variables."""
        return Environment(name, {})

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return LogFactory(env, self._shared_log)

    def construct_mapper(self) -> RecordMapper:
        return RecordMapper(self._catalogue, self._salts)

    def load(self, stream_id: str, initial: S, evolve: Callable[[S, Event], S]) -> Versioned[S]:
        """Fold a stream; `initial` at version 0 when it does not exist; events outside the catalogue only count."""

        def project(_: Versioned[S] | None, events: Iterable[DomainEventProtocol[str]]) -> Versioned[S] | None:
            state, version = initial, 0
            for fact in cast("Iterable[Fact]", events):
                version = fact.originator_version
                if fact.event is not None:
                    state = evolve(state, fact.event)
            return Versioned(stream_id, version, state) if version else None

        try:
            return self.repository.get(stream_id, projector_func=project)
        except AggregateNotFoundError:
            return Versioned(stream_id, 0, initial)

    def execute(
        self,
        process_id: str,
        method: str,
        meta: CommandMeta,
        content: bytes,
        decide: Callable[[], Changes | Refused],
    ) -> tuple[Receipt, ...] | Refused:
        """Carry out one command, once: the first receipts when its idempotency key was used for the same content.

        `decide` loads and decides; it is called again when what it read has changed meanwhile.
        """
        command = command_of(process_id, method, meta, content)
        for attempt in range(ATTEMPTS):
            earlier = self._answered(command)
            if earlier is not None:
                return earlier
            decided = decide()
            if isinstance(decided, Refused):
                # The same command may have been carried out elsewhere while this one was being decided.
                return self._answered(command) or decided
            try:
                return self._append(drafts_of(command, decided.changes), decided.expect)
            except RecordConflictError:
                _pause(attempt)
            except OUT_OF_SERVICE as error:
                return out_of_service(error)
        return _contended()

    def execute_many(
        self,
        process_id: str,
        method: str,
        items: Sequence[Submission],
        decide: Callable[[Sequence[Submission]], Sequence[Change | Refused]],
        expect: Callable[[], Mapping[str, int]] = lambda: NOTHING,
    ) -> list[Receipt | Refused]:
        """Carry out independent commands of one event each in one transaction, and answer each.

        `decide` answers each submission with a change of one event, or a refusal; `expect` is called after it and gives
        the versions of the streams that it read. Both are called again after a conflict. What was carried out before is
        found out where it shows, by a refusal or a conflict: what is new, nearly all, is not looked for.
        """
        batch = Batch(process_id, method, items)
        conflicts = 0
        while batch.waiting:
            try:
                tried = batch.draft(decide(batch.submissions()))
                suspect = batch.ids() if conflicts else batch.ids(tried.refused)
                if suspect and batch.settle_earlier(self.recorder.find(suspect)):
                    continue
                batch.settle(tried, self._append(tried.drafts, expect()) if tried.drafts else ())
            except RecordConflictError:
                conflicts += 1
                if conflicts == ATTEMPTS:
                    batch.refuse(_contended())
                _pause(conflicts)
            except OUT_OF_SERVICE as error:
                batch.refuse(out_of_service(error))
        return batch.results()

    def react(self, policy: str, cause: Record, decide: Callable[[], Changes | None]) -> tuple[Receipt, ...]:
        """Do once what `policy` does about `cause`, however often it is delivered; None means nothing is to be done.

        That `cause` was dealt with is recorded in the same transaction, so a crash repeats nothing and loses nothing.
        Records are dealt with in order, each by one policy. After `LogFull`, `LogBusy` or `VersionConflict`, deliver
        `cause` again.
        """
        command = command_id(cause.process_id, policy, cause.event_id)
        tracking = Tracking(f"{self.name}.reactions", cause.position)
        if (self.recorder.max_tracking_id(tracking.application_name) or 0) >= cause.position:
            if self._last_reaction[0] == cause.position and self._last_reaction[1] != policy:
                raise ValueError(f"{policy} and {self._last_reaction[1]} both react to {cause.type}: join them")
            return self._carried_out(command)
        trace = tracing.current() or cause.traceparent
        because = Cause(cause.process_id, ENGINE, cause.correlation_id, cause.event_id, trace)
        receipts = self._once(Command(command, because), decide, tracking)
        self._last_reaction = (cause.position, policy)
        return receipts

    def tick(self, policy: str, process_id: str, key: str, decide: Callable[[], Changes | None]) -> tuple[Receipt, ...]:
        """Do once what `policy` does when the time named by `key` has come; None means that it has not come."""
        command = command_id(process_id, policy, key)
        because = Cause(process_id, ENGINE, command, None, tracing.current())
        return self._once(Command(command, because), decide, None)

    def _once(
        self, command: Command, decide: Callable[[], Changes | None], tracking: Tracking | None
    ) -> tuple[Receipt, ...]:
        attempt = 0
        while True:
            earlier = self._carried_out(command.id)
            changes = None if earlier else decide()
            try:
                if changes is not None:
                    return self._append(drafts_of(command, changes.changes), changes.expect, tracking)
                if tracking is not None:
                    self.recorder.insert_tracking(tracking)
                return earlier
            except Overtaken:
                return self._carried_out(command.id)
            except RecordConflictError:
                attempt += 1
                if attempt == ATTEMPTS:
                    raise
                _pause(attempt)

    def _append(
        self, drafts: Sequence[Draft], expect: Mapping[str, int], tracking: Tracking | None = None
    ) -> tuple[Receipt, ...]:
        """Through the library's own path: collect, map, insert. The records come back by `appended`."""
        appended: list[Record] = []
        processing: ProcessingEvent[str] = ProcessingEvent(tracking)
        processing.collect_events(cast("Any", _Collected(drafts)), expect=expect, appended=appended)
        self._record(processing)
        return tuple(map(receipt_of, appended))

    def _answered(self, command: Command) -> tuple[Receipt, ...] | Refused | None:
        """What was answered to this command before; None when it is new."""
        first = self.recorder.find([event_id(command.id, 0)])
        for record in first.values():
            return command.judge(record) or self._carried_out(command.id)
        return None

    def _carried_out(self, command: str) -> tuple[Receipt, ...]:
        """The receipts of the events that a command's id has in the log."""
        receipts: list[Receipt] = []
        while found := self.recorder.find([event_id(command, len(receipts))]):
            receipts.extend(map(receipt_of, found.values()))
        return tuple(receipts)


class _Collected:
    """Hands the drafts of a batch to the library as one object: it looks at each object's type, which is slow."""

    id, version = "", 0

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._drafts = drafts

    def collect_events(self) -> Sequence[Draft]:
        return self._drafts


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, 0.001 * 2 ** min(attempt, 7)))


def _contended() -> Refused:
    return Refused(
        "too_much_contention",
        kind=Kind.CONFLICT,
        say="others kept changing what this command depends on; nothing was written: send it again",
        attempts=ATTEMPTS,
    )
