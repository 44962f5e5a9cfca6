"""Every call on the server is a span in its caller's trace, and is counted with its duration and status."""

from __future__ import annotations

import inspect
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import grpc
from opentelemetry.trace import Span, SpanContext, SpanKind, Status, StatusCode

from runtime.telemetry import metrics, tracing
from runtime.telemetry.totals import Reading

if TYPE_CHECKING:
    Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:
    Interceptor = grpc.aio.ServerInterceptor

Behaviour = Callable[[Any, Any], Any]

CODES = {code.value[0]: code.name for code in grpc.StatusCode}
PROBES = "grpc."
"""Health and reflection: asked every few seconds by machines, and in nobody's trace."""

BROKEN = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})
"""OpenTelemetry's conventions for gRPC: the codes that are the server's fault."""


class Observing(Interceptor):
    """The first interceptor of a server: what refuses a call comes after it, so that refused calls are seen too."""

    def __init__(self) -> None:
        self._observed: dict[str, tuple[Any, Any]] = {}
        self._in_flight: Counter[str] = Counter()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """The method's handler, observed; `None` (gRPC answers UNIMPLEMENTED) when there is no such method."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method = str(handler_call_details.method).removeprefix("/")
        known = self._observed.get(method)
        if known is None or known[0] is not handler:
            known = self._observed[method] = (handler, self._wrapped(method, handler))
        return known[1]

    def in_flight(self) -> list[Reading]:
        """How many calls of each method are being served."""
        return [(number, {"method": method}) for method, number in list(self._in_flight.items())]

    def _wrapped(self, method: str, handler: Any) -> Any:
        arity = (
            "stream" if handler.request_streaming else "unary",
            "stream" if handler.response_streaming else "unary",
        )
        name = "_".join(arity)
        serve = getattr(handler, name)
        wrap = _observe_generator if inspect.isasyncgenfunction(serve) else _observe_coroutine
        return getattr(grpc, f"{name}_rpc_method_handler")(
            wrap(method, serve, handler.request_streaming, self._in_flight),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _observe_coroutine(method: str, serve: Behaviour, streaming: bool, in_flight: Counter[str]) -> Behaviour:
    async def observed(request: Any, context: Any) -> Any:
        call = _Call(method, context, in_flight)
        try:
            return await serve(call.messages(request) if streaming else request, context)
        except BaseException as error:
            call.ended_by(error)
            raise
        finally:
            call.end()

    return observed


def _observe_generator(method: str, serve: Behaviour, streaming: bool, in_flight: Counter[str]) -> Behaviour:
    async def observed(request: Any, context: Any) -> AsyncIterator[Any]:
        call = _Call(method, context, in_flight)
        try:
            async for response in serve(call.messages(request) if streaming else request, context):
                call.answered()
                yield response
        except BaseException as error:
            call.ended_by(error)
            raise
        finally:
            call.end()

    return observed


class _Call:
    """One call, from its start to its end. What it makes current goes with the call's own task, so it is never taken back."""

    def __init__(self, method: str, context: Any, in_flight: Counter[str]) -> None:
        self._ended = "OK"
        self._method, self._context, self._in_flight = method, context, in_flight
        self._began = perf_counter()
        in_flight[method] += 1
        self._span: Span | None = None
        self._messages: deque[Span] = deque()
        if tracing.is_on() and not method.startswith(PROBES):
            service, _, name = method.rpartition("/")
            attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}
            self._span = tracing.begin(method, SpanKind.SERVER, _caller(context), attributes)
            tracing.enter(self._span)

    async def messages(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The requests of a stream: each is a span of its own, from its arrival to its answer, if the stream is traced."""
        stream = self._span.get_span_context() if self._span is not None and self._span.is_recording() else None
        async for request in requests:
            if stream is not None:
                self._messages.append(tracing.begin(f"{self._method} message", SpanKind.INTERNAL, stream, {}))
                tracing.enter(self._messages[-1])
            yield request

    def ended_by(self, error: BaseException) -> None:
        """The call was given up by its client, its time was over, or nobody handled an error."""
        self._ended = "UNKNOWN" if isinstance(error, Exception) else "CANCELLED"

    def answered(self) -> None:
        """A response goes out: answers keep the order of messages."""
        if self._messages:
            self._messages.popleft().end()

    def end(self) -> None:
        """Count the call, and end its spans."""
        code = self._code()
        metrics.record(metrics.RPC_SECONDS, perf_counter() - self._began, method=self._method, code=code)
        while self._messages:
            self._messages.popleft().end()
        if self._span is not None:
            self._span.set_attribute("rpc.grpc.status_code", code)
            if code in BROKEN:
                self._span.set_status(Status(StatusCode.ERROR, code))
            self._span.end()
        self._in_flight[self._method] -= 1

    def _code(self) -> str:
        """The status that was set for the call, else what its end says."""
        found = self._context.code()
        number = found.value[0] if isinstance(found, grpc.StatusCode) else found
        if number:
            return CODES.get(number, "UNKNOWN")
        return "CANCELLED" if self._context.cancelled() else self._ended


def _caller(context: Any) -> SpanContext | None:
    for key, value in context.invocation_metadata() or ():
        if key == tracing.HEADER:
            return tracing.parse(value)
    return None
