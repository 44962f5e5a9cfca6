"""No checkpoint is signed that contradicts another of the same log: one root a size, and each grew from those before."""

from __future__ import annotations

from collections.abc import Callable

from kernel.refusal import Refused
from transparency.checkpoints import Checkpoint
from transparency.merkle import verify_consistency

Prove = Callable[[int, int], list[bytes]]
"""The consistency proof between two sizes of the log as it is now."""


def contradiction(one: Checkpoint, other: Checkpoint, prove: Prove) -> Refused | None:
    """Why two checkpoints of a log cannot both be signed, or None. C2SP tlog-checkpoint, Signatures."""
    old, new = (one, other) if one.size <= other.size else (other, one)
    if verify_consistency(old.size, new.size, prove(old.size, new.size), old.root, new.root):
        return None
    return Refused(
        "log_forked",
        say="the log no longer holds what a checkpoint was signed for: nothing more is signed; compare it with a bundle",
        origin=new.origin,
        old_size=old.size,
        old_root=old.root.hex(),
        new_size=new.size,
        new_root=new.root.hex(),
    )


def shrunk(signed: Checkpoint, length: int) -> Refused:
    """The log is shorter than what was signed of it."""
    return Refused(
        "log_shrunk",
        say="the log has fewer events than a checkpoint was signed for: nothing more is signed; compare it with a bundle",
        origin=signed.origin,
        signed=signed.size,
        events=length,
    )
