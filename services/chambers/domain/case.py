"""A case is a motion with all that is needed to decide about it: the charter in force and the rolls of its chambers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from chambers.domain.motions import AskedMotion, Motion, NoMotion, ProposedMotion, Question, WithdrawnMotion, evolve
from chambers.domain.rolls import FrozenRoll, Roll
from kernel.events import Event
from kernel.refusal import Kind, Refused
from rules.charter import Chamber, Charter
from rules.decisions import Decision, chambers_of


@dataclass(frozen=True, slots=True)
class Case:
    """`rolls` by enrolled chamber; `may_ask` is false once the process has ended: then nobody is asked any more."""

    motion: str
    state: Motion
    charter: Charter
    rolls: Mapping[str, Roll] = field(default_factory=dict)
    may_ask: bool = True

    def after(self, *events: Event) -> Case:
        """The case once these events are in the log."""
        return replace(self, state=reduce(evolve, events, self.state))

    def decision(self) -> Decision | None:
        """The decision of the motion's matter; None where the charter in force has none."""
        if isinstance(self.state, NoMotion):
            return None
        proposed = self.state if isinstance(self.state, ProposedMotion) else proposed_as(self.state)
        matter = self.charter.matter(proposed.matter)
        return None if matter is None else matter.decision

    def frozen_for(self, question: Question) -> FrozenRoll | None:
        """The roll that was frozen when the question was asked; None where no roll is kept."""
        roll = self.rolls.get(question.chamber)
        return None if roll is None else roll.frozen_for(electorate_name(self.motion, question))


def proposed_as(state: Motion) -> ProposedMotion:
    """What was proposed, whatever became of it; raises `ValueError` when nothing was."""
    match state:
        case ProposedMotion():
            return state
        case AskedMotion():
            return state.proposed
        case NoMotion():
            raise ValueError("nothing was proposed")
    return state.asked.proposed


def electorate_name(motion: str, question: Question) -> str:
    """The box that a question's roll is frozen for; objections have a roll but no box."""
    return question.box or f"{motion}.{question.chamber}.{question.kind}"


def enrolled_roots(charter: Charter, decision: Decision) -> dict[str, Chamber]:
    """The chambers with a roll whose members answer for a decision: those it names, or what they are derived from."""
    roots = (charter.root_chamber(name) for name in chambers_of(decision))
    return {root.name: root for root in roots if root is not None and root.electors == "enrolled"}


def awaiting_answers(case: Case) -> AskedMotion | Refused:
    """The motion while its chambers may answer; otherwise why they may not."""
    state = case.state
    if isinstance(state, AskedMotion):
        return state
    if isinstance(state, NoMotion):
        return unknown_motion(case.motion)
    if isinstance(state, ProposedMotion):
        say = "the motion has not been put to any chamber yet; put it first"
        return Refused("motion_not_put", say=say, motion=case.motion)
    return ended(case)


def unknown_motion(motion: str) -> Refused:
    say = "no such motion in this process; propose it first, or check its id"
    return Refused("unknown_motion", kind=Kind.NOT_FOUND, say=say, motion=motion)


def ended(case: Case) -> Refused:
    """The refusal of whatever comes after a motion was decided or withdrawn."""
    if isinstance(case.state, WithdrawnMotion):
        say = "the motion was withdrawn; propose it afresh under another id"
        return Refused("motion_withdrawn", say=say, motion=case.motion)
    outcome = getattr(case.state, "outcome", None)
    say = "the motion is decided and stays so; propose another"
    return Refused("motion_decided", say=say, motion=case.motion, outcome=outcome)
