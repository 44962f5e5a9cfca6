"""The stream of events: what was recorded, then a marker, then what is recorded; a marker too when nothing matches."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from time import monotonic

from audit.tail import Tail
from comitia.audit.v1 import audit_pb2 as pb
from eventlog.contract import WINDOW, LogRecorder
from kernel.ids import PROCESS_PATTERN
from kernel.records import Record
from kernel.refusal import Kind, Refused, unknown_process
from runtime.servicing import call

FIRST_PAGE, LARGEST_PAGE = 25, 400
PAGE_BYTES = 2**18
MAX_TYPES = 100
PROGRESS_SECONDS = 1.0
_TURN_SECONDS = 0.5
_TYPE = re.compile(r"[a-z][a-z_]{0,60}\.[A-Za-z]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a follower asked for: what comes after `position`, of one process or all, of some types or all (none named)."""

    position: int
    process_id: str | None
    types: frozenset[str]
    follow: bool


class Following:
    """Streams that hold no thread while their reader is slow or the log is quiet."""

    def __init__(self, log: LogRecorder, stopping: threading.Event, clock: Callable[[], float] = monotonic) -> None:
        self._log, self._stopping, self._clock = log, stopping, clock
        self.tail = Tail(log)

    def check(self, request: pb.EventsRequest) -> Wanted | Refused:
        """What the request asks for, or what is wrong with it. A process that is not there yet may be waited for."""
        process_id, last = request.process_id, self._log.last_position()
        if not 0 <= request.after_position <= last:
            say = "the log has no such position: it was cut off, or this is another log; ask again from 0"
            return _bad("after_position", request.after_position, f"0 to {last}", say)
        if process_id and not re.fullmatch(PROCESS_PATTERN, process_id):
            return _bad("process_id", process_id[:100], "lower-case letters, digits and hyphens, or nothing for all")
        if process_id and not request.follow and not self._log.length(process_id):
            return unknown_process(process_id)
        if len(request.types) > MAX_TYPES:
            return _bad("types", len(request.types), f"at most {MAX_TYPES} types, or none for all")
        for number, name in enumerate(request.types):
            if not _TYPE.fullmatch(name):
                return _bad(f"types.{number}", name[:100], "an event's published name, such as ballots.BoxSealed")
        return Wanted(request.after_position, process_id or None, frozenset(request.types), request.follow)

    async def stream(self, wanted: Wanted) -> AsyncIterator[pb.EventsResponse | Refused]:
        """Everything wanted, in the log's order; ends with the log as it is now unless it is to be followed.

        A server that stops ends it with a refusal: without one, what was told would pass for all there is.
        """
        position = told = wanted.position
        told_at, caught_up, limit = self._clock(), False, FIRST_PAGE
        end = await call(self._log.last_position)
        while not self._stopping.is_set():
            if position < end:
                events, position = await call(self._page, wanted, position, end, limit)
                limit = _next_limit(limit, events)
                for event in events:
                    yield pb.EventsResponse(event=event)
                if events:
                    told, told_at = events[-1].position, self._clock()
                    continue
                quiet = caught_up and self._clock() - told_at < PROGRESS_SECONDS
            elif not caught_up:
                caught_up, told, told_at = True, position, self._clock()
                yield pb.EventsResponse(caught_up=pb.CaughtUp(position=position))
                continue
            elif not wanted.follow:
                return
            elif await self.tail.beyond(position, _TURN_SECONDS):
                end = await call(self._log.last_position)
                continue
            else:
                quiet = position == told
            if not quiet:
                told, told_at = position, self._clock()
                yield pb.EventsResponse(progress=pb.Progress(position=position))
        say = "this server is stopping: ask again, another or when it is back, after the last position you were told"
        yield Refused("server_stopping", kind=Kind.UNAVAILABLE, say=say, position=told)

    def _page(self, wanted: Wanted, position: int, end: int, limit: int) -> tuple[list[pb.Event], int]:
        """The next matching events, and up to where the log was read for them."""
        until = min(end, position + WINDOW)
        found = self._log.read(
            after=position, until=until, limit=limit, process_id=wanted.process_id, types=wanted.types
        )
        return [_event(record) for record in found], found[-1].position if len(found) == limit else until


def _next_limit(limit: int, events: list[pb.Event]) -> int:
    """Pages of few large events or of many small ones: what a slow reader keeps in memory stays modest."""
    large = sum(len(event.payload) for event in events) > PAGE_BYTES
    return max(1, limit // 4) if large else min(LARGEST_PAGE, limit * 2)


def _event(record: Record) -> pb.Event:
    return pb.Event(
        position=record.position,
        process_id=record.process_id,
        process_index=record.process_index,
        stream_id=record.stream_id,
        stream_version=record.stream_version,
        event_id=record.event_id,
        type=record.type,
        schema=record.schema,
        recorded_at=record.recorded_at,
        actor=record.actor,
        correlation_id=record.correlation_id,
        causation_id=record.causation_id or "",
        traceparent=record.traceparent or "",
        payload=record.payload.decode(),
    )


def _bad(field: str, found: str | int, expected: str, say: str = "the request is not well formed") -> Refused:
    return Refused("invalid_argument", kind=Kind.INVALID, say=say, field=field, found=found, expected=expected)
