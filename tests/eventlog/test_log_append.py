"""Appending: one gapless order, all of a batch or nothing, each event once, each stream from the version decided on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eventsourcing.persistence import Tracking

from eventlog.contract import EventIdReused, LogRecorder, Overtaken, VersionConflict
from kernel.records import NewRecord, Record
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.recorders import EPOCH, Recorder


def test_positions_count_from_1_over_all_processes_and_indexes_from_0_in_each(log: LogRecorder) -> None:
    log.append([a_record("s/1", process="p-1"), a_record("s/2", process="p-2")])
    log.append([a_record("s/3", process="p-2"), a_record("s/1", 2, process="p-1"), a_record("s/4", process="p-1")])
    places = [(record.position, record.process_id, record.process_index) for record in log.read()]
    assert places == [(1, "p-1", 0), (2, "p-2", 0), (3, "p-2", 1), (4, "p-1", 1), (5, "p-1", 2)]


def test_what_is_read_is_what_was_appended_to_the_byte(log: LogRecorder) -> None:
    new = a_record(
        "ballots/p-1/budget/Zoé", causation_id="c", traceparent="00-ab-cd-01", choice=["été", "𝄞"], points="1/3", rank=7
    )
    (appended,) = log.append([new])
    (found,) = log.read()
    assert found == appended
    assert {name: getattr(found, name) for name in NewRecord.__slots__} == {
        name: getattr(new, name) for name in NewRecord.__slots__
    }
    assert found.recorded_at == "2026-11-22T18:00:01.000000Z"


def test_a_batch_has_one_recorded_at_and_it_never_runs_backwards(recorder: Recorder) -> None:
    times = iter([EPOCH.replace(hour=19), EPOCH, EPOCH.replace(hour=20)])
    log = recorder.open(lambda: next(times))
    for number in range(3):
        log.append(a_stream(f"s/{number}", 2))
    assert [record.recorded_at[11:13] for record in log.read()] == ["19", "19", "19", "19", "20", "20"]
    log.close()


def test_appending_nothing_changes_nothing(log: LogRecorder) -> None:
    assert log.append([]) == ()
    assert log.last_position() == 0


def test_a_batch_over_several_streams_is_all_written(log: LogRecorder) -> None:
    log.append([*a_stream("s/1", 2), *a_stream("s/2", 3)])
    assert log.versions(["s/1", "s/2", "s/3"]) == {"s/1": 2, "s/2": 3, "s/3": 0}


@pytest.mark.parametrize(
    ("version", "actual"),
    [(1, 2), (2, 2), (4, 2)],
    ids=[
        "decided before the stream existed",
        "decided one version too early",
        "decided on a version that is not there",
    ],
)
def test_a_conflict_in_one_stream_keeps_the_whole_batch_out(log: LogRecorder, version: int, actual: int) -> None:
    log.append(a_stream("s/1", 2))
    with pytest.raises(VersionConflict) as conflict:
        log.append([a_record("s/2"), a_record("s/1", version, id="another"), a_record("s/3")])
    assert (conflict.value.stream_id, conflict.value.expected, conflict.value.actual) == ("s/1", version - 1, actual)
    assert all(part in str(conflict.value) for part in ("s/1", f"version {actual}", f"expected {version - 1}"))
    assert log.versions(["s/1", "s/2", "s/3"]) == {"s/1": 2, "s/2": 0, "s/3": 0}


def test_a_stream_that_was_only_read_must_still_be_at_its_version(log: LogRecorder) -> None:
    log.append(a_stream("boxes/p-1/b", 1))
    log.append([a_record("ballots/p-1/b/ana")], expect={"boxes/p-1/b": 1})
    log.append(a_stream("boxes/p-1/b", 1, first=2))
    with pytest.raises(VersionConflict) as conflict:
        log.append([a_record("ballots/p-1/b/bob")], expect={"boxes/p-1/b": 1})
    assert (conflict.value.stream_id, conflict.value.expected, conflict.value.actual) == ("boxes/p-1/b", 1, 2)
    assert log.last_position() == 3


def test_a_stream_that_was_read_and_not_found_must_still_not_exist(log: LogRecorder) -> None:
    log.append([a_record("s/1")], expect={"s/2": 0})
    log.append([a_record("s/2")])
    with pytest.raises(VersionConflict):
        log.append([a_record("s/1", 2)], expect={"s/2": 0})
    assert log.last_position() == 2


def test_an_expected_stream_may_also_be_written_from_that_version(log: LogRecorder) -> None:
    log.append(a_stream("s/1", 2), expect={"s/1": 0})
    assert log.versions(["s/1"]) == {"s/1": 2}


@pytest.mark.parametrize(
    "batch",
    [
        [a_record("s/1", 1), a_record("s/1", 3)],
        [a_record("s/1", 2), a_record("s/1", 1)],
        [a_record("s/1", 1, id="a"), a_record("s/1", 1, id="b")],
        [a_record("s/1", 0)],
    ],
    ids=["a version is left out", "versions run backwards", "a version comes twice", "versions count from 1"],
)
def test_a_batch_that_contradicts_itself_is_refused(log: LogRecorder, batch: list[NewRecord]) -> None:
    with pytest.raises(ValueError, match="s/1"):
        log.append(batch)
    assert log.last_position() == 0


def test_a_batch_that_writes_from_another_version_than_it_expects_is_refused(log: LogRecorder) -> None:
    with pytest.raises(ValueError, match="s/1"):
        log.append(a_stream("s/1", 1), expect={"s/1": 4})
    assert log.last_position() == 0


def test_an_event_id_twice_in_one_batch_is_refused(log: LogRecorder) -> None:
    with pytest.raises(ValueError, match="twice"):
        log.append([a_record("s/1", id="same"), a_record("s/2", id="same")])
    assert log.last_position() == 0


def test_appending_a_batch_again_returns_its_first_records(log: LogRecorder) -> None:
    batch = [*a_stream("s/1", 2), a_record("s/2")]
    first = log.append(batch)
    log.append([a_record("s/1", 3)])
    assert log.append(batch) == first
    assert log.last_position() == 4


@pytest.mark.parametrize(
    "changed",
    [{"salt": b"\7" * 32}, {"traceparent": "00-another-trace"}, {"correlation_id": "retry"}, {"stream_version": 2}],
    ids=["another salt", "another trace", "another conversation", "decided later"],
)
def test_a_retry_is_the_same_event_under(log: LogRecorder, changed: dict[str, object]) -> None:
    first = log.append([a_record("s/1")])
    assert log.append([replace(a_record("s/1"), **changed)]) == first  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"payload": b'{"name":"other"}'},
        {"actor": "bob"},
        {"type": "ballots.BallotLost"},
        {"schema": 2},
        {"stream_id": "s/2"},
        {"process_id": "p-2"},
        {"causation_id": "other"},
    ],
    ids=lambda changed: f"another {next(iter(changed))}",
)
def test_an_event_id_is_not_taken_for_other_content(log: LogRecorder, changed: dict[str, object]) -> None:
    (first,) = log.append([a_record("s/1")])
    with pytest.raises(EventIdReused) as reused:
        log.append([replace(a_record("s/1"), **changed)])  # type: ignore[arg-type]
    assert (reused.value.event_id, reused.value.position) == (first.event_id, 1)
    assert log.last_position() == 1


def test_a_batch_of_which_a_part_is_in_the_log_is_another_batch(log: LogRecorder) -> None:
    log.append([a_record("s/1")])
    with pytest.raises(EventIdReused):
        log.append([a_record("s/1"), a_record("s/2")])
    assert log.last_position() == 1


def test_a_tracked_position_is_kept_with_the_events_that_it_led_to(log: LogRecorder) -> None:
    log.append([a_record("s/1")], tracking=Tracking("ballots.reactions", 7))
    assert log.max_tracking_id("ballots.reactions") == 7
    assert log.max_tracking_id("chambers.reactions") is None


def test_a_tracked_position_is_kept_without_events_and_with_a_batch_repeated(log: LogRecorder) -> None:
    log.append([], tracking=Tracking("r", 1))
    assert log.max_tracking_id("r") == 1
    log.append([a_record("s/1")])
    log.append([a_record("s/1")], tracking=Tracking("r", 2))
    assert log.max_tracking_id("r") == 2


def test_a_tracked_position_is_not_kept_when_the_batch_is_refused(log: LogRecorder) -> None:
    with pytest.raises(VersionConflict):
        log.append([a_record("s/1", 2)], tracking=Tracking("r", 5))
    assert log.max_tracking_id("r") is None


@pytest.mark.parametrize("number", [1, 100], ids=["few records", "many records"])
def test_new_records_of_a_cause_that_another_follower_has_dealt_with_are_not_appended(
    log: LogRecorder, number: int
) -> None:
    batch = [a_record(f"s/{place}") for place in range(number)]
    log.insert_tracking(Tracking("r", 7))
    for position in (6, 7):
        with pytest.raises(Overtaken, match=f"r was moved on from position {position}"):
            log.append(batch, tracking=Tracking("r", position))
    assert (log.last_position(), log.max_tracking_id("r")) == (0, 7)
    log.append(batch, tracking=Tracking("r", 8))
    assert log.append(batch, tracking=Tracking("r", 8)) == tuple(log.read())
    assert (log.last_position(), log.max_tracking_id("r")) == (number, 8)


def test_a_tracked_position_never_goes_back(log: LogRecorder) -> None:
    for position in (3, 9, 4):
        log.insert_tracking(Tracking("r", position))
    assert log.max_tracking_id("r") == 9


def test_a_large_batch_is_one_batch(log: LogRecorder) -> None:
    appended: tuple[Record, ...] = log.append([a_record(f"s/{number}") for number in range(3000)])
    assert [record.position for record in appended] == list(range(1, 3001))
    assert len({record.recorded_at for record in appended}) == 1
