"""The newest records, kept in memory as this process appended them: its followers need not read them back and parse them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from threading import Lock

from kernel.records import Record

KEPT = 4000


class Tail:
    """An unbroken stretch of the log. A record never changes, so what is in it is right; what is not must be read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: Sequence[Record] = ()

    def extend(self, records: Sequence[Record]) -> None:
        """Take in a batch after its commit. One that does not follow on what is kept (others append too) begins anew."""
        with self._lock:
            kept, first = self._records, records[0].position
            if kept and first <= kept[-1].position:
                return
            follows = kept and first == kept[-1].position + 1
            self._records = ([*kept, *records] if follows else list(records))[-KEPT:]

    def read(
        self, after: int, until: int, limit: int, process_id: str | None, types: Collection[str]
    ) -> list[Record] | None:
        """As `LogRecorder.read`; None unless every record from `after` to `until` is kept."""
        kept = self._records
        if not kept or after + 1 < kept[0].position or until > kept[-1].position:
            return None
        start = kept[0].position
        stretch = kept[after + 1 - start : max(until + 1 - start, 0)]
        return [
            record
            for record in stretch
            if (not types or record.type in types) and (process_id is None or record.process_id == process_id)
        ][:limit]
