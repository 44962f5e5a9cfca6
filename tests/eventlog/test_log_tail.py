"""What a log keeps in memory of its own newest records never differs from what is on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventlog import tail
from eventlog.contract import VersionConflict
from eventlog.sqlite import SQLiteLog
from eventlog.sqlite_queries import BLOCK
from eventlog.tail import Tail
from kernel.records import Record
from testkit.check_log import check_log
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.recorders import StepClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def records(count: int, path: Path) -> list[Record]:
    log = SQLiteLog(path, clock=StepClock())
    appended = list(log.append(a_stream("boxes/p-1/a", count)))
    log.close()
    return appended


def positions(found: list[Record] | None) -> list[int] | None:
    return None if found is None else [record.position for record in found]


@pytest.mark.parametrize(
    ("after", "until", "found"),
    [
        pytest.param(3, 10, [4, 5, 6, 7, 8, 9, 10], id="all that is kept"),
        pytest.param(2, 10, None, id="one more than is kept"),
        pytest.param(3, 11, None, id="beyond what is kept"),
        pytest.param(5, 7, [6, 7], id="a part"),
        pytest.param(10, 10, [], id="nothing new"),
        pytest.param(9, 5, [], id="a stretch that ends before it begins"),
    ],
)
def test_only_an_unbroken_stretch_is_answered(path: Path, after: int, until: int, found: list[int] | None) -> None:
    kept = Tail()
    kept.extend(records(10, path)[3:])
    assert positions(kept.read(after, until, 100, None, ())) == found


def test_types_processes_and_the_limit_choose_as_on_disk(path: Path) -> None:
    log = SQLiteLog(path, clock=StepClock())
    log.append([a_record("boxes/p-1/a", 1), a_record("boxes/p-2/a", 1, process="p-2", type="ballots.BoxOpened")])
    log.append([a_record("boxes/p-1/a", 2, type="ballots.BoxOpened"), a_record("boxes/p-2/a", 2, process="p-2")])
    other = SQLiteLog(path, clock=StepClock())
    for process in (None, "p-1", "p-3"):
        for types in ((), ("ballots.BoxOpened",), ("ballots.BoxSealed",)):
            for limit in (1, 3):
                kept = log.read(after=0, until=4, limit=limit, process_id=process, types=types)
                assert kept == other.read(after=0, until=4, limit=limit, process_id=process, types=types)
    check_log(log)


def test_a_batch_that_does_not_follow_begins_anew_and_an_older_one_is_ignored(path: Path) -> None:
    ten, kept = records(10, path), Tail()
    kept.extend(ten[:2])
    kept.extend(ten[4:6])
    assert kept.read(0, 2, 100, None, ()) is None
    assert positions(kept.read(4, 6, 100, None, ())) == [5, 6]
    kept.extend(ten[2:4])
    assert positions(kept.read(4, 6, 100, None, ())) == [5, 6]


def test_no_more_is_kept_than_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "KEPT", 3)
    ten, kept = records(10, path), Tail()
    for record in ten:
        kept.extend([record])
    assert kept.read(6, 10, 100, None, ()) is None
    assert positions(kept.read(7, 10, 100, None, ())) == [8, 9, 10]


def test_two_logs_on_one_file_read_what_the_other_appended_between(path: Path) -> None:
    first, second = SQLiteLog(path, clock=StepClock()), SQLiteLog(path, clock=StepClock())
    for version in range(1, 7):
        (first if version % 2 else second).append([a_record("boxes/p-1/a", version)])
    for log in (first, second):
        assert positions(log.read(after=0, until=6)) == [1, 2, 3, 4, 5, 6]
        check_log(log)


def test_a_batch_sent_again_leaves_what_is_kept_as_it_was(path: Path) -> None:
    log = SQLiteLog(path, clock=StepClock())
    log.append([a_record("boxes/p-1/a", 1)])
    log.append([a_record("boxes/p-1/a", 2)])
    again = SQLiteLog(path, clock=StepClock())
    again.append([a_record("boxes/p-1/a", 2)])
    again.append([a_record("boxes/p-1/a", 3)])
    assert positions(again.read(after=1, until=3)) == [2, 3]
    check_log(again)


def test_what_an_undone_block_appended_is_not_kept(path: Path) -> None:
    log = SQLiteLog(path, clock=StepClock())
    with pytest.raises(VersionConflict):
        _append_and_fail(log)
    log.append([a_record("boxes/p-1/b", 1)])
    assert [record.stream_id for record in log.read(after=0, until=1)] == ["boxes/p-1/b"]
    check_log(log)


def _append_and_fail(log: SQLiteLog) -> None:
    with log.exclusively():
        log.append([a_record("boxes/p-1/a", 1)])
        log.append([a_record("boxes/p-1/c", 7)])


@pytest.mark.parametrize("count", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 1])
def test_batches_of_whole_blocks_and_a_rest_are_appended_whole(path: Path, count: int) -> None:
    log = SQLiteLog(path, clock=StepClock())
    log.append(a_stream("boxes/p-1/a", count))
    log.append(a_stream("boxes/p-1/b", count))
    assert check_log(log) == 2 * count
