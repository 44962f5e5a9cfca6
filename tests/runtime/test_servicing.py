"""The frame of a command is checked once for every service; a retry repeats the content and not the frame."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from comitia.common.v1.common_pb2 import Command
from comitia.processes.v1.processes_pb2 import OpenPhaseRequest
from eventlog.application import CommandMeta, Receipt
from kernel.refusal import Kind, Refused
from runtime import servicing


def framed(**frame: str) -> OpenPhaseRequest:
    return OpenPhaseRequest(command=Command(**{"idempotency_key": "k", "actor": "ana", **frame}), process_id="p")


class Traced:
    """A call with metadata."""

    def __init__(self, traceparent: str) -> None:
        self._traceparent = traceparent

    def invocation_metadata(self) -> list[tuple[str, str]]:
        return [("other", "x"), ("traceparent", self._traceparent)]


def test_the_frame_says_who_under_which_key_in_which_conversation_and_trace() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    call: Any = Traced(trace)
    assert servicing.command(framed(correlation_id="c"), call) == CommandMeta("k", "ana", "c", trace)


@pytest.mark.parametrize("trace", ["", "00-xyz-1-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"])
def test_a_trace_that_is_not_well_formed_is_left_out(trace: str) -> None:
    call: Any = Traced(trace)
    assert servicing.command(framed(), call) == CommandMeta("k", "ana", "", None)


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": "k" * 129}, "idempotency_key"),
        ({"actor": ""}, "actor"),
        ({"actor": "Ana Ruiz"}, "actor"),
        ({"actor": "a" * 129}, "actor"),
        ({"actor": "ana\n"}, "actor"),
        ({"correlation_id": "c" * 129}, "correlation_id"),
    ],
)
def test_a_frame_that_is_not_well_formed_is_refused_naming_the_field(frame: dict[str, str], field: str) -> None:
    refused = servicing.command(framed(**frame))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.kind) == ("invalid_argument", Kind.INVALID)
    assert refused.details["field"] == f"command.{field}"
    assert len(refused.sentence()) < 500


@pytest.mark.parametrize("frame", [{"idempotency_key": "k" * 128}, {"actor": "a" * 128}, {"correlation_id": "c" * 128}])
def test_a_frame_on_the_limit_is_accepted(frame: dict[str, str]) -> None:
    assert isinstance(servicing.command(framed(**frame)), CommandMeta)


def test_the_content_of_a_command_is_the_same_whoever_frames_it() -> None:
    first, second = framed(), framed(idempotency_key="other", actor="ben")
    assert servicing.content(first) == servicing.content(second) == OpenPhaseRequest(process_id="p").SerializeToString()
    assert first.command.idempotency_key == "k"


def test_other_content_is_other_bytes() -> None:
    assert servicing.content(framed()) != servicing.content(OpenPhaseRequest(process_id="q"))


def test_a_request_that_is_not_well_formed_names_field_found_and_expected() -> None:
    class Item(BaseModel):
        weight: int

    class Items(BaseModel):
        items: list[Item]

    with pytest.raises(ValidationError) as error:
        Items.model_validate({"items": [{"weight": 1}, {"weight": "x" * 1_000}, {"weight": "y"}]})
    refused = servicing.invalid(error.value)
    assert (refused.details["field"], refused.details["errors"]) == ("items.1.weight", 2)
    assert str(refused.details["found"]).startswith("'xxx")
    assert len(str(refused.details["found"])) == 100
    assert "integer" in str(refused.details["expected"])


def test_blocking_work_leaves_the_event_loop_free() -> None:
    async def both() -> list[str]:
        gate = threading.Event()
        order: list[str] = []
        blocked = asyncio.create_task(servicing.call(gate.wait, 5))
        await asyncio.sleep(0.01)
        order.append("the loop goes on")
        gate.set()
        order.append(f"work ended: {await blocked}")
        return order

    assert asyncio.run(both()) == ["the loop goes on", "work ended: True"]


def test_waiting_never_takes_the_threads_of_work() -> None:
    async def race() -> str:
        gate = threading.Event()
        waiting = [asyncio.create_task(servicing.call_waiting(gate.wait, 5)) for _ in range(40)]
        done = await asyncio.wait_for(servicing.call(lambda: "done"), 2)
        gate.set()
        await asyncio.gather(*waiting)
        return done

    assert asyncio.run(race()) == "done"


def test_a_receipt_is_spelled_as_the_contract_says() -> None:
    given = Receipt(7, 3, "e", "trial.Told", "2026-11-22T12:00:00.000000Z", b"\x01" * 32, 2)
    (told,) = servicing.receipts([given])
    assert (told.position, told.process_index, told.type, told.leaf_hash, told.stream_version) == (
        7,
        3,
        "trial.Told",
        b"\x01" * 32,
        2,
    )
