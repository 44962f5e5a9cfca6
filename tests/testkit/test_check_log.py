"""The checker of logs is itself checked: for each promise of a log, a log that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from eventlog.sqlite import SQLiteLog
from kernel.records import Record
from testkit.check_log import check_log
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import StepClock

Lie = Callable[[list[Record]], list[Record]]


class LyingLog(SQLiteLog):
    """A log in memory that tells its records as `lie` has them."""

    def __init__(self, lie: Lie) -> None:
        super().__init__(":memory:", clock=StepClock())
        self.lie = lie

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int = 1000,
        process_id: str | None = None,
        types: Collection[str] = (),
    ) -> list[Record]:
        true = super().read(after=0, until=until, limit=limit, process_id=process_id, types=types)
        return [record for record in self.lie(true) if record.position > after]


def _change(place: int, **fields: object) -> Lie:
    def lie(records: list[Record]) -> list[Record]:
        changed = replace(records[place], **fields)  # type: ignore[arg-type]
        return [changed if record is records[place] else record for record in records]

    return lie


@pytest.fixture
def batches() -> Callable[[Lie], LyingLog]:
    def build(lie: Lie) -> LyingLog:
        log = LyingLog(lie)
        log.append([a_record("s/1"), a_record("s/2"), a_record("s/1", 2)])
        log.append([a_record("s/3", process="p-2"), a_record("s/1", 3)])
        return log

    return build


def test_the_truth_passes_and_is_counted(batches: Callable[[Lie], LyingLog]) -> None:
    assert check_log(batches(lambda records: records)) == 5


@pytest.mark.parametrize(
    "lie",
    [
        lambda records: records[:-1],
        lambda records: [*records[:2], *records[3:]],
        lambda records: [records[1], records[0], *records[2:]],
        _change(2, position=9),
        _change(2, process_index=5),
        _change(2, stream_version=3),
        _change(3, stream_id="s/1"),
        _change(3, process_id="p-1"),
        _change(4, event_id=a_record("s/1").event_id),
        _change(4, event_id="no uuid"),
        _change(4, recorded_at="2026-11-22T17:00:00.000000Z"),
        _change(4, recorded_at="tomorrow"),
        _change(1, payload=b'{"b":1, "a":2}'),
        _change(1, payload=b'{"a":1.5}'),
        _change(1, salt=b"short"),
        _change(1, schema=0),
        _change(1, type="eventlog.application:Change"),
    ],
    ids=[
        "the last record is kept back",
        "a record is left out",
        "two records are swapped",
        "a position is another",
        "an index is another",
        "a stream version is another",
        "a record is in another stream",
        "a record is in another process",
        "an event id is used twice",
        "an event id is no UUID",
        "time runs backwards",
        "a time is no instant",
        "a payload is not canonical",
        "a payload has a float",
        "a salt is short",
        "a schema is 0",
        "a type is a Python path",
    ],
)
def test_a_log_is_caught_when(batches: Callable[[Lie], LyingLog], lie: Lie) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check_log(batches(lie))
