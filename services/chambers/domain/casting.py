"""A casting vote is given once, by the holder of the declared role on the roll that voted, and only when a tie asks for it."""

from __future__ import annotations

from datetime import datetime

from chambers.domain.case import Case, awaiting_answers
from chambers.domain.commands import GiveCastingVote
from chambers.domain.deciding import follow_up, standing
from chambers.domain.events import CastingVoteGiven
from chambers.domain.motions import AskedMotion
from chambers.domain.rolls import FrozenRoll
from kernel.events import Event
from kernel.refusal import Kind, Refused
from rules.decisions import Ask

GIVEN_BY = "the casting vote is its holder's alone, as the roll stood when the chamber voted; no deputy inherits it"


def give(case: Case, command: GiveCastingVote, at: datetime) -> tuple[Event, ...] | Refused:
    """The casting vote and what it leads to."""
    motion, decision = awaiting_answers(case), case.decision()
    if isinstance(motion, Refused):
        return motion
    asks = standing(case, motion, decision).asks if decision is not None else ()
    asked = next((each for each in asks if each.kind == "casting_vote" and each.chamber == command.chamber), None)
    if asked is None or asked.role is None:
        return _not_asked(motion, command)
    roll = _roll_that_voted(case, motion, asked)
    refused = refuse_unless_holder(roll, asked.role, command.member, command.chamber, GIVEN_BY)
    if refused is not None:
        return refused
    given = CastingVoteGiven(
        motion=command.motion,
        chamber=command.chamber,
        round=asked.round,
        role=asked.role,
        member=command.member,
        choice=command.choice,
    )
    return follow_up(case, (given,), at)


def _roll_that_voted(case: Case, motion: AskedMotion, asked: Ask) -> FrozenRoll | None:
    root = case.charter.root_chamber(asked.chamber)
    wanted = (root.name if root is not None else asked.chamber, "vote", asked.round)
    question = next((each for each in motion.asked if (each.chamber, each.kind, each.round) == wanted), None)
    return None if question is None else case.frozen_for(question)


def refuse_unless_holder(roll: FrozenRoll | None, role: str, member: str, chamber: str, say: str) -> Refused | None:
    """The refusal of anyone who does not hold the role on this roll; `say` tells whose the task is."""
    elector = roll.elector(member) if roll is not None else None
    if roll is not None and elector is not None and role in elector.roles:
        return None
    holders = roll.holders(role) if roll is not None else []
    return Refused(
        "not_the_holder_of_the_role",
        kind=Kind.DENIED,
        say=say,
        member=member,
        role=role,
        chamber=chamber,
        holders=", ".join(holders) or "none",
    )


def _not_asked(motion: AskedMotion, command: GiveCastingVote) -> Refused:
    given = next((each for each in reversed(motion.casting_votes(command.chamber))), None)
    if given is not None:
        say = "the casting vote was given already; it is given once"
        return Refused(
            "casting_vote_given",
            kind=Kind.EXISTS,
            say=say,
            motion=command.motion,
            chamber=command.chamber,
            by=given.member,
            choice=given.choice,
        )
    say = "only a tie asks for a casting vote, where the charter gives one; see GetMotion for what is awaited"
    return Refused("casting_vote_not_asked", say=say, motion=command.motion, chamber=command.chamber)
