"""The root of a process's log at one of its records, which seeds what is drawn by lot: nobody could know it before."""

from __future__ import annotations

from eventlog.contract import LogRecorder
from kernel.records import Record
from transparency.merkle import hash_leaf, root_of


def root_at(log: LogRecorder, record: Record) -> bytes:
    """RFC 9162 root of the process's records up to and including `record`; each of them is read."""
    records = log.read_process(record.process_id, stop=record.process_index + 1)
    return root_of(hash_leaf(each.leaf()) for each in records)
