"""The SQLite log's own: real full disks, files that are no log, a writer that waits, and the log in memory."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError

from eventlog import sqlite_schema
from eventlog.contract import LogBusy, LogFull, SchemaUnknown
from eventlog.sqlite import SQLiteLog
from testkit.check_log import check_log
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.child import start
from tests.eventlog.recorders import SQLiteRecorder, StepClock, wall_clock

TWO_MEGABYTES = 2 * 1024 * 1024


class FileLimit:
    """Storage that ends because the writing process may not make a file larger: possible everywhere."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.limit = folder, TWO_MEGABYTES

    def grow(self) -> None:
        """Other processes are not limited."""


class TinyDisk:
    """A file system of 2 MB, where mounting one is allowed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.limit = folder, 0

    def grow(self) -> None:
        subprocess.run(["mount", "-o", "remount,size=8m", self.folder], check=True)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[FileLimit | TinyDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        yield FileLimit(folder)
        return
    yield TinyDisk(folder)
    subprocess.run(["umount", folder], check=True)


@pytest.mark.slow
def test_a_file_that_may_not_grow_makes_the_log_full_and_leaves_it_whole(tmp_path: Path) -> None:
    check_full_then_grown(FileLimit(tmp_path))


@pytest.mark.slow
def test_a_full_disk_makes_the_log_full_and_leaves_it_whole(tiny_disk: FileLimit | TinyDisk) -> None:
    check_full_then_grown(tiny_disk)


def check_full_then_grown(storage: FileLimit | TinyDisk) -> None:
    recorder = SQLiteRecorder(storage.folder / "log.db")
    child = start("fill", recorder.address, str(storage.limit))
    out, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    story = json.loads(out)
    assert "nothing of the batch was recorded" in story["error"]
    assert "free space" in story["error"]
    storage.grow()
    log = recorder.open()
    assert check_log(log) == story["records"] > 0
    assert log.append([a_record("there/is/room")])[0].position == story["records"] + 1
    log.close()


def _another_programs_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE plants (name TEXT)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_another_programs_database, "another program"),
        (lambda path: path.write_bytes(b"Dear diary, " * 400), "not a database"),
        (lambda path: path.mkdir(), "unable to open"),
        (lambda path: None, "does not exist: create it"),
    ],
    ids=["a database of another program", "a text file", "a folder", "a path in a folder that is missing"],
)
def test_what_is_no_log_is_left_alone_and_named(tmp_path: Path, make: Callable[[Path], None], says: str) -> None:
    path = tmp_path / "file"
    make(path)
    wanted = path if path.exists() else tmp_path / "missing" / "log.db"
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(OperationalError, match=says) as error:
        SQLiteLog(wanted, clock=wall_clock)
    assert str(wanted) in str(error.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_newer_log_is_not_touched(tmp_path: Path) -> None:
    recorder = SQLiteRecorder(tmp_path / "log.db")
    recorder.open().close()
    recorder.come_from_the_future()
    before = recorder.path.read_bytes()
    with pytest.raises(SchemaUnknown):
        recorder.open()
    assert recorder.path.read_bytes() == before


def test_every_commit_is_synced_and_readers_do_not_wait(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.db", clock=wall_clock)
    with log.connections.writing() as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert log.last_position() == 0
    log.close()


def test_a_writer_that_waited_too_long_says_that_others_kept_the_log(tmp_path: Path) -> None:
    one = SQLiteLog(tmp_path / "log.db", clock=wall_clock)
    two = SQLiteLog(tmp_path / "log.db", clock=wall_clock, busy_seconds=0.05)
    with one.connections.writing(), pytest.raises(LogBusy, match=r"0\.05 s"):
        two.append([a_record("s/1")])
    assert two.append([a_record("s/1")])[0].position == 1
    assert check_log(one) == 1
    one.close()
    two.close()


def test_a_log_in_memory_is_a_log_for_all_threads(tmp_path: Path) -> None:
    log = SQLiteLog(":memory:", clock=StepClock())
    threads = [threading.Thread(target=log.append, args=(a_stream(f"s/{number}", 10),)) for number in range(8)]
    for thread in threads:
        thread.start()
    story = log.follow(stop=threading.Event())
    followed = [next(story) for _ in range(80)]
    for thread in threads:
        thread.join()
    assert check_log(log) == 80
    assert len(followed) == 80
    assert not list(tmp_path.iterdir())
    log.close()


def test_two_logs_in_memory_are_two_logs() -> None:
    one, two = (SQLiteLog(":memory:", clock=wall_clock) for _ in range(2))
    one.append([a_record("s/1")])
    assert (one.last_position(), two.last_position()) == (1, 0)
    assert check_log(one) == 1


def test_reading_from_many_threads_keeps_few_connections(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.db", clock=wall_clock)
    log.append(a_stream("s/1", 3))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(log.read()))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3] * 40
    assert check_log(log) == 3
    log.close()


def test_a_block_that_sqlite_undid_by_itself_does_not_end_as_if_it_were_committed(tmp_path: Path) -> None:
    """Some failures of a disk make SQLite roll the whole transaction back, not only the statement that failed."""
    log = SQLiteLog(tmp_path / "log.db", clock=wall_clock)
    with pytest.raises(LogFull, match="nothing of the batch was recorded"):
        _undone_by_sqlite(log)
    assert check_log(log) == 0
    log.close()


def _undone_by_sqlite(log: SQLiteLog) -> None:
    with log.exclusively():
        log.append([a_record("s/1")])
        log.connections.writer.execute("ROLLBACK")


class Interrupted(sqlite3.Connection):
    """Another process creates the log between two of its readings, if it can."""

    other: sqlite3.Connection | None = None

    def execute(self, sql: str, /, *parameters: Any) -> sqlite3.Cursor:
        if sql == "PRAGMA user_version" and self.other is not None:
            other, self.other = self.other, None
            with suppress(sqlite3.OperationalError):
                sqlite_schema.create(other)
        return super().execute(sql, *parameters)


def test_a_log_that_is_created_while_its_version_is_read_is_no_other_programs_file(tmp_path: Path) -> None:
    """Found by eight processes that opened an empty place at one moment: one in ten runs, one of them was refused."""
    path = tmp_path / "log.db"
    reading = sqlite3.connect(path, factory=Interrupted, isolation_level=None)
    reading.other = sqlite3.connect(path, timeout=0, isolation_level=None)
    assert sqlite_schema.schema_version(reading) in (0, sqlite_schema.VERSION)
    assert not reading.in_transaction
    sqlite_schema.create(reading)
    assert sqlite_schema.schema_version(reading) == sqlite_schema.VERSION
    reading.close()
