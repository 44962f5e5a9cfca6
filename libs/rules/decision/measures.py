"""How the ballots of one chamber are measured, as a charter writes it: base, majority, quorum, blank ballots, ties."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from kernel.ids import Name
from kernel.instants import add_duration
from kernel.numbers import Exact, show

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Where durations are tried out when a charter is read."""

MAX_SEATS = 10**9


class Part(BaseModel):
    """A frozen piece of a charter; an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _a_share(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise ValueError(f"a share from 0 to 1 is expected, found {show(value)}")
    return value


def _less_than_all(value: Fraction) -> Fraction:
    if value == 1:
        raise ValueError("a share below 1 is expected, found 1: nothing is more than all; write at_least: 1")
    return value


def _a_duration(text: str) -> str:
    add_duration(EPOCH, text)
    return text


Share: TypeAlias = Annotated[Exact, AfterValidator(_a_share)]
ShareBelowOne: TypeAlias = Annotated[Exact, AfterValidator(_a_share), AfterValidator(_less_than_all)]
Duration: TypeAlias = Annotated[str, Field(max_length=40), AfterValidator(_a_duration)]
Seats: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_SEATS)]


class Base(StrEnum):
    """Which weight a majority is measured against (RULES §1)."""

    MEMBERS = "members"
    PRESENT = "present"
    EXPRESSED = "expressed"


class Blank(StrEnum):
    """What blank and invalid ballots count as: present but not expressed, absent, or expressed (so against)."""

    PRESENT = "present"
    ABSENT = "absent"
    EXPRESSED = "expressed"


class Opinion(StrEnum):
    """What an adviser said, or is taken to have said."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NONE = "none"


def exactly_one(part: BaseModel, *names: str) -> None:
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        raise ValueError(f"exactly one of {', '.join(names)} is expected, found {', '.join(given) or 'none'}")


class Majority(Part):
    """`yes` against a share of a base, or against a number of votes."""

    more_than: ShareBelowOne | None = None
    at_least: Share | None = None
    votes: Seats | None = None
    of: Base = Base.EXPRESSED

    @model_validator(mode="after")
    def _one_threshold(self) -> Majority:
        exactly_one(self, "more_than", "at_least", "votes")
        return self

    @property
    def share(self) -> Fraction | None:
        return self.more_than if self.more_than is not None else self.at_least


class Presence(Part):
    """Who must be present: a share of the members' weight (or of heads), a number of seats, or both."""

    more_than: ShareBelowOne | None = None
    at_least: Share | None = None
    seats: Seats | None = None
    count: Literal["weight", "heads"] = "weight"

    @property
    def by_heads(self) -> bool:
        """Whether heads are compared: `seats` are heads, and so is a share beside them."""
        return self.count == "heads" or self.seats is not None

    @model_validator(mode="after")
    def _some_threshold(self) -> Self:
        if self.seats is None or (self.more_than is not None and self.at_least is not None):
            exactly_one(self, "more_than", "at_least")
        return self


class Quorum(Presence):
    """A quorum, and what it is at the second call: without one, a ballot that misses the quorum decides nothing."""

    second_call: Presence | None = Field(default=None, exclude_if=lambda value: value is None)


class CastingVote(Part):
    """On a tie, the holder of the role decides."""

    casting_vote: Name


class SecondVote(Part):
    """On a tie, the ballot is repeated; tied again, the holder of the role has two votes in that repeated ballot."""

    second_vote: Name


def _tie_step(value: Any) -> str:
    if isinstance(value, (CastingVote, SecondVote)):
        return "casting_vote" if isinstance(value, CastingVote) else "second_vote"
    if isinstance(value, dict):
        return "second_vote" if "second_vote" in value else "casting_vote"
    return "word"


TieStep: TypeAlias = Annotated[
    Annotated[Literal["reject", "revote", "lot"], Tag("word")]
    | Annotated[CastingVote, Tag("casting_vote")]
    | Annotated[SecondVote, Tag("second_vote")],
    Discriminator(_tie_step),
]


def _ends_there(steps: tuple[TieStep, ...]) -> tuple[TieStep, ...]:
    for place, step in enumerate(steps[:-1]):
        if step in ("reject", "lot"):
            raise ValueError(f"{step} settles a tie, so nothing may follow it, found {len(steps) - place - 1} more")
    return steps


Ties: TypeAlias = Annotated[tuple[TieStep, ...], Field(max_length=20), AfterValidator(_ends_there)]


class Measured(Part):
    """How the ballots of one chamber are measured."""

    chamber: Name
    majority: Majority
    quorum: Quorum | None = None
    blank: Blank = Blank.PRESENT
    tie: Ties = ("reject",)
