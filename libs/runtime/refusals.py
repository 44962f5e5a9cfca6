"""A refusal becomes a gRPC status in one place: the code of its kind, its sentence, its numbers as `ErrorInfo`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

import grpc
from google.rpc import error_details_pb2, status_pb2

from kernel.refusal import Kind, Refused, shorten
from runtime.telemetry import metrics

DOMAIN = "comitia"
DETAILS_KEY = "grpc-status-details-bin"
MAX_SENTENCE = 1_000
MAX_VALUE = 200
MAX_VALUES = 16

CODES: Mapping[Kind, grpc.StatusCode] = MappingProxyType(
    {
        Kind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
        Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
        Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
        Kind.EXISTS: grpc.StatusCode.ALREADY_EXISTS,
        Kind.PRECONDITION: grpc.StatusCode.FAILED_PRECONDITION,
        Kind.DENIED: grpc.StatusCode.PERMISSION_DENIED,
        Kind.CONFLICT: grpc.StatusCode.ABORTED,
        Kind.EXHAUSTED: grpc.StatusCode.RESOURCE_EXHAUSTED,
        Kind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    }
)


class Refusal(NamedTuple):
    """What a client was told: the published reason, the sentence for a person, and the numbers as text."""

    reason: str
    sentence: str
    metadata: dict[str, str]


async def abort(context: grpc.aio.ServicerContext[Any, Any], refused: Refused) -> NoReturn:
    """End the call with the refusal. Nothing after it runs."""
    await refuse(context, CODES[refused.kind], refused.reason, refused.sentence(), refused.metadata())


async def refuse(
    context: grpc.aio.ServicerContext[Any, Any],
    code: grpc.StatusCode,
    reason: str,
    sentence: str,
    metadata: Mapping[str, str],
) -> NoReturn:
    """End the call with a code, a reason and a sentence; bounded, so that it always fits in gRPC's 8 KiB of headers.

    A caller who has gone meanwhile is told nothing: the call ends as one that was cancelled.
    """
    metrics.add(metrics.REFUSALS, reason=reason, code=code.name)
    message = shorten(sentence, MAX_SENTENCE)
    details = pack(code, reason, message, metadata)
    try:
        await context.abort(code, message, ((DETAILS_KEY, details),))
    except grpc.aio.InternalError:
        raise asyncio.CancelledError from None
    raise AssertionError("abort never returns")


def count(refused: Refused) -> None:
    """Count a refusal that is told within an answer and does not end the call."""
    metrics.add(metrics.REFUSALS, reason=refused.reason, code=CODES[refused.kind].name)


def pack(code: grpc.StatusCode, reason: str, message: str, metadata: Mapping[str, str]) -> bytes:
    """The `google.rpc.Status` that carries the `ErrorInfo`, as gRPC's trailing metadata wants it."""
    info = error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN)
    for name, value in list(metadata.items())[:MAX_VALUES]:
        info.metadata[name] = shorten(value, MAX_VALUE)
    status = status_pb2.Status(code=code.value[0], message=message)
    status.details.add().Pack(info)
    packed: bytes = status.SerializeToString()
    return packed


def refusal_of(error: grpc.RpcError) -> Refusal:
    """For clients: what a failed call said. A failure that is no refusal of Comitia's has its gRPC code as reason."""
    code = error.code() if hasattr(error, "code") else grpc.StatusCode.UNKNOWN
    said = (error.details() if hasattr(error, "details") else None) or str(code.name)
    info = _error_info(error)
    if info is None:
        return Refusal(code.name.lower(), said, {})
    return Refusal(info.reason, said, dict(info.metadata))


def _error_info(error: grpc.RpcError) -> error_details_pb2.ErrorInfo | None:
    trailing: Any = error.trailing_metadata() if hasattr(error, "trailing_metadata") else None
    for key, value in trailing or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            status = status_pb2.Status.FromString(value)
            for detail in status.details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info) and info.domain == DOMAIN:
                    return info
    return None
