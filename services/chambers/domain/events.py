"""The facts that this service writes, under names that never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from chambers.domain.values import (
    Because,
    Counts,
    Criterion,
    Day,
    Instant,
    Mandate,
    Member,
    Opinion,
    Prose,
    QuestionKind,
    Roles,
    Title,
    UnitCount,
    YesNo,
)
from kernel.events import Catalogue, Event, catalogue
from kernel.ids import Name
from kernel.numbers import Exact


class MembersEnrolled(Event):
    """1 to 1000 members took their seats at once."""

    TYPE: ClassVar[str] = "chambers.MembersEnrolled"
    chamber: Name
    members: tuple[Member, ...]


class MemberUpdated(Event):
    """A member's weight, roles, unit and mandate are now these; boxes opened before keep what they froze."""

    TYPE: ClassVar[str] = "chambers.MemberUpdated"
    chamber: Name
    member: Name
    weight: Exact
    roles: Roles
    unit: Name | None
    mandate: Mandate


class MemberLeft(Event):
    """A member is on the roll no longer."""

    TYPE: ClassVar[str] = "chambers.MemberLeft"
    chamber: Name
    member: Name
    reason: Because


class RollFrozen(Event):
    """The members whose mandate covers `on` are the electors of `box`: how many, of what weight, under which digest."""

    TYPE: ClassVar[str] = "chambers.RollFrozen"
    chamber: Name
    box: Name
    on: Day
    members: int
    weight: Exact
    digest: str


class MotionProposed(Event):
    """A motion of a matter was moved."""

    TYPE: ClassVar[str] = "chambers.MotionProposed"
    motion: Name
    matter: Name
    title: Title
    text: Prose
    mover: Name


class MotionWithdrawn(Event):
    """The motion was taken back before it was decided."""

    TYPE: ClassVar[str] = "chambers.MotionWithdrawn"
    motion: Name
    reason: Because


class ChamberAsked(Event):
    """A chamber was asked for its vote or its advice in `box`, or for objections until `deadline`."""

    TYPE: ClassVar[str] = "chambers.ChamberAsked"
    motion: Name
    chamber: Name
    kind: QuestionKind
    round: int
    box: Name | None
    deadline: Instant | None


class ChamberCounted(Event):
    """A chamber's round was counted; `units` where its members are units."""

    TYPE: ClassVar[str] = "chambers.ChamberCounted"
    motion: Name
    chamber: Name
    round: int
    box: Name
    counts: Counts
    units: Mapping[Name, UnitCount] | None


class AdviceGiven(Event):
    """A chamber gave its opinion."""

    TYPE: ClassVar[str] = "chambers.AdviceGiven"
    motion: Name
    chamber: Name
    opinion: Opinion
    box: Name


class AdviceLapsed(Event):
    """A chamber was silent until `deadline`, which means `meaning`; an advice tallied later changes nothing."""

    TYPE: ClassVar[str] = "chambers.AdviceLapsed"
    motion: Name
    chamber: Name
    deadline: Instant
    meaning: Opinion


class CastingVoteGiven(Event):
    """The holder of a role broke the tie of a round."""

    TYPE: ClassVar[str] = "chambers.CastingVoteGiven"
    motion: Name
    chamber: Name
    round: int
    role: Name
    member: Name
    choice: YesNo


class LotDrawn(Event):
    """A tie was broken by lot (RFC 3797); `seed` is the log's root, in hex, at the seal of `box`; `outcome` was drawn first."""

    TYPE: ClassVar[str] = "chambers.LotDrawn"
    motion: Name
    chamber: Name
    round: int
    box: Name
    seed: str
    lot: Mapping[str, Any]
    outcome: YesNo


class ObjectionRaised(Event):
    """A member objected within the window."""

    TYPE: ClassVar[str] = "chambers.ObjectionRaised"
    motion: Name
    chamber: Name
    member: Name
    reason: Because


class ObjectionTested(Event):
    """`tester`, who holds `role`, found which criteria `member`'s objection meets; it stands when it meets all."""

    TYPE: ClassVar[str] = "chambers.ObjectionTested"
    motion: Name
    chamber: Name
    member: Name
    role: Name
    tester: Name
    criteria: tuple[Criterion, ...]
    reason: Because
    stands: bool


class ObjectionWindowClosed(Event):
    """The time to object has passed."""

    TYPE: ClassVar[str] = "chambers.ObjectionWindowClosed"
    motion: Name
    chamber: Name
    deadline: Instant


class MotionDecided(Event):
    """The decision came to its end: the outcome, the rules applied with their numbers, and each chamber's result."""

    TYPE: ClassVar[str] = "chambers.MotionDecided"
    motion: Name
    matter: Name
    outcome: Literal["adopted", "rejected", "tied", "inquorate", "advised"]
    reasons: tuple[Mapping[str, Any], ...]
    chambers: Mapping[str, Mapping[str, Any]]


EVENTS: Catalogue = catalogue(
    (
        MembersEnrolled,
        MemberUpdated,
        MemberLeft,
        RollFrozen,
        MotionProposed,
        MotionWithdrawn,
        ChamberAsked,
        ChamberCounted,
        AdviceGiven,
        AdviceLapsed,
        CastingVoteGiven,
        LotDrawn,
        ObjectionRaised,
        ObjectionTested,
        ObjectionWindowClosed,
        MotionDecided,
    )
)
"""Every event of this service by its published name."""
