"""A PostgreSQL that is restarted, crashed or full while many append: each batch is recorded once, whole, or not at all."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from eventlog.contract import LogBusy, LogUnreachable
from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import migrate
from infra.local.postgres import Postgres, obtain_postgres
from kernel.records import NewRecord, Record
from testkit.check_log import all_records, check_log
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import wall_clock

pytestmark = pytest.mark.slow

PATIENCE = 90.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server that may be stopped and crashed."""
    folder = Path(tempfile.mkdtemp(prefix="comitia-"))
    folder.chmod(0o711)
    server = obtain_postgres(folder)
    if not server.ours:
        pytest.fail("a server that was named by the environment is not restarted here", pytrace=False)
    yield server
    server.close()


@pytest.fixture
def url(server: Postgres) -> str:
    url = server.database()
    migrate(url)
    return url


class Writers:
    """Threads that append batches, small and large, and send each again until the log has it."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log
        self.stop = threading.Event()
        self.acknowledged: dict[str, list[int]] = {}
        self.refused = 0
        self._threads = ThreadPoolExecutor(6)
        self._running = [self._threads.submit(self._write, f"w{number}") for number in range(6)]

    def end(self) -> None:
        """Let each finish the batch in hand. Raises what a writer raised."""
        self.stop.set()
        for running in self._running:
            running.result(PATIENCE)
        self._threads.shutdown()

    def wait_for(self, batches: int) -> None:
        """Until so many more were acknowledged."""
        wanted, deadline = len(self.acknowledged) + batches, time.monotonic() + PATIENCE
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline
            assert not any(running.done() for running in self._running), [
                run.exception() for run in self._running if run.done()
            ]
            time.sleep(0.005)

    def _write(self, writer: str) -> None:
        number = 0
        while not self.stop.is_set():
            batch = batch_of(writer, number)
            records = self._until_taken(lambda batch=batch: self._log.append(batch))  # type: ignore[misc]
            self.acknowledged[f"{writer} {number}"] = [record.position for record in records]
            number += 1

    def _until_taken(self, append: Callable[[], tuple[Record, ...]]) -> tuple[Record, ...]:
        while True:
            try:
                return append()
            except (LogUnreachable, LogBusy):
                self.refused += 1
                time.sleep(0.05)


def batch_of(writer: str, number: int) -> list[NewRecord]:
    size = 300 if number % 7 == 0 else 3
    return [
        a_record(f"{writer}/{number}/{i}", process=f"p-{writer}", writer=writer, number=number) for i in range(size)
    ]


def test_a_server_that_is_crashed_or_restarted_again_and_again_loses_and_doubles_nothing(
    server: Postgres, url: str
) -> None:
    with closing(PostgresLog(url, clock=wall_clock)) as log:
        writers = Writers(log)
        for mode in ("immediate", "fast", "immediate"):
            writers.wait_for(60)
            server.stop(mode)
            refused = writers.refused
            with pytest.raises(LogUnreachable):
                log.last_position()
            while writers.refused < refused + 6:
                time.sleep(0.01)
            server.start()
        writers.wait_for(60)
        writers.end()
        _assert_each_batch_once(log, writers)
        assert log.wait_for(0, PATIENCE)
        log.check()


def _assert_each_batch_once(log: PostgresLog, writers: Writers) -> None:
    found: dict[str, list[int]] = {}
    for record in all_records(log):
        data = record.data()
        found.setdefault(f"{data['writer']} {data['number']}", []).append(record.position)
    assert found == writers.acknowledged
    assert all(len(found[f"w0 {number}"]) == len(batch_of("w0", number)) for number in range(10))
    check_log(log)


def test_who_waits_for_a_record_hears_of_it_after_a_restart(server: Postgres, url: str) -> None:
    with closing(PostgresLog(url, clock=wall_clock)) as log, closing(PostgresLog(url, clock=wall_clock)) as other:
        assert log.wait_for(0, 0.5) is False
        server.restart("immediate")
        appending = threading.Timer(0.2, lambda: other.append([a_record("s/1")]))
        appending.start()
        assert log.wait_for(0, PATIENCE)
        appending.join()
        time.sleep(1)
        appending = threading.Timer(0.2, lambda: other.append([a_record("s/2")]))
        appending.start()
        began = time.monotonic()
        assert log.wait_for(1, PATIENCE)
        assert time.monotonic() - began < 0.8
        appending.join()


def test_a_block_that_the_server_s_crash_cuts_off_is_undone(server: Postgres, url: str) -> None:
    with closing(PostgresLog(url, clock=wall_clock)) as log:
        with pytest.raises(LogUnreachable):
            _crash_within(log, server)
        assert log.last_position() == 0
        assert log.append([a_record("s/1")])[0].position == 1


def _crash_within(log: PostgresLog, server: Postgres) -> None:
    with log.exclusively():
        log.append([a_record("s/1")])
        server.restart("immediate")
