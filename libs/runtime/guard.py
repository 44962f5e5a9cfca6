"""No input yields UNKNOWN or a traceback: bytes that are no request are INVALID_ARGUMENT, a bug INTERNAL with an id."""

from __future__ import annotations

import inspect
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

import grpc

from runtime import refusals

if TYPE_CHECKING:
    Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:
    Interceptor = grpc.aio.ServerInterceptor

_LOG = logging.getLogger(__name__)

Behaviour = Callable[[Any, Any], Any]


class _Malformed:
    """Stands for a request whose bytes could not be parsed, until there is a call to refuse."""


class Guard(Interceptor):
    """Wraps every method of the server, health and reflection included; a response that cannot be sent is a bug too."""

    def __init__(self) -> None:
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
            self._guarded[method] = _guarded(method, handler)
        return self._guarded[method]


def _guarded(method: str, handler: Any) -> Any:
    arity = ("stream" if handler.request_streaming else "unary", "stream" if handler.response_streaming else "unary")
    name = "_".join(arity)
    serve = getattr(handler, name)
    writes_itself = handler.response_streaming and not inspect.isasyncgenfunction(serve)
    serialize = None if writes_itself else handler.response_serializer
    wrap = _guard_generator if inspect.isasyncgenfunction(serve) else _guard_coroutine
    return getattr(grpc, f"{name}_rpc_method_handler")(
        wrap(method, serve, handler.request_streaming, serialize or _as_it_is),
        request_deserializer=_tolerant(handler.request_deserializer),
        response_serializer=handler.response_serializer if writes_itself else None,
    )


def _guard_coroutine(method: str, serve: Behaviour, streaming: bool, serialize: Callable[[Any], Any]) -> Behaviour:
    async def guarded(request: Any, context: Any) -> Any:
        try:
            return serialize(await serve(await _well_formed(method, request, context, streaming), context))
        except grpc.aio.AbortError:
            raise
        except Exception:
            await _incident(method, context)

    return guarded


def _guard_generator(method: str, serve: Behaviour, streaming: bool, serialize: Callable[[Any], Any]) -> Behaviour:
    async def guarded(request: Any, context: Any) -> AsyncIterator[Any]:
        try:
            async for response in serve(await _well_formed(method, request, context, streaming), context):
                yield serialize(response)
        except grpc.aio.AbortError:
            raise
        except Exception:
            await _incident(method, context)

    return guarded


def _as_it_is(response: Any) -> Any:
    return response


async def _well_formed(method: str, request: Any, context: Any, streaming: bool) -> Any:
    if streaming:
        return _each_well_formed(method, request, context)
    if isinstance(request, _Malformed):
        await _refuse_bytes(method, context)
    return request


async def _each_well_formed(method: str, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
    async for request in requests:
        if isinstance(request, _Malformed):
            await _refuse_bytes(method, context)
        yield request


def _tolerant(deserialize: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
    """protobuf's parser raises on bad bytes, which gRPC would answer as INTERNAL before any of our code runs."""
    if deserialize is None:
        return None

    def tolerant(data: bytes) -> Any:
        try:
            return deserialize(data)
        except Exception:
            return _Malformed()

    return tolerant


async def _refuse_bytes(method: str, context: Any) -> NoReturn:
    await refusals.refuse(
        context,
        grpc.StatusCode.INVALID_ARGUMENT,
        "malformed_request",
        f"the bytes sent are not a request of {method}: send the protobuf message of its contract",
        {"method": method},
    )


async def _incident(method: str, context: Any) -> NoReturn:
    """Log the exception being handled under a new id, and tell the client the id and nothing else."""
    incident = secrets.token_hex(8)
    _LOG.exception("incident %s in %s", incident, method)
    await refusals.refuse(
        context,
        grpc.StatusCode.INTERNAL,
        "internal",
        f"something broke in the server; report incident {incident} to its operator, and try again",
        {"incident": incident},
    )
