"""The stream of events: catching up, a marker, then live; filtered; with progress; and nobody waits for a slow reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comitia.audit.v1 import audit_pb2 as pb
from runtime.refusals import refusal_of
from tests.services.audit.conftest import PROCESS, Town, at_once, refusal

pytestmark = pytest.mark.slow

SEALED, CAST = "ballots.BoxSealed", "ballots.BallotCast"
AT_THE_END = [("caught_up", 0)]
EXPECTED: tuple[tuple[Any, list[tuple[str, int]]], ...] = (
    (grpc.StatusCode.INVALID_ARGUMENT, []),
    (grpc.StatusCode.NOT_FOUND, []),
    (grpc.StatusCode.OK, AT_THE_END),
    (grpc.StatusCode.DEADLINE_EXCEEDED, AT_THE_END),
    (grpc.StatusCode.DEADLINE_EXCEEDED, []),
)
"""How a call may end; a follower's deadline may pass before its first answer on a busy machine."""


def _told(message: pb.EventsResponse) -> tuple[str, int]:
    which = str(message.WhichOneof("message"))
    return which, getattr(message, which).position


def _all(town: Town, **request: Any) -> list[tuple[str, int]]:
    return [_told(message) for message in town.audit.Events(pb.EventsRequest(**request))]


@pytest.fixture
def follow(town: Town) -> Iterator[Callable[..., Iterator[tuple[str, int]]]]:
    """Opens streams that follow, and cancels them after the test."""
    streams: list[Any] = []

    def open_stream(**request: Any) -> Iterator[tuple[str, int]]:
        streams.append(town.audit.Events(pb.EventsRequest(follow=True, **request), timeout=30))
        return map(_told, streams[-1])

    yield open_stream
    for stream in streams:
        stream.cancel()


def test_everything_recorded_comes_in_order_then_the_marker_then_the_end(town: Town) -> None:
    town.happen(times=2)
    town.happen(process="other")
    assert _all(town) == [("event", 1), ("event", 2), ("event", 3), ("caught_up", 3)]


def test_an_empty_log_is_caught_up_with_at_once(town: Town) -> None:
    assert _all(town) == [("caught_up", 0)]


def test_an_event_is_told_with_everything_but_its_salt(town: Town) -> None:
    record = town.happen(note="été")
    message = next(town.audit.Events(pb.EventsRequest()))
    fields = {field.name for field in pb.Event.DESCRIPTOR.fields} - {"payload", "causation_id", "traceparent"}
    assert {name: getattr(message.event, name) for name in fields} == {name: getattr(record, name) for name in fields}
    assert message.event.payload.encode() == record.payload == '{"note":"été"}'.encode()


def test_it_starts_after_any_position(town: Town) -> None:
    town.happen(times=5)
    assert _all(town, after_position=3) == [("event", 4), ("event", 5), ("caught_up", 5)]
    assert _all(town, after_position=5) == [("caught_up", 5)]


def test_only_the_process_and_the_types_asked_for_come(town: Town) -> None:
    town.happen(CAST)
    town.happen(SEALED)
    town.happen(SEALED, process="other")
    town.happen("processes.PhaseClosed")
    assert _all(town, process_id=PROCESS) == [("event", 1), ("event", 2), ("event", 4), ("caught_up", 4)]
    assert _all(town, types=[SEALED]) == [("event", 2), ("event", 3), ("caught_up", 4)]
    assert _all(town, process_id=PROCESS, types=[SEALED]) == [("event", 2), ("caught_up", 4)]
    both = _all(town, types=[SEALED, "processes.PhaseClosed"])
    assert both == [("event", 2), ("event", 3), ("event", 4), ("caught_up", 4)]


def test_more_events_than_a_page_come_once_each(town: Town) -> None:
    town.happen(times=1001)
    assert _all(town) == [*(("event", position) for position in range(1, 1002)), ("caught_up", 1001)]


def test_a_long_stretch_without_a_match_is_told_as_progress(town: Town) -> None:
    town.happen(times=10_001)
    town.happen(SEALED)
    assert _all(town, types=[SEALED]) == [("progress", 10_000), ("event", 10_002), ("caught_up", 10_002)]


def test_what_is_recorded_later_comes_live_after_the_marker(
    town: Town, follow: Callable[..., Iterator[tuple[str, int]]]
) -> None:
    town.happen()
    stream = follow()
    assert [next(stream), next(stream)] == [("event", 1), ("caught_up", 1)]
    town.happen(times=3)
    assert [next(stream) for _ in range(3)] == [("event", 2), ("event", 3), ("event", 4)]


def test_a_live_filter_lets_through_what_matches_and_tells_progress_when_it_is_quiet(
    town: Town, follow: Callable[..., Iterator[tuple[str, int]]]
) -> None:
    stream = follow(process_id=PROCESS, types=[SEALED])
    assert next(stream) == ("caught_up", 0)
    town.happen(CAST, times=2)
    town.happen(SEALED, process="other")
    assert next(stream) == ("progress", 3)
    town.happen(SEALED)
    assert next(stream) == ("event", 4)


def test_a_process_that_does_not_exist_yet_can_be_waited_for(
    town: Town, follow: Callable[..., Iterator[tuple[str, int]]]
) -> None:
    town.happen(process="other")
    stream = follow(process_id=PROCESS, after_position=1)
    assert next(stream) == ("caught_up", 1)
    town.happen()
    assert next(stream) == ("event", 2)


