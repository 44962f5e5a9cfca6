"""The embedded engine: all five services on one port; started whole or not at all; left clean; unmoved by any bytes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.embedded import DataInUse, Engine, address_in
from comitia.common.v1.common_pb2 import Command
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from kernel.events import Event
from rules import templates
from runtime.listening import CannotStart
from runtime.refusals import refusal_of

pytestmark = pytest.mark.slow

SERVICES = {"processes", "proposals", "chambers", "ballots", "audit"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture(scope="module")
def channel(engine: Engine) -> Iterator[Any]:
    with grpc.insecure_channel(engine.address) as connection:
        yield connection


def opening(process_id: str) -> processes_pb2.OpenProcessRequest:
    """A process under a template's charter."""
    return processes_pb2.OpenProcessRequest(
        command=Command(idempotency_key="open", actor="organiser"),
        process_id=process_id,
        title="A budget",
        organiser="organiser",
        charter_yaml=templates.text("departmental-budget"),
    )


def methods() -> list[MethodDescriptor]:
    """Every method of the five services."""
    files = [Default().FindFileByName(f"comitia/{service}/v1/{service}.proto") for service in sorted(SERVICES)]
    return [method for file in files for service in file.services_by_name.values() for method in service.methods]


def status(channel: Any, method: MethodDescriptor, sent: bytes) -> str:
    """The name of the status in which a call with raw bytes ends; a stream is left after its first answer."""
    arity = "_".join("stream" if streams else "unary" for streams in (method.client_streaming, method.server_streaming))
    call = getattr(channel, arity)(f"/{method.containing_service.full_name}/{method.name}")
    try:
        answer = call(iter([sent]) if method.client_streaming else sent, timeout=20)
        if method.server_streaming:
            next(answer, None)
            answer.cancel()
    except grpc.RpcError as error:
        code: str = error.code().name
        return code
    return "OK"


def test_all_five_services_are_on_the_one_port(channel: Any) -> None:
    found = ProtoReflectionDescriptorDatabase(channel).get_services()
    assert {name.split(".")[1] for name in found if name.startswith("comitia.")} == SERVICES


def test_what_was_done_is_there_after_a_restart(tmp_path: Path) -> None:
    with Engine(tmp_path) as first, grpc.insecure_channel(first.address) as connection:
        receipts = processes_pb2_grpc.ProcessesServiceStub(connection).OpenProcess(opening("p")).receipts
    with Engine(tmp_path) as second, grpc.insecure_channel(second.address) as connection:
        again = processes_pb2_grpc.ProcessesServiceStub(connection).OpenProcess(opening("p")).receipts
        assert second.settle(10)
        listed = processes_pb2_grpc.ProcessesServiceStub(connection).ListProcesses(processes_pb2.ListProcessesRequest())
    assert list(again) == list(receipts)
    assert [process.process_id for process in listed.processes] == ["p"]


def test_the_clock_given_is_the_one_that_records(tmp_path: Path) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with Engine(tmp_path, clock=lambda: noon) as running, grpc.insecure_channel(running.address) as connection:
        receipts = processes_pb2_grpc.ProcessesServiceStub(connection).OpenProcess(opening("p")).receipts
    assert {receipt.recorded_at for receipt in receipts} == {"2026-11-22T12:00:00.000000Z"}


def test_a_second_engine_on_the_same_data_is_refused_and_finds_the_first(engine: Engine) -> None:
    with pytest.raises(DataInUse, match=f"open and listens on {engine.address}"):
        Engine(engine.settings.data_dir).start()
    assert address_in(engine.settings.data_dir) == engine.address


def test_an_engine_that_cannot_listen_lets_go_of_its_data(engine: Engine, tmp_path: Path) -> None:
    for listen in (engine.address, "0.0.0.0:0"):
        with pytest.raises(CannotStart, match="listen on"):
            Engine(tmp_path, listen).start()
    with Engine(tmp_path) as running:
        assert running.address


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "7400", "127.0.0.1:99999"])
def test_an_address_that_cannot_be_served_makes_no_folder(tmp_path: Path, listen: str) -> None:
    with pytest.raises(CannotStart, match="listen"):
        Engine(tmp_path / "data", listen).start()
    assert not (tmp_path / "data").exists()


