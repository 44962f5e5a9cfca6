"""No input yields UNKNOWN or a traceback: bytes that are no request are INVALID_ARGUMENT, a bug INTERNAL with an id."""

from __future__ import annotations

import inspect
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

import grpc

from eventlog.commands import OUT_OF_SERVICE, out_of_service
from kernel.refusal import Kind, Refused
from runtime import refusals
from runtime.caller import Caller
from runtime.door import Door, Passage, TurnedAway

if TYPE_CHECKING:
    Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:
    Interceptor = grpc.aio.ServerInterceptor

_LOG = logging.getLogger(__name__)

Behaviour = Callable[[Any, Any], Any]
Parse = Callable[[bytes], Any]


class Guard(Interceptor):
    """Wraps every method of the server, health and reflection included; a response that cannot be sent is a bug too."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._guarded: dict[str, Any] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """The method's handler, guarded; `None` (gRPC answers UNIMPLEMENTED) when there is no such method."""
        method = str(handler_call_details.method)
        if method not in self._guarded:
            handler = await continuation(handler_call_details)
            if handler is None:
                return None
            self._guarded[method] = _guarded(_Method(method, self._door, handler), handler)
        return self._guarded[method]


def _guarded(method: _Method, handler: Any) -> Any:
    """gRPC hands over bytes: what a caller sends is parsed after the door, and who is turned away costs no more."""
    arity = ("stream" if handler.request_streaming else "unary", "stream" if handler.response_streaming else "unary")
    name = "_".join(arity)
    serve = getattr(handler, name)
    writes_itself = handler.response_streaming and not inspect.isasyncgenfunction(serve)
    serialize = None if writes_itself else handler.response_serializer
    wrap = _guard_generator if inspect.isasyncgenfunction(serve) else _guard_coroutine
    return getattr(grpc, f"{name}_rpc_method_handler")(
        wrap(method, serve, serialize or _as_it_is),
        request_deserializer=None,
        response_serializer=handler.response_serializer if writes_itself else None,
    )


def _guard_coroutine(method: _Method, serve: Behaviour, serialize: Callable[[Any], Any]) -> Behaviour:
    async def guarded(sent: Any, context: Any) -> Any:
        try:
            caller = await method.enter(context)
            return serialize(await serve(await method.requests(sent, caller), context))
        except Exception as error:
            await _end(error, method.name, context)

    return guarded


def _guard_generator(method: _Method, serve: Behaviour, serialize: Callable[[Any], Any]) -> Behaviour:
    async def guarded(sent: Any, context: Any) -> AsyncIterator[Any]:
        try:
            caller = await method.enter(context)
            async for response in serve(await method.requests(sent, caller), context):
                method.passage.still(caller)
                yield serialize(response)
        except Exception as error:
            await _end(error, method.name, context)

    return guarded


class _Method:
    """One method of the server: its door, and how its requests are read."""

    def __init__(self, name: str, door: Door, handler: Any) -> None:
        self.name, self.passage = name, Passage(door, name)
        self._streaming: bool = handler.request_streaming
        self._parse: Parse = handler.request_deserializer or _as_it_is

    async def enter(self, context: Any) -> Caller:
        """Who calls; however the call ends, it is told to the door, also when nobody reads a stream's answers any more."""
        caller = await self.passage.enter(context)
        context.add_done_callback(lambda _: self.passage.leave(caller))
        return caller

    async def requests(self, sent: Any, caller: Caller) -> Any:
        """The request, or the stream of them, each read and judged before the service sees it. Raises `TurnedAway`."""
        return self._each(sent, caller) if self._streaming else await self._one(sent, caller, first=True)

    async def _each(self, sent: AsyncIterator[bytes], caller: Caller) -> AsyncIterator[Any]:
        """What refuses a message is raised to the service: answers to the messages before it are sent before the refusal."""
        first = True
        async for data in sent:
            yield await self._one(data, caller, first=first)
            first = False

    async def _one(self, data: bytes, caller: Caller, *, first: bool) -> Any:
        try:
            request = self._parse(data)
        except Exception:
            raise TurnedAway(_malformed(self.name)) from None
        if not (first and caller.trusted):
            await self.passage.pass_on(caller, request, first=first)
        return request


def _as_it_is(response: Any) -> Any:
    return response


async def _end(error: Exception, method: str, context: Any) -> NoReturn:
    """End the call in the terms of what ended it: a refusal, a log that cannot be used now, else a bug."""
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if isinstance(error, TurnedAway):
        await refusals.abort(context, error.refused)
    if isinstance(error, OUT_OF_SERVICE):
        await refusals.abort(context, out_of_service(error))
    await _incident(error, method, context)


def _malformed(method: str) -> Refused:
    say = f"the bytes sent are not a request of {method}: send the protobuf message of its contract"
    return Refused("malformed_request", kind=Kind.INVALID, say=say, method=method)


async def _incident(error: Exception, method: str, context: Any) -> NoReturn:
    """Log the exception under a new id, and tell the client the id and nothing else."""
    incident = secrets.token_hex(8)
    _LOG.error("incident %s in %s", incident, method, exc_info=error)
    await refusals.refuse(
        context,
        grpc.StatusCode.INTERNAL,
        "internal",
        f"something broke in the server; report incident {incident} to its operator, and try again",
        {"incident": incident},
    )
