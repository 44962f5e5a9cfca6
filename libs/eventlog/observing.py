"""What a recorder tells of its work, to whoever measures it; it says nothing of whose events they were."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol

from kernel.records import Record


class Observer(Protocol):
    """Called after each commit by the thread that made it: quickly, and never raising."""

    def appended(self, records: Sequence[Record], seconds: float) -> None:
        """`records`, one transaction's, took `seconds` from the wait for the log's lock to the end of the commit."""


class Unobserved:
    """Nobody measures."""

    def appended(self, records: Sequence[Record], seconds: float) -> None:
        """Nothing is done."""


UNOBSERVED = Unobserved()


class Withheld(threading.local):
    """What a thread appends while it holds the log: told once all of it is committed; what is undone is never told."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._records: list[Record] = []
        self._depth = 0

    def add(self, records: Sequence[Record]) -> None:
        """Keep what was appended within `until_committed`."""
        self._records.extend(records)

    @contextmanager
    def until_committed(self) -> Iterator[None]:
        """Put around a block that holds the log and commits at its end; blocks within blocks are one."""
        began, before = perf_counter(), len(self._records)
        self._depth += 1
        try:
            yield
        except BaseException:
            del self._records[before:]
            raise
        finally:
            self._depth -= 1
        if self._depth == 0 and self._records:
            told, self._records = self._records, []
            self._observer.appended(told, perf_counter() - began)
