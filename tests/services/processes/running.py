"""One service as it runs: its log and read models, its followers, its gRPC API on a port, and a clock that a test sets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import grpc

from comitia.common.v1.common_pb2 import Command
from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SQLiteLog
from kernel import canonical
from kernel.ids import event_id
from kernel.records import NewRecord, Record
from runtime.followers import Follower
from runtime.refusals import refusal_of
from runtime.server import Server
from runtime.service import Context, Service
from runtime.settings import Settings
from runtime.views import Views
from runtime.views_postgres import PostgresViews
from runtime.views_sqlite import SQLiteViews
from testkit.check_log import check_log
from tests.entrances import anywhere

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE = 10.0


class Told(NamedTuple):
    """What a refused caller was told."""

    code: grpc.StatusCode
    reason: str
    sentence: str
    metadata: dict[str, str]


class Running:
    """A running service; `stub` speaks to it as an integrator's program would."""

    def __init__(
        self, wire: Callable[[Context], Service], stub: Callable[[grpc.Channel], Any], folder: Path, database: str = ""
    ) -> None:
        """On a log of its own, or on that of `database` in PostgreSQL, which others may run on too."""
        self.now = NOON
        self.log: LogRecorder
        self.views: Views
        if database:
            self.log, self.views = PostgresLog(database, clock=lambda: self.now), PostgresViews(database)
        else:
            self.log, self.views = SQLiteLog(":memory:", clock=lambda: self.now), SQLiteViews(folder / "views.db")
        self.context = Context(
            log=self.log, clock=lambda: self.now, views=self.views, settings=Settings(data_dir=folder)
        )
        self.service = wire(self.context)
        self._server = Server(self.service.servicers, anywhere(), threading.Event())
        self._follower = Follower(self.service, self.context, timers_every=0.02)
        self._channel = grpc.insecure_channel(self._server.start())
        self.stub = stub(self._channel)
        self._follower.start()
        self._keys = (f"{id(self)}-{number}" for number in count(1))

    def stop(self) -> None:
        """Stop everything, then check the whole log."""
        self._follower.stop()
        self._channel.close()
        self._server.stop()
        check_log(self.log)
        self.views.close()
        self.log.close()

    def stop_following(self) -> None:
        """No reaction and no timer runs any more; commands and queries do."""
        self._follower.stop()

    def do(self, method: str, request: Any, *, key: str = "", actor: str = "tester") -> Any:
        """Send a command under `key`, or under a new one."""
        request.command.CopyFrom(Command(idempotency_key=key or next(self._keys), actor=actor))
        return getattr(self.stub, method)(request, timeout=PATIENCE)

    def ask(self, method: str, request: Any) -> Any:
        """Send a query."""
        return getattr(self.stub, method)(request, timeout=PATIENCE)

    def refused(self, method: str, request: Any, *, key: str = "") -> Told:
        """Send a command or a query that must be refused; nothing may have been written."""
        before = self.log.last_position()
        try:
            if hasattr(request, "command"):
                self.do(method, request, key=key)
            else:
                self.ask(method, request)
        except grpc.RpcError as error:
            assert self.log.last_position() == before, "a refused call has written"
            told = refusal_of(error)
            return Told(error.code(), told.reason, told.sentence, dict(told.metadata))
        raise AssertionError(f"{method} was not refused")

    def state(self, request: Any) -> Any:
        """The parsed answer of `GetState`."""
        return json.loads(self.ask("GetState", request).state_json)

    def happen(self, process_id: str, stream: str, type_: str, payload: dict[str, Any]) -> Record:
        """Put another service's event into the log."""
        version = self.log.versions([stream])[stream] + 1
        (record,) = self.log.append(
            [
                NewRecord(
                    process_id=process_id,
                    stream_id=stream,
                    stream_version=version,
                    event_id=event_id(f"{stream}.{version}", 0),
                    type=type_,
                    schema=1,
                    actor="another-service",
                    correlation_id="",
                    causation_id=None,
                    traceparent=None,
                    payload=canonical.dumps(payload),
                    salt=bytes(32),
                )
            ]
        )
        return record

    def types(self, process_id: str) -> list[str]:
        """The types of a process's events, in order."""
        return [record.type.partition(".")[2] for record in self.log.read_process(process_id)]

    def records(self, process_id: str, type_: str) -> list[Record]:
        """A process's events of one type."""
        return list(self.log.read_process(process_id, types=[type_]))

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds; fails when that takes too long."""
        patience = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < patience, "it never happened"
            time.sleep(0.005)

    def sleep_until(self, when: datetime) -> None:
        """Set the clock, and let the timers see it."""
        self.now = max(self.now + timedelta(microseconds=1), when)
        time.sleep(0.1)


def rows(views: Views, table: str) -> list[tuple[Any, ...]]:
    """Everything in a read model's table, in order."""
    return sorted(tuple(row.values()) for row in views.read(f"SELECT * FROM {table}"))
