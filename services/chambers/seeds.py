"""The seed of a lot is the root of the process's log at the seal of the tied box: nobody could know it while ballots came in."""

from __future__ import annotations

from chambers.inbox import box_stream, seals
from eventlog.contract import LogRecorder
from eventlog.roots import root_at


def seed_at_the_seal(log: LogRecorder, process_id: str, box: str) -> bytes | None:
    """Root of the process's records up to and including the box's `BoxSealed`; None where it is not sealed."""
    sealed = next((each for each in log.read_stream(box_stream(process_id, box)) if seals(each)), None)
    return None if sealed is None else root_at(log, sealed)
