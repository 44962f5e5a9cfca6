"""A small server with one method of each kind, and a log with a few records: what the runtime is tried on."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest

from comitia.common.v1.common_pb2 import Command
from eventlog.contract import LogRecorder
from eventlog.sqlite import SQLiteLog
from kernel.ids import event_id
from kernel.records import NewRecord, Record
from kernel.refusal import Refused
from runtime import refusals
from runtime.permissions import EVERYONE, Rule
from runtime.server import Server
from runtime.service import Context, Servicer
from runtime.settings import Settings
from runtime.views import Views
from runtime.views_sqlite import SQLiteViews
from tests.entrances import anywhere

METHOD = "/trial.Trial/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def one(request: Command, context: Any) -> Any:
    """Echo; refuse, break or answer nonsense when the actor says so."""
    if request.actor == "refused":
        await refusals.abort(context, Refused("quorum_not_met", needed=40, got=39))
    if request.actor == "broken":
        raise RuntimeError("the password is 1234")
    return 17 if request.actor == "nonsense" else request


async def many(request: Command, context: Any) -> AsyncIterator[Any]:
    """Echo once, then what `one` does."""
    yield request
    yield await one(request, context)


async def each(requests: AsyncIterator[Command], context: Any) -> AsyncIterator[Any]:
    """What `one` does with each request of a stream."""
    async for request in requests:
        yield await one(request, context)


async def last(requests: AsyncIterator[Command], context: Any) -> Command:
    """The last request of a stream."""
    return [request async for request in requests][-1]


TRIAL = {f"trial.Trial/{method}": Rule(EVERYONE) for method in ("One", "Many", "Each", "Last")}


def add_trial(server: grpc.aio.Server) -> None:
    """Put the trial service on a server, as generated code would."""
    coding: dict[str, Any] = {
        "request_deserializer": Command.FromString,
        "response_serializer": Command.SerializeToString,
    }
    handlers = {
        "One": grpc.unary_unary_rpc_method_handler(one, **coding),
        "Many": grpc.unary_stream_rpc_method_handler(many, **coding),
        "Each": grpc.stream_stream_rpc_method_handler(each, **coding),
        "Last": grpc.stream_unary_rpc_method_handler(last, **coding),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("trial.Trial", handlers),))


@pytest.fixture
def channel() -> Iterator[Any]:
    """A connection to a running trial server."""
    server = Server((Servicer("trial.Trial", add_trial),), anywhere(), threading.Event(), table=TRIAL)
    with grpc.insecure_channel(server.start()) as connection:
        yield connection
    server.stop()


@pytest.fixture
def log() -> Iterator[SQLiteLog]:
    """An empty log in memory."""
    opened = SQLiteLog(":memory:", clock=lambda: NOON)
    yield opened
    opened.close()


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    """An empty database of read models."""
    opened = SQLiteViews(tmp_path / "views.db")
    yield opened
    opened.close()


@pytest.fixture
def context(log: LogRecorder, views: Views, tmp_path: Path) -> Context:
    """What a composition root would hand to a service."""
    return Context(log=log, clock=lambda: NOON, views=views, settings=Settings(data_dir=tmp_path))


@pytest.fixture
def happen(log: LogRecorder) -> Callable[..., Record]:
    """Append an event of a type (with a number) to the log."""

    def append(type_: str, number: int = 0, *, process: str = "p") -> Record:
        version = log.versions([f"things/{process}"])[f"things/{process}"] + 1
        (record,) = log.append(
            [
                NewRecord(
                    process_id=process,
                    stream_id=f"things/{process}",
                    stream_version=version,
                    event_id=event_id(f"{process}.{version}", 0),
                    type=type_,
                    schema=1,
                    actor="someone",
                    correlation_id="",
                    causation_id=None,
                    traceparent=None,
                    payload=b'{"number":%d}' % number,
                    salt=bytes(32),
                )
            ]
        )
        return record

    return append
