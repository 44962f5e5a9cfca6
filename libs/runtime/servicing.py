"""What every gRPC servicer needs: the frame of a command, what a retry must repeat, threads for blocking work."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec, Protocol, TypeVar

import grpc
from google.protobuf.message import Message
from pydantic import ValidationError

from comitia.common.v1 import common_pb2
from eventlog.application import CommandMeta, Receipt
from kernel.ids import NAME_PATTERN
from kernel.refusal import Kind, Refused, shorten
from runtime import refusals
from runtime.telemetry import tracing

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Message)

MAX_KEY = 128
_WORKING = ThreadPoolExecutor(max_workers=16, thread_name_prefix="working")
_WAITING = ThreadPoolExecutor(max_workers=64, thread_name_prefix="waiting")


class CommandRequest(Protocol):
    """Any request whose field 1 is `comitia.common.v1.Command command`."""

    @property
    def command(self) -> common_pb2.Command: ...


async def call(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do blocking work (the log, a fold, a count) in a thread, so that the event loop goes on serving."""
    return await _in_thread(_WORKING, lambda: work(*args, **kwargs))


async def call_waiting(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Like `call`, for work that mostly waits (`log.wait`): it never takes the threads of commands."""
    return await _in_thread(_WAITING, lambda: work(*args, **kwargs))


def command(
    request: CommandRequest, context: grpc.aio.ServicerContext[Any, Any] | None = None
) -> CommandMeta | Refused:
    """Who gives the command and under which key, or why that cannot be accepted; the trace is the call's."""
    frame = request.command
    if not 1 <= len(frame.idempotency_key) <= MAX_KEY:
        return _bad_frame("idempotency_key", frame.idempotency_key, f"1 to {MAX_KEY} characters, new for each command")
    if not re.fullmatch(NAME_PATTERN, frame.actor):
        return _bad_frame(
            "actor", frame.actor, "1 to 128 characters without spaces: the pseudonym of who gives the command"
        )
    if len(frame.correlation_id) > MAX_KEY:
        return _bad_frame("correlation_id", frame.correlation_id, f"at most {MAX_KEY} characters")
    return CommandMeta(
        idempotency_key=frame.idempotency_key,
        actor=frame.actor,
        correlation_id=frame.correlation_id,
        traceparent=_traceparent(context),
    )


def content(request: Message) -> bytes:
    """What a retry under the same key must repeat: the request's bytes, without the frame of the command."""
    bare = type(request)()
    bare.CopyFrom(request)
    bare.ClearField("command")
    return bare.SerializeToString(deterministic=True)


def invalid(error: ValidationError) -> Refused:
    """The first thing that a request got wrong: which field, what was found there, what is expected."""
    first = error.errors(include_url=False, include_context=False)[0]
    return Refused(
        "invalid_argument",
        kind=Kind.INVALID,
        say="the request is not well formed",
        field=".".join(str(part) for part in first["loc"]) or "request",
        found=shorten(repr(first["input"]), 100),
        expected=first["msg"].removeprefix("Value error, "),
        errors=error.error_count(),
    )


def receipts(given: Iterable[Receipt]) -> list[common_pb2.Receipt]:
    """The receipts of a command as the contract spells them."""
    return [receipt(one) for one in given]


def receipt(given: Receipt) -> common_pb2.Receipt:
    """One receipt as the contract spells it."""
    return common_pb2.Receipt(
        position=given.position,
        process_index=given.process_index,
        event_id=given.event_id,
        type=given.type,
        recorded_at=given.recorded_at,
        leaf_hash=given.leaf_hash,
        stream_version=given.stream_version,
    )


async def carry_out(
    request: Any,
    context: grpc.aio.ServicerContext[Any, Any],
    use_case: Callable[[CommandMeta, bytes], Iterable[Receipt] | Refused],
    response: Callable[..., M],
) -> M:
    """The whole of a command's servicing: its frame, the use case in a thread, then its receipts or the refusal.

    `use_case(meta, content)` may raise pydantic's `ValidationError` for a request that is not well formed.
    """
    meta = command(request, context)
    if isinstance(meta, Refused):
        await refusals.abort(context, meta)
    try:
        done = await call(use_case, meta, content(request))
    except ValidationError as error:
        done = invalid(error)
    if isinstance(done, Refused):
        await refusals.abort(context, done)
    return response(receipts=receipts(done))


async def answer(
    context: grpc.aio.ServicerContext[Any, Any], query: Callable[P, T | Refused], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The whole of a query's servicing: it runs in a thread; its refusal ends the call."""
    found = await call(query, *args, **kwargs)
    if isinstance(found, Refused):
        await refusals.abort(context, found)
    return found


def _bad_frame(field: str, found: str, expected: str) -> Refused:
    return Refused(
        "invalid_argument",
        kind=Kind.INVALID,
        say="the command's frame is not well formed",
        field=f"command.{field}",
        found=shorten(repr(found), 100),
        expected=expected,
    )


async def _in_thread(threads: Executor, work: Callable[[], T]) -> T:
    """With the call's context, so that what the thread logs and appends is in the call's trace."""
    return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, work)


def _traceparent(context: grpc.aio.ServicerContext[Any, Any] | None) -> str | None:
    """The span that serves the call; when nobody traces here, the W3C trace context that came with it, if it is valid."""
    serving = tracing.current_traceparent()
    if serving is not None:
        return serving
    for key, value in (context.invocation_metadata() or ()) if context else ():
        if key == tracing.HEADER:
            return value if isinstance(value, str) and tracing.parse(value) else None
    return None
