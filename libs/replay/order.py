"""Indexes have no gap and no repetition: of events in the process, of versions in each stream, of positions in the log."""

from __future__ import annotations

from kernel.instants import parse_instant
from kernel.records import Record
from replay.findings import Findings


class OrderCheck:
    """Looks at the header of each record of one process, in order."""

    def __init__(self, findings: Findings, process_id: str) -> None:
        self.findings = findings
        self.process_id = process_id
        self._position = 0
        self._recorded_at = ""
        self._versions: dict[str, int] = {}
        self._event_ids: set[str] = set()

    def check(self, index: int, record: Record) -> None:
        """`index` is the record's place in the bundle, from 0."""
        findings = self.findings
        findings.count("indexes")
        findings.compare("indexes", index, "process_index", index, record.process_index)
        findings.compare("indexes", index, "process_id", self.process_id, record.process_id)
        if record.position <= self._position:
            findings.add("indexes", index, "position", f"more than {self._position}", record.position)
        version = self._versions.get(record.stream_id, 0) + 1
        findings.compare("indexes", index, f"version of {record.stream_id}", version, record.stream_version)
        if record.event_id in self._event_ids:
            findings.add("indexes", index, "event_id", "one not seen before", record.event_id)
        self._check_time(index, record)
        self._position = record.position
        self._versions[record.stream_id] = record.stream_version
        self._event_ids.add(record.event_id)

    def _check_time(self, index: int, record: Record) -> None:
        try:
            parse_instant(record.recorded_at)
        except ValueError as error:
            self.findings.add("indexes", index, "recorded_at", "an instant", str(error))
            return
        if record.recorded_at < self._recorded_at:
            self.findings.add("indexes", index, "recorded_at", f"not before {self._recorded_at}", record.recorded_at)
        self._recorded_at = record.recorded_at
