"""Everything its chambers have said about a motion, as the rules take it."""

from __future__ import annotations

from chambers.domain.case import Case
from chambers.domain.motions import AskedMotion, CountedRound, RaisedObjection
from chambers.domain.values import Counts
from rules.decisions import Advice, Evidence, Objection, Opinion, VoteCount, roles_of


def gather(case: Case, motion: AskedMotion) -> Evidence:
    """Counts in order of their rounds; objections with the weight that the objector had when objections were asked for."""
    windows = [each for each in motion.asked if each.kind == "objections"]
    frozen = {each.chamber: case.frozen_for(each) for each in windows}
    objections: dict[str, list[Objection]] = {}
    for each in motion.objections:
        roll = frozen.get(each.chamber)
        elector = roll.elector(each.member) if roll is not None else None
        if elector is not None:
            found = Objection(each.member, elector.weight, each.reason, _met(each))
            objections.setdefault(each.chamber, []).append(found)
    return Evidence(
        votes=_votes(motion.counted),
        advice={name: Advice(Opinion(each.opinion), each.silent) for name, each in motion.advice.items()},
        casting=_casting(motion),
        objections=objections,
        eligible={name: roll.weight for name, roll in frozen.items() if roll is not None},
        windows_closed=motion.windows_closed,
        lots={name: each.outcome for name, each in motion.lots.items()},
        vacant=_vacant(case, motion),
    )


def _met(objection: RaisedObjection) -> frozenset[str] | None:
    tested = objection.tested
    return None if tested is None else frozenset(each.criterion for each in tested.criteria if each.met)


def _casting(motion: AskedMotion) -> dict[str, dict[str, str]]:
    votes: dict[str, dict[str, str]] = {}
    for key, each in motion.casting.items():
        votes.setdefault(key.partition(" ")[0], {})[each.role] = each.choice
    return votes


def _vacant(case: Case, motion: AskedMotion) -> frozenset[tuple[str, str, int]]:
    """The roles with a vote of their own that nobody held on the roll of a round."""
    decision = case.decision()
    vacant: set[tuple[str, str, int]] = set()
    for name, role in () if decision is None else roles_of(decision):
        root = case.charter.root_chamber(name)
        for each in motion.asked:
            roll = case.frozen_for(each) if each.kind == "vote" and root is not None else None
            if roll is not None and root is not None and each.chamber == root.name and not roll.holders(role):
                vacant.add((name, role, each.round))
    return frozenset(vacant)


def vote_count(counts: Counts) -> VoteCount:
    return VoteCount(**dict(counts))


def _votes(counted: tuple[CountedRound, ...]) -> dict[str, list[VoteCount]]:
    votes: dict[str, list[VoteCount]] = {}
    for each in sorted(counted, key=lambda counted_round: counted_round.round):
        votes.setdefault(each.chamber, []).append(vote_count(each.counts))
    return votes
