"""What the tests of the PostgreSQL log share: a log that is held, transactions that are told, many threads at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg

from kernel.records import Record

PATIENCE = 60.0


class Observed:
    """The transactions that were told, in their order."""

    def __init__(self) -> None:
        self.told: list[Sequence[Record]] = []

    def appended(self, records: Sequence[Record], seconds: float) -> None:
        assert seconds > 0
        self.told.append(records)


@contextmanager
def locked(url: str) -> Iterator[Callable[[], None]]:
    """Another process's transaction holds the log, until the end or until what is yielded is called."""
    with psycopg.connect(url) as other:
        other.execute("SELECT comitia.lock()")
        yield other.rollback


def wait_until(holds: Callable[[], bool]) -> None:
    """Look until it holds; fails when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def all_at_once(work: Sequence[Callable[[], object]]) -> list[object]:
    """Each in a thread of its own; what they return or raise."""
    with ThreadPoolExecutor(len(work)) as threads:
        futures = [threads.submit(each) for each in work]
        return [future.exception(PATIENCE) or future.result() for future in futures]
