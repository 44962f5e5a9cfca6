"""A log that is not what was signed is not served: what was signed is kept outside the database, and compared at each start.

A database can be restored to an earlier time; `checkpoints.db` beside the key remembers. Without this check, a log that has
lost signed events would grow others in their place, and the next checkpoint would be a fork.
"""

from __future__ import annotations

from audit.projections import Leaves
from audit.signed import SignedCheckpoints
from eventlog.contract import LogRecorder
from runtime.listening import CannotStart
from transparency.checkpoints import Checkpoint

_REMEDY = (
    "restore the database to a time after that checkpoint (a replica, a later backup, point-in-time recovery); where that "
    'cannot be, see docs/operators.md, "A fork"'
)


def check_the_log(log: LogRecorder, leaves: Leaves, signed: SignedCheckpoints) -> None:
    """Raises `CannotStart` unless each process still begins with all that its last signed checkpoint was signed for."""
    leaves.forget_what_differs()
    for checkpoint in signed.newest():
        _check(log, leaves, checkpoint)


def _check(log: LogRecorder, leaves: Leaves, checkpoint: Checkpoint) -> None:
    process_id, size = checkpoint.origin.rpartition("/process/")[2], checkpoint.size
    length = log.length(process_id)
    if length < size:
        raise CannotStart(
            f"the log holds {length} events of process {process_id}, and a checkpoint of {size} was signed: it was "
            f"restored to before that; {_REMEDY}"
        )
    if _root(leaves, process_id, size) == checkpoint.root:
        return
    leaves.forget(process_id)
    found = _root(leaves, process_id, size)
    if found != checkpoint.root:
        raise CannotStart(
            f"the first {size} of {length} events of process {process_id} are not those that were signed (root "
            f"{checkpoint.root.hex()} was signed, the log has {found.hex()}): it was restored to before that and went on "
            f"otherwise, or it was changed; {_REMEDY}"
        )


def _root(leaves: Leaves, process_id: str, size: int) -> bytes:
    leaves.extend(process_id, size)
    return leaves.root(process_id, size)