def test_a_stopped_engine_leaves_no_thread_and_no_lock(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with Engine(tmp_path):
        during = {thread.name for thread in set(threading.enumerate()) - before}
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert {"grpc", "ballots reactions", "ballots projections"} <= during
    assert [name for name in left if not name.startswith(("working", "waiting"))] == []
    with Engine(tmp_path) as again:
        assert again.address


def test_an_engine_with_a_follower_of_its_events_stops_promptly(tmp_path: Path) -> None:
    running = Engine(tmp_path)
    connection: Any = grpc.insecure_channel(running.start())
    events = connection.unary_stream("/comitia.audit.v1.AuditService/Events")(b"")
    threading.Thread(target=lambda: list(ended(events)), daemon=True).start()
    time.sleep(0.3)
    began = time.monotonic()
    running.stop()
    connection.close()
    assert time.monotonic() - began < 3


def ended(stream: Any) -> Iterator[bytes]:
    """A stream to its end, however it ends."""
    try:
        yield from stream
    except grpc.RpcError:
        return


def test_every_event_that_somebody_listens_to_is_published_by_somebody(engine: Engine) -> None:
    published = {event.TYPE for event in all_events(Event) if hasattr(event, "TYPE")}
    listened = {type_ for service in engine.services for type_ in service.reactions}
    listened |= {type_ for service in engine.services for view in service.projections for type_ in view.types}
    assert len(published) >= 30
    assert listened - published == set()


def all_events(base: type[Event]) -> Iterator[type[Event]]:
    """The services' event classes; those of tests are none."""
    for event in base.__subclasses__():
        yield from all_events(event)
        if event.__module__.partition(".")[0] in SERVICES:
            yield event


@pytest.mark.parametrize("method", methods(), ids=lambda method: f"{method.containing_service.name}.{method.name}")
@pytest.mark.parametrize("sent", [b"\xff\xff\xff", b"\x0a\x02\xc3\x28", b"\x12\x02\xc3\x28"])
def test_bytes_that_do_not_parse_are_invalid_argument(channel: Any, method: MethodDescriptor, sent: bytes) -> None:
    parse = GetMessageClass(method.input_type).FromString
    try:
        parse(sent)
    except DecodeError:
        expected = {"INVALID_ARGUMENT"}
    else:
        expected = {"OK", "INVALID_ARGUMENT", "NOT_FOUND"}
    assert status(channel, method, sent) in expected


@pytest.mark.parametrize("method", methods(), ids=lambda method: f"{method.containing_service.name}.{method.name}")
def test_an_empty_request_breaks_nothing(channel: Any, method: MethodDescriptor) -> None:
    assert status(channel, method, b"") in {"OK", "INVALID_ARGUMENT", "NOT_FOUND"}


TEXTS = st.sampled_from(
    ["", "p", "café", "..", "a/b", "0", "-1", "1/0", "1e30", "9" * 400, "\x00", "\u202e", "PT1S", "{}", "- a: &a [*a]"]
)
VALUES: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_STRING: TEXTS,
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=40),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_ENUM: st.sampled_from([0, 1, 99]),
    FieldDescriptor.TYPE_INT32: st.sampled_from([-(2**31), -1, 0, 1, 2**31 - 1]),
    FieldDescriptor.TYPE_UINT32: st.sampled_from([0, 1, 2**32 - 1]),
    FieldDescriptor.TYPE_INT64: st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1]),
    FieldDescriptor.TYPE_UINT64: st.sampled_from([0, 1, 2**64 - 1]),
}


@pytest.mark.slow
@settings(deadline=None, max_examples=600, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_whatever_breaks_the_engine(channel: Any, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(methods()))
    message = filled(method.input_type, data, depth=0)
    assert status(channel, method, message.SerializeToString()) not in {"UNKNOWN", "INTERNAL", "DEADLINE_EXCEEDED"}


def filled(descriptor: Any, data: st.DataObject, depth: int) -> Any:
    """A message with hostile values in some of its fields."""
    message = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if depth < 4 and data.draw(st.booleans()):
            nested = field.message_type
            place(message, field, filled(nested, data, depth + 1) if nested else data.draw(VALUES[field.type]))
    return message


def place(message: Any, field: Any, value: Any) -> None:
    """Set a field, whatever its kind; a map keeps what it has."""
    held = getattr(message, field.name)
    if field.message_type is None and field.is_repeated:
        held.append(value)
    elif field.message_type is None:
        setattr(message, field.name, value)
    elif not field.is_repeated:
        held.CopyFrom(value)
    elif not field.message_type.GetOptions().map_entry:
        held.add().CopyFrom(value)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_says_where_it_listens_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    start = "from cli.main import app; app()"
    command = [sys.executable, "-c", start, "serve", "--data", str(tmp_path), "--listen", "127.0.0.1:0"]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert served.stdout is not None
    line = served.stdout.readline()
    address = line.removeprefix("comitia listening on ").partition(",")[0]
    with grpc.insecure_channel(address) as connection:
        processes_pb2_grpc.ProcessesServiceStub(connection).OpenProcess(opening("p"))
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    served.send_signal(number)
    rest, error = served.communicate(timeout=30)
    assert line == f"comitia listening on {address}, data in {tmp_path}\n"
    assert (served.returncode, rest, error) == (0, "", "")
    assert (second.returncode, second.stdout) == (2, "")
    assert f"open and listens on {address}" in second.stderr


@pytest.mark.slow
def test_serve_says_where_it_listens_to_a_program_that_reads_json(tmp_path: Path) -> None:
    start = "from cli.main import app; app()"
    command = [sys.executable, "-c", start, "serve", "--data", str(tmp_path), "--listen", "127.0.0.1:0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        told = json.loads(served.stdout.readline())
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        served.send_signal(signal.SIGTERM)
    assert told["data"] == str(tmp_path)
    assert told["listening"].startswith("127.0.0.1:")
    assert (second.returncode, json.loads(second.stderr)["error"]) == (2, "cannot_start")


def test_a_refusal_of_the_engine_can_be_read_by_a_client(channel: Any) -> None:
    with pytest.raises(grpc.RpcError) as error:
        processes_pb2_grpc.ProcessesServiceStub(channel).GetProcess(
            processes_pb2.GetProcessRequest(process_id="nobody")
        )
    assert error.value.code() is grpc.StatusCode.NOT_FOUND
    assert refusal_of(error.value).reason
