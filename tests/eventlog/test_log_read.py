"""Reading: by position, by process, by stream, by event id; filtered by type; in pages."""

from __future__ import annotations

import pytest

from eventlog.contract import PAGE, LogRecorder
from tests.eventlog.builders import a_record

CAST, SEALED = "ballots.BallotCast", "ballots.BoxSealed"


@pytest.fixture
def mixed(log: LogRecorder) -> LogRecorder:
    """Ten records: processes p-1 and p-2 in turn, every fifth a BoxSealed."""
    for number in range(10):
        process = f"p-{number % 2 + 1}"
        type_ = SEALED if number % 5 == 4 else CAST
        log.append([a_record(f"s/{process}/{number}", process=process, type=type_)])
    return log


def test_an_empty_log_reads_as_empty(log: LogRecorder) -> None:
    assert log.read() == []
    assert list(log.read_process("p-1")) == []
    assert log.read_stream("s/1") == []
    assert log.versions([]) == {}
    assert log.find([]) == {}
    assert log.process_ids() == []
    assert (log.last_position(), log.length("p-1")) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "positions"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ({"after": 8}, [9, 10]),
        ({"after": 10}, []),
        ({"after": 99}, []),
        ({"until": 2}, [1, 2]),
        ({"after": 3, "until": 5}, [4, 5]),
        ({"limit": 3}, [1, 2, 3]),
        ({"process_id": "p-2"}, [2, 4, 6, 8, 10]),
        ({"process_id": "p-2", "after": 4}, [6, 8, 10]),
        ({"process_id": "p-2", "after": 5}, [6, 8, 10]),
        ({"process_id": "p-2", "after": 3, "until": 8}, [4, 6, 8]),
        ({"process_id": "p-2", "after": 3, "until": 7}, [4, 6]),
        ({"process_id": "p-2", "limit": 2}, [2, 4]),
        ({"process_id": "p-3"}, []),
        ({"types": [SEALED]}, [5, 10]),
        ({"types": [SEALED, CAST], "limit": 4}, [1, 2, 3, 4]),
        ({"types": ["ballots.Unknown"]}, []),
        ({"types": [SEALED], "process_id": "p-1"}, [5]),
        ({"types": [SEALED, CAST], "process_id": "p-1", "after": 1, "limit": 2}, [3, 5]),
    ],
    ids=str,
)
def test_reads_by_position(mixed: LogRecorder, arguments: dict[str, object], positions: list[int]) -> None:
    assert [record.position for record in mixed.read(**arguments)] == positions  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "indexes"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"first": 3}, [3, 4]),
        ({"stop": 2}, [0, 1]),
        ({"stop": 0}, []),
        ({"first": 1, "stop": 3}, [1, 2]),
        ({"first": 5}, []),
        ({"types": [SEALED]}, [2]),
        ({"types": [SEALED, CAST], "first": 2}, [2, 3, 4]),
        ({"types": [SEALED], "first": 3}, []),
    ],
    ids=str,
)
def test_reads_a_process_by_index(mixed: LogRecorder, arguments: dict[str, object], indexes: list[int]) -> None:
    assert [record.process_index for record in mixed.read_process("p-1", **arguments)] == indexes  # type: ignore[arg-type]


def test_reads_a_long_process_in_pages_without_losing_or_repeating(log: LogRecorder) -> None:
    length = 2 * PAGE + 1
    log.append([a_record(f"s/{number}", type=SEALED if number % 3 else CAST) for number in range(length)])
    assert [record.process_index for record in log.read_process("p-1")] == list(range(length))
    sealed = [record.process_index for record in log.read_process("p-1", types=[SEALED])]
    assert sealed == [number for number in range(length) if number % 3]
    both = [record.process_index for record in log.read_process("p-1", types=[SEALED, CAST], first=5, stop=length - 5)]
    assert both == list(range(5, length - 5))


@pytest.mark.parametrize("stop", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 1, 3 * PAGE])
def test_reads_a_process_backwards_without_losing_or_repeating(log: LogRecorder, stop: int) -> None:
    length = 2 * PAGE + 1
    log.append([a_record(f"s/{number}", type=SEALED if number % 3 else CAST) for number in range(length)])
    sealed = [record.process_index for record in log.read_process_backwards("p-1", stop=stop, types=[SEALED])]
    assert sealed == [number for number in reversed(range(min(stop, length))) if number % 3]


@pytest.mark.parametrize("page_size", [1, 3, 5, 6])
def test_reads_in_pages_as_small_as_asked(mixed: LogRecorder, page_size: int) -> None:
    assert [record.process_index for record in mixed.read_process("p-1", page_size=page_size)] == [0, 1, 2, 3, 4]


def test_a_process_read_while_it_grows_is_read_to_its_new_end(log: LogRecorder) -> None:
    log.append([a_record(f"s/{number}") for number in range(PAGE)])
    reading = log.read_process("p-1")
    next(reading)
    log.append([a_record("s/late")])
    assert sum(1 for _ in reading) == PAGE


def test_reads_a_stream_by_version(log: LogRecorder) -> None:
    log.append([a_record("s/1", 1), a_record("s/2", 1), a_record("s/1", 2), a_record("s/1", 3)])
    assert [record.position for record in log.read_stream("s/1")] == [1, 3, 4]
    assert [record.stream_version for record in log.read_stream("s/1", after_version=1)] == [2, 3]
    assert log.read_stream("s/1", after_version=3) == []


def test_finds_records_by_event_id_and_leaves_out_what_is_not_there(log: LogRecorder) -> None:
    first, _ = log.append([a_record("s/1"), a_record("s/2")])
    assert log.find([first.event_id, a_record("s/3").event_id]) == {first.event_id: first}


def test_tells_the_versions_of_many_streams_at_once(log: LogRecorder) -> None:
    log.append([a_record(f"s/{number}") for number in range(1500)])
    log.append([a_record("s/7", 2)])
    versions = log.versions([f"s/{number}" for number in range(2000)])
    assert [versions[f"s/{number}"] for number in (0, 7, 1499, 1500, 1999)] == [1, 2, 1, 0, 0]


def test_names_its_processes_in_order(log: LogRecorder) -> None:
    log.append([a_record(f"s/{name}", process=name) for name in ("zürich", "aix", "b-2", "b-10")])
    assert log.process_ids() == ["aix", "b-10", "b-2", "zürich"]
    assert [log.length(name) for name in ("aix", "nowhere")] == [1, 0]


@pytest.mark.parametrize("name", ["a/b", "été", "𝄞", "'; DROP TABLE records; --", '"', "%", "[1]", "\\u0000"])
def test_any_name_is_only_a_name(log: LogRecorder, name: str) -> None:
    (record,) = log.append([a_record(f"s/{name}", process="p-1", actor=name, name=name)])
    assert log.read_stream(f"s/{name}") == [record]
    assert log.versions([f"s/{name}"]) == {f"s/{name}": 1}
    assert log.find([record.event_id])[record.event_id].data() == {"name": name}
