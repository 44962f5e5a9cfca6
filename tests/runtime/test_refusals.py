"""A refusal reaches the client whole: code, reason, numbers and sentence, and never too large to send."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from comitia.common.v1.common_pb2 import Command
from kernel.refusal import Kind, Refused
from runtime import refusals


class Ended(Exception):
    """The call was ended with code, message and trailing metadata."""


class Call:
    """A call that keeps how it was ended."""

    async def abort(self, code: grpc.StatusCode, message: str, trailing: Any) -> None:
        raise Ended(code, message, dict(trailing))


def ended_by(refused: Refused) -> tuple[grpc.StatusCode, str, dict[str, bytes]]:
    call: Any = Call()
    with pytest.raises(Ended) as ended:
        asyncio.run(refusals.abort(call, refused))
    code, message, trailing = ended.value.args
    return code, message, trailing


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.INVALID, "INVALID_ARGUMENT"),
        (Kind.NOT_FOUND, "NOT_FOUND"),
        (Kind.EXISTS, "ALREADY_EXISTS"),
        (Kind.PRECONDITION, "FAILED_PRECONDITION"),
        (Kind.DENIED, "PERMISSION_DENIED"),
        (Kind.CONFLICT, "ABORTED"),
        (Kind.EXHAUSTED, "RESOURCE_EXHAUSTED"),
    ],
)
def test_each_kind_of_refusal_has_its_status_code(kind: Kind, code: str) -> None:
    assert ended_by(Refused("anything", kind=kind))[0].name == code


def test_every_kind_of_refusal_has_a_status_code() -> None:
    assert set(refusals.CODES) == set(Kind)


def test_the_error_info_carries_reason_domain_and_exact_numbers() -> None:
    _, message, trailing = ended_by(Refused("over_budget", say="too dear", cost=Fraction(4, 3), final=True))
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain, dict(info.metadata)) == (
        "over_budget",
        "comitia",
        {"cost": "4/3", "final": "true"},
    )
    assert status.message == message == "too dear (cost: 4/3, final: true)"


def test_a_refusal_with_endless_details_still_fits_in_the_headers() -> None:
    details: dict[str, Any] = {f"number{index}": "é" * 5_000 for index in range(100)}
    _, message, trailing = ended_by(Refused("too_much", say="x" * 100_000, **details))
    assert len(message) == refusals.MAX_SENTENCE
    assert len(trailing["grpc-status-details-bin"]) < 8_000


def test_a_client_reads_back_reason_sentence_and_numbers(channel: Any) -> None:
    with pytest.raises(grpc.RpcError) as error:
        channel.unary_unary("/trial.Trial/One")(Command(actor="refused").SerializeToString())
    assert error.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    reason, sentence, metadata = refusals.refusal_of(error.value)
    assert (reason, sentence) == ("quorum_not_met", "quorum not met (needed: 40, got: 39)")
    assert metadata == {"needed": "40", "got": "39"}


def test_a_failure_that_is_no_refusal_is_named_by_its_code(channel: Any) -> None:
    with pytest.raises(grpc.RpcError) as error:
        channel.unary_unary("/trial.Trial/Unheard")(b"")
    assert refusals.refusal_of(error.value) == ("unimplemented", "Method not found!", {})


class Gone:
    """What gRPC does with the status of a call whose caller has gone."""

    async def abort(self, *_: object) -> None:
        raise grpc.aio.InternalError('Failed "execute_batch"')


def test_a_caller_who_has_gone_is_told_nothing_and_the_call_ends_as_cancelled() -> None:
    context: Any = Gone()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(refusals.abort(context, Refused("quorum_not_met", needed=40, got=39)))
