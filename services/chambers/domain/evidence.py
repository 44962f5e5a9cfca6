"""Everything its chambers have said about a motion, as the rules take it."""

from __future__ import annotations

from chambers.domain.case import Case
from chambers.domain.motions import AskedMotion, CountedRound
from chambers.domain.values import Counts
from rules.decisions import Advice, Evidence, Objection, Opinion, VoteCount


def gather(case: Case, motion: AskedMotion) -> Evidence:
    """Counts in order of their rounds; objections with the weight that the objector had when objections were asked for."""
    windows = [each for each in motion.asked if each.kind == "objections"]
    frozen = {each.chamber: case.frozen_for(each) for each in windows}
    objections: dict[str, list[Objection]] = {}
    for each in motion.objections:
        roll = frozen.get(each.chamber)
        elector = roll.elector(each.member) if roll is not None else None
        if elector is not None:
            objections.setdefault(each.chamber, []).append(Objection(each.member, elector.weight, each.reason))
    return Evidence(
        votes=_votes(motion.counted),
        advice={name: Advice(Opinion(each.opinion), each.silent) for name, each in motion.advice.items()},
        casting={name: {each.role: each.choice} for name, each in motion.casting.items()},
        objections=objections,
        eligible={name: roll.weight for name, roll in frozen.items() if roll is not None},
        windows_closed=motion.windows_closed,
    )


def vote_count(counts: Counts) -> VoteCount:
    return VoteCount(**dict(counts))


def _votes(counted: tuple[CountedRound, ...]) -> dict[str, list[VoteCount]]:
    votes: dict[str, list[VoteCount]] = {}
    for each in sorted(counted, key=lambda counted_round: counted_round.round):
        votes.setdefault(each.chamber, []).append(vote_count(each.counts))
    return votes
