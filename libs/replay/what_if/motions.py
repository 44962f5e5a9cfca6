"""A motion decided again from the same answers, by another majority or with another quorum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kernel.refusal import Refused
from replay.answers import Motion
from replay.replay import Replay
from replay.what_if.changes import Changes
from rules.decisions import ChamberVote, Outcome, evaluate, parts


@dataclass(frozen=True, slots=True)
class Redecided:
    """The outcome as it is (None while there is none) and as it would be, with its reasons."""

    motion: str
    matter: str
    outcome: str | None
    reasons: tuple[Any, ...]
    anew: Outcome
    changed: tuple[str, ...]
    """The chambers whose majority or quorum was another."""

    def to_json(self) -> dict[str, Any]:
        """JSON; `what_if` says that it is not the outcome."""
        told = self.anew.to_json()
        return {
            "kind": "motion",
            "motion": self.motion,
            "matter": self.matter,
            "outcome": {"outcome": self.outcome, "reasons": list(self.reasons)},
            "what_if": {
                "is_the_outcome": False,
                "chambers_changed": list(self.changed),
                **{name: told[name] for name in ("outcome", "reasons", "chambers", "asks")},
            },
            "differs": self.outcome != told["outcome"],
        }


def redecide(replay: Replay, motion: Motion, changes: Changes) -> Redecided | Refused:
    """Evaluate the changed decision. `pending` where chambers that were never asked would have been."""
    charter = replay.motions.charter_of(motion)
    matter = charter.matter(motion.matter) if charter else None
    if charter is None or matter is None or matter.decision is None:
        return Refused("no_decision", say="the charter in this log decides nothing by this motion", motion=motion.name)
    votes = [part.chamber for part in parts(matter.decision) if isinstance(part, ChamberVote)]
    changed = tuple(dict.fromkeys(name for name in votes if changes.chamber in (None, name)))
    if not changed:
        say = (
            "no chamber votes on this motion"
            if changes.chamber is None
            else "this chamber does not vote on this motion"
        )
        return Refused(
            "no_such_vote", say=say, motion=motion.name, chamber=changes.chamber or "", chambers=", ".join(votes)
        )
    evidence = motion.evidence(charter, matter.decision, replay.rolls)
    anew = evaluate(_changed(matter.decision, changes), evidence)
    return Redecided(motion.name, motion.matter, motion.outcome, tuple(motion.reasons), anew, changed)


def _changed(part: Any, changes: Changes) -> Any:
    """The decision with every vote of the chambers concerned measured otherwise; advice and objections as they were."""
    if isinstance(part, ChamberVote):
        if changes.chamber not in (None, part.chamber):
            return part
        update: dict[str, Any] = {} if changes.majority is None else {"majority": changes.majority}
        if changes.no_quorum or changes.quorum is not None:
            update["quorum"] = changes.quorum
        return part.model_copy(update=update)
    if isinstance(part, BaseModel):
        return part.model_copy(
            update={name: _changed(getattr(part, name), changes) for name in type(part).model_fields}
        )
    if isinstance(part, tuple):
        return tuple(_changed(each, changes) for each in part)
    return {name: _changed(each, changes) for name, each in part.items()} if isinstance(part, dict) else part
