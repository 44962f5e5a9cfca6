"""The same ballots under other rules: what would have come out, which is never the outcome."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.refusal import Kind, Refused
from replay.replay import Replay
from replay.what_if.changes import Changes, parse_majority, parse_quorum
from replay.what_if.motions import Redecided, redecide
from replay.what_if.selections import Recounted, recount

__all__ = ["Changes", "Recounted", "Redecided", "parse_majority", "parse_quorum", "what_if"]


def what_if(replay: Replay, changes: Changes, of: str | None = None) -> list[Recounted | Redecided] | Refused:
    """Count and decide again, under the rules as changed, all that is counted, or only the matter or motion `of`.

    Changes of the count (rule, budget, method …) concern selections, those of majority and quorum motions.
    """
    if not changes.of_counts and not changes.of_decisions:
        say = "say what should be different: a rule, a budget, a threshold, a method, seats, a majority or a quorum"
        return Refused("nothing_changes", kind=Kind.INVALID, say=say)
    found: list[Recounted | Redecided] = []
    for anew in _anew(replay, changes, of):
        if isinstance(anew, Refused):
            if of is None and anew.reason == "no_such_vote":
                continue
            return anew
        found.append(anew)
    if found:
        return found
    kind = "selection" if changes.of_counts else "motion"
    named = "" if of is None else f" named {of}"
    return Refused("nothing_counted", say=f"there is no {kind}{named} that is counted and that this could change")


def _anew(replay: Replay, changes: Changes, of: str | None) -> Iterator[Recounted | Redecided | Refused]:
    if changes.of_counts:
        for name, box in replay.boxes.boxes.items():
            if box.data["motion"] is None and box.count is not None and of in (None, name):
                ballots, _ = replay.boxes.delegations.counted(box)
                yield recount(name, box, ballots, changes)
    if changes.of_decisions:
        for motion in replay.motions.motions.values():
            if motion.counted and of in (None, motion.name, motion.matter):
                yield redecide(replay, motion, changes)
