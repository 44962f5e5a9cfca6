"""Rolls and motions as the contract spells them."""

from __future__ import annotations

from chambers.domain.motion_state import STATUS, proceedings
from chambers.domain.motions import AskedMotion, CountedRound, DecidedMotion, Motion, NoMotion
from chambers.domain.rolls import FrozenRoll
from chambers.domain.values import Member
from chambers.projections import Listed
from comitia.chambers.v1 import chambers_pb2 as pb
from kernel import canonical
from kernel.instants import show_instant
from kernel.numbers import show

STATUSES = {
    "proposed": pb.MOTION_STATUS_PROPOSED,
    "asked": pb.MOTION_STATUS_ASKED,
    "decided": pb.MOTION_STATUS_DECIDED,
    "withdrawn": pb.MOTION_STATUS_WITHDRAWN,
}
CHOICES = {"yes": pb.CASTING_CHOICE_YES, "no": pb.CASTING_CHOICE_NO}


def member_message(member: Member) -> pb.Member:
    begins, until = member.mandate.begins, member.mandate.until
    return pb.Member(
        member=member.member,
        weight=show(member.weight),
        roles=member.roles,
        unit=member.unit,
        mandate=pb.Mandate(
            from_date=None if begins is None else begins.isoformat(),
            until_date=None if until is None else until.isoformat(),
        ),
    )


def frozen_message(frozen: FrozenRoll) -> pb.FrozenRoll:
    return pb.FrozenRoll(
        box=frozen.box,
        on_date=frozen.on.isoformat(),
        members=frozen.members,
        weight=show(frozen.weight),
        digest=frozen.digest,
    )


def listed_message(listed: Listed) -> pb.MotionSummary:
    return pb.MotionSummary(
        motion=listed.motion,
        matter=listed.matter,
        title=listed.title,
        mover=listed.mover,
        status=STATUSES[listed.status],
        outcome=listed.outcome,
    )


def motion_message(name: str, motion: Motion) -> pb.Motion:
    """A motion, whole; raises `ValueError` for one that was never proposed."""
    if isinstance(motion, NoMotion):
        raise ValueError("a motion that was never proposed has no message")
    asked = proceedings(motion)
    decided = motion if isinstance(motion, DecidedMotion) else None
    message = pb.Motion(
        summary=pb.MotionSummary(
            motion=name,
            matter=asked.proposed.matter,
            title=asked.proposed.title,
            mover=asked.proposed.mover,
            status=STATUSES[STATUS[type(motion)]],
            outcome=None if decided is None else decided.outcome,
        ),
        text=asked.proposed.text,
        counted=[_count(each) for each in asked.counted],
        chambers_json="" if decided is None else canonical.dumps(decided.chambers).decode(),
    )
    for reason in () if decided is None else decided.reasons:
        message.reasons.add(
            rule=reason["rule"], chamber=reason["chamber"], text=reason["text"], numbers=reason["numbers"]
        )
    _add_answers(message, asked)
    return message


def _add_answers(message: pb.Motion, motion: AskedMotion) -> None:
    for question in motion.asked:
        deadline = None if question.deadline is None else show_instant(question.deadline)
        message.asked.add(
            chamber=question.chamber, kind=question.kind, round=question.round, box=question.box, deadline=deadline
        )
    for chamber, advice in motion.advice.items():
        message.advice.add(chamber=chamber, opinion=advice.opinion, silent=advice.silent)
    for key, vote in motion.casting.items():
        chamber = key.partition(" ")[0]
        message.casting.add(
            chamber=chamber, role=vote.role, member=vote.member, choice=CHOICES[vote.choice], round=vote.round
        )
    for chamber, lot in motion.lots.items():
        drawn = canonical.dumps(lot.lot).decode()
        message.lots.add(
            chamber=chamber, round=lot.round, box=lot.box, seed=lot.seed, lot_json=drawn, outcome=lot.outcome
        )
    for objection in motion.objections:
        test = None if objection.tested is None else pb.Test(**objection.tested.model_dump(mode="json"))
        message.objections.add(chamber=objection.chamber, member=objection.member, reason=objection.reason, test=test)


def _count(counted: CountedRound) -> pb.ChamberCount:
    units = counted.units or {}
    return pb.ChamberCount(
        chamber=counted.chamber,
        round=counted.round,
        counts=pb.Counts(**counted.counts.model_dump(mode="json")),
        units={code: pb.UnitCount(**unit.model_dump(mode="json")) for code, unit in units.items()},
    )