def test_a_follower_meanwhile_misses_nothing_of_many_writers(
    town: Town, follow: Callable[..., Iterator[tuple[str, int]]]
) -> None:
    stream = follow(types=[CAST])
    names = [f"process-{number}" for number in range(8)]
    writers = threading.Thread(
        target=at_once, args=[lambda name=name: [town.happen(process=name) for _ in range(25)] for name in names]
    )
    writers.start()
    seen: list[int] = []
    while len(seen) < 200:
        kind, position = next(stream)
        seen += [position] if kind == "event" else []
    writers.join()
    assert seen == list(range(1, 201))


def test_a_reader_that_reads_nothing_keeps_nobody_waiting(
    town: Town, follow: Callable[..., Iterator[tuple[str, int]]]
) -> None:
    town.happen(note="x" * 100_000, times=200)
    slow = [follow() for _ in range(80)]
    time.sleep(0.5)
    started = time.monotonic()
    assert _all(town, after_position=199) == [("event", 200), ("caught_up", 200)]
    quick = follow(after_position=200)
    assert next(quick) == ("caught_up", 200)
    town.happen()
    assert next(quick) == ("event", 201)
    assert time.monotonic() - started < 5
    assert next(slow[0]) == ("event", 1)


def _waiting_threads() -> int:
    return len([one for one in threading.enumerate() if one.name.startswith("waiting")])


def test_two_hundred_followers_take_one_thread_and_give_it_back(
    town: Town, follow: Callable[..., Iterator[tuple[str, int]]]
) -> None:
    before = _waiting_threads()
    streams = [town.audit.Events(pb.EventsRequest(follow=True), timeout=30) for _ in range(200)]
    assert {_told(next(stream)) for stream in streams} == {("caught_up", 0)}
    town.happen()
    assert {_told(next(stream)) for stream in streams} == {("event", 1)}
    assert _waiting_threads() - before < 20
    for stream in streams:
        stream.cancel()
    fresh = follow(after_position=1)
    assert next(fresh) == ("caught_up", 1)
    town.happen()
    assert next(fresh) == ("event", 2)


def test_a_stream_that_a_stopping_server_ends_does_not_pass_for_whole(town: Town) -> None:
    stream = town.audit.Events(pb.EventsRequest(follow=True), timeout=30)
    assert _told(next(stream)) == ("caught_up", 0)
    started = time.monotonic()
    town.server.stop()
    code, reason, numbers = refusal(lambda _: stream, None)
    assert (code, reason, numbers["position"]) == ("UNAVAILABLE", "server_stopping", "0")
    assert time.monotonic() - started < 5


def test_a_reader_who_is_gone_when_the_server_stops_is_no_incident(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    streams = [town.audit.Events(pb.EventsRequest(follow=True), timeout=30) for _ in range(100)]
    assert {_told(next(stream)) for stream in streams} == {("caught_up", 0)}
    town.context.stopping.set()
    town.channel.close()
    town.server.stop()
    assert [record.getMessage() for record in caplog.records if "incident" in record.getMessage()] == []


def test_a_reader_in_the_middle_of_the_log_is_told_where_a_stopping_server_left_off(town: Town) -> None:
    town.happen(note="x" * 100_000, times=100)
    stream = town.audit.Events(pb.EventsRequest(), timeout=30)
    assert _told(next(stream)) == ("event", 1)
    town.context.stopping.set()
    told: list[tuple[str, int]] = [("event", 1)]
    with pytest.raises(grpc.RpcError) as caught:
        told.extend(map(_told, stream))
    found = refusal_of(caught.value)
    assert (caught.value.code(), found.reason) == (grpc.StatusCode.UNAVAILABLE, "server_stopping")
    assert told == [("event", position) for position in range(1, 1 + len(told))]
    assert found.metadata["position"] == str(len(told))


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        pytest.param({"after_position": -1}, "after_position", id="before the log"),
        pytest.param({"after_position": 3}, "after_position", id="after the end of the log"),
        pytest.param({"after_position": 2**62}, "after_position", id="far after the end of the log"),
        pytest.param({"process_id": "No Such", "follow": True}, "process_id", id="what can be no process"),
        pytest.param({"process_id": "../x"}, "process_id", id="a path for a process"),
        pytest.param({"types": [CAST, "BallotCast"]}, "types.1", id="a type without its service"),
        pytest.param({"types": ["ballots.*"]}, "types.0", id="a pattern for a type"),
        pytest.param({"types": [""]}, "types.0", id="an empty type"),
        pytest.param({"types": [CAST] * 101}, "types", id="too many types"),
    ],
)
def test_refuses_what_cannot_be_followed(town: Town, request_: dict[str, Any], field: str) -> None:
    town.happen(times=2)
    code, reason, numbers = refusal(town.audit.Events, pb.EventsRequest(**request_))
    assert (code, reason, numbers["field"]) == ("INVALID_ARGUMENT", "invalid_argument", field)


def test_refuses_to_list_the_events_of_a_process_that_does_not_exist(town: Town) -> None:
    code, reason, _ = refusal(town.audit.Events, pb.EventsRequest(process_id="nowhere"))
    assert (code, reason) == ("NOT_FOUND", "unknown_process")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["GetCheckpoint", "GetInclusionProof", "GetConsistencyProof", "GetBundle", "Events"]), st.binary()
)
def test_no_bytes_make_the_service_break(town: Town, method: str, data: bytes) -> None:
    as_bytes: dict[str, Callable[[bytes], bytes]] = {"request_serializer": bytes, "response_deserializer": bytes}
    stream = town.channel.unary_stream(f"/comitia.audit.v1.AuditService/{method}", **as_bytes)(data, timeout=1)
    try:
        answers = list(stream)
    except grpc.RpcError:
        answers = []
    told = [_told(pb.EventsResponse.FromString(answer)) for answer in answers]
    assert (stream.code(), told) in EXPECTED
