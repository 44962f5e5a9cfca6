"""Every recorder tells its observer what it committed, once, after it is committed; what is undone or repeated is not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eventlog.contract import LogRecorder, VersionConflict
from eventlog.sqlite import SQLiteLog
from kernel.records import Record
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.recorders import wall_clock


class Told:
    """Keeps what it is told, and whether the log showed it by then."""

    def __init__(self) -> None:
        self.positions: list[list[int]] = []
        self.log: LogRecorder | None = None

    def appended(self, records: Sequence[Record], seconds: float) -> None:
        assert seconds >= 0
        assert self.log is not None
        assert self.log.last_position() >= records[-1].position
        self.positions.append([record.position for record in records])


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def log(request: pytest.FixtureRequest, tmp_path: Path, told: Told) -> Iterator[LogRecorder]:
    if request.param == "sqlite":
        opened: LogRecorder = SQLiteLog(tmp_path / "log.db", clock=wall_clock, observer=told)
    else:
        from eventlog.postgres import PostgresLog

        opened = PostgresLog(request.getfixturevalue("migrated"), clock=wall_clock, observer=told)
    told.log = opened
    yield opened
    opened.close()


def test_a_batch_is_told_once(log: LogRecorder, told: Told) -> None:
    log.append(a_stream("s/p-1/a", 3))
    log.append(a_stream("s/p-1/a", 3))
    log.append([a_record("s/p-1/b")])
    assert told.positions == [[1, 2, 3], [4]]


def test_what_was_refused_is_not_told(log: LogRecorder, told: Told) -> None:
    with pytest.raises(VersionConflict):
        log.append([a_record("s/p-1/a", 2)])
    assert told.positions == []


def test_what_is_appended_while_the_log_is_held_is_told_when_all_of_it_is_committed(
    log: LogRecorder, told: Told
) -> None:
    with log.exclusively():
        log.append([a_record("s/p-1/a")])
        with log.exclusively():
            log.append([a_record("s/p-1/b")])
        assert told.positions == []
    assert told.positions == [[1, 2]]
    log.append([a_record("s/p-1/c")])
    assert told.positions == [[1, 2], [3]]


def test_what_is_undone_is_not_told(log: LogRecorder, told: Told) -> None:
    def append_and_break() -> None:
        with log.exclusively():
            log.append([a_record("s/p-1/a")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        append_and_break()
    log.append([a_record("s/p-1/b")])
    assert told.positions == [[1]]
