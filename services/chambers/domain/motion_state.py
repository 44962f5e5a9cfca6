"""A motion as everybody may see it: its part of the process state, in the spelling that services and auditors share."""

from __future__ import annotations

from typing import Any

from chambers.domain.motions import AskedMotion, DecidedMotion, Motion, NoMotion, ProposedMotion, WithdrawnMotion

STATUS = {
    ProposedMotion: "proposed",
    AskedMotion: "asked",
    DecidedMotion: "decided",
    WithdrawnMotion: "withdrawn",
}


def to_json(motion: Motion) -> dict[str, Any]:
    """The canonical dict of a motion that was proposed; raises `ValueError` for one that never was."""
    if isinstance(motion, NoMotion):
        raise ValueError("a motion that was never proposed has no state")
    asked = proceedings(motion)
    proposed = asked.proposed
    return {
        "matter": proposed.matter,
        "title": proposed.title,
        "text": proposed.text,
        "mover": proposed.mover,
        "status": STATUS[type(motion)],
        "asked": [each.model_dump(mode="json") for each in asked.asked],
        "counted": [each.model_dump(mode="json") for each in asked.counted],
        "advice": {chamber: each.model_dump(mode="json") for chamber, each in asked.advice.items()},
        "casting": {chamber: each.model_dump(mode="json") for chamber, each in asked.casting.items()},
        **_lots(asked),
        "objections": [each.model_dump(mode="json") for each in asked.objections],
        "outcome": motion.outcome if isinstance(motion, DecidedMotion) else None,
        "reasons": [dict(each) for each in motion.reasons] if isinstance(motion, DecidedMotion) else [],
    }


def _lots(motion: AskedMotion) -> dict[str, Any]:
    """Only where a lot was drawn: bundles made before lots have no such key."""
    drawn = {chamber: each.model_dump(mode="json") for chamber, each in motion.lots.items()}
    return {"lots": drawn} if drawn else {}


def proceedings(motion: ProposedMotion | AskedMotion | DecidedMotion | WithdrawnMotion) -> AskedMotion:
    """What was asked and answered so far, whatever became of the motion."""
    if isinstance(motion, ProposedMotion):
        return AskedMotion(motion)
    return motion if isinstance(motion, AskedMotion) else motion.asked
