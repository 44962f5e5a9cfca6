"""What a recorder tells of its work, to whoever measures it; it says nothing of whose events they were."""

from __future__ import annotations

from collections.abc import Sequence
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
