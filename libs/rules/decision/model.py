"""What a charter may write as a decision: votes of chambers, and the operators that combine them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from kernel.ids import Name
from rules.decision.measures import (
    Blank,
    Duration,
    Majority,
    Measured,
    Opinion,
    Part,
    Quorum,
    Seats,
    Share,
    ShareBelowOne,
    exactly_one,
)


class ChamberVote(Measured):
    """One chamber votes; `two_votes` names a role whose holder has two votes in this very ballot (MitbestG §31(4))."""

    two_votes: Name | None = None


class AdviceRule(Part):
    """Who is asked for an opinion, how long they have, and what their silence means."""

    chamber: Name
    majority: Majority = Majority(more_than=Fraction(1, 2))
    quorum: Quorum | None = None
    blank: Blank = Blank.PRESENT
    deadline: Duration
    silence: Opinion

    @model_validator(mode="after")
    def _asked_once(self) -> AdviceRule:
        if self.quorum is not None and self.quorum.second_call is not None:
            raise ValueError("no second_call is expected: a chamber is asked for its advice once")
        return self


class VetoRule(Part):
    """Who may object, for how long, and how much of the eligible weight (or how many members) stops the act."""

    chamber: Name
    window: Duration
    more_than: ShareBelowOne | None = None
    at_least: Share | None = None
    members: Seats | None = None
    of: Decision

    @model_validator(mode="after")
    def _one_threshold(self) -> VetoRule:
        exactly_one(self, "more_than", "at_least", "members")
        return self


class OverrideRule(Part):
    """`by` is asked only once `of` has refused."""

    of: Decision
    by: Decision


class AtLeastRule(Part):
    """`k` of the listed decisions."""

    k: Annotated[int, Field(strict=True, ge=1, le=100)]
    of: Annotated[tuple[Decision, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _enough(self) -> AtLeastRule:
        if self.k > len(self.of):
            raise ValueError(f"k of at most {len(self.of)} is expected (the decisions listed), found {self.k}")
        return self


class TieBreakRule(Part):
    """Two options that may both be adopted, and the chambers whose `yes` prefers the first and `no` the second."""

    options: Annotated[dict[Name, Decision], Field(min_length=2, max_length=2)]
    question: Annotated[tuple[Name, ...], Field(min_length=1, max_length=2)]


class ConsentRule(Part):
    """Who may object, what an objection must meet to stand (all of it), and the role that tests each."""

    chamber: Name
    window: Duration
    criteria: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    tester: Name | None = None

    @model_validator(mode="after")
    def _someone_tests(self) -> ConsentRule:
        if bool(self.criteria) != (self.tester is not None):
            raise ValueError("criteria and tester are expected together: a role tests each objection against them")
        return self


class AllOf(Part):
    all_of: Annotated[tuple[Decision, ...], Field(min_length=1, max_length=100)]


class AnyOf(Part):
    any_of: Annotated[tuple[Decision, ...], Field(min_length=1, max_length=100)]


class AtLeast(Part):
    at_least: AtLeastRule


class InSequence(Part):
    sequence: Annotated[tuple[Decision, ...], Field(min_length=1, max_length=100)]


class Advised(Part):
    advice: AdviceRule


class Veto(Part):
    veto: VetoRule


class Override(Part):
    override: OverrideRule


class TieBreak(Part):
    tie_break: TieBreakRule


class Consent(Part):
    consent: ConsentRule


OPERATORS: dict[str, type[Part]] = {
    "all_of": AllOf,
    "any_of": AnyOf,
    "at_least": AtLeast,
    "sequence": InSequence,
    "advice": Advised,
    "veto": Veto,
    "override": Override,
    "tie_break": TieBreak,
    "consent": Consent,
}


def _operator(value: Any) -> str:
    if isinstance(value, BaseModel):
        return next((name for name, part in OPERATORS.items() if isinstance(value, part)), "chamber")
    if isinstance(value, dict):
        return next((name for name in OPERATORS if name in value), "chamber")
    return "chamber"


Decision: TypeAlias = Annotated[
    Annotated[ChamberVote, Tag("chamber")]
    | Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[InSequence, Tag("sequence")]
    | Annotated[Advised, Tag("advice")]
    | Annotated[Veto, Tag("veto")]
    | Annotated[Override, Tag("override")]
    | Annotated[TieBreak, Tag("tie_break")]
    | Annotated[Consent, Tag("consent")],
    Discriminator(_operator),
]

_RECURSIVE: tuple[type[Part], ...] = (VetoRule, OverrideRule, AtLeastRule, TieBreakRule, *OPERATORS.values())
for _part in _RECURSIVE:
    _part.model_rebuild()
