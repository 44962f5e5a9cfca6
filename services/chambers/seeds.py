"""The seed of a lot is the root of the process's log at the seal of the tied box: nobody could know it while ballots came in."""

from __future__ import annotations

from chambers.inbox import box_stream, seals
from eventlog.contract import LogRecorder
from transparency.merkle import hash_leaf, root_of


def seed_at_the_seal(log: LogRecorder, process_id: str, box: str) -> bytes | None:
    """RFC 9162 root of the process's records up to and including the box's `BoxSealed`; None where it is not sealed."""
    sealed = next((each for each in log.read_stream(box_stream(process_id, box)) if seals(each)), None)
    if sealed is None:
        return None
    records = log.read_process(process_id, stop=sealed.process_index + 1)
    return root_of(hash_leaf(record.leaf()) for record in records)
