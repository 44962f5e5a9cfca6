"""Where a proposal stands is its type: what cannot happen to it next finds no such type to happen to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kernel.events import absent
from kernel.numbers import Exact
from proposals.domain.events import ShortlistOption


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Idea(_Value):
    """What the proposal says; `revision` counts how often it was rewritten."""

    title: str
    summary: str
    author: str
    category: str | None
    place: str | None
    partners: tuple[str, ...]
    revision: int = 0


class Review(_Value):
    feasible: bool
    cost: Exact | None
    reasons: tuple[str, ...]
    official: str
    service: str
    district: str | None = Field(default=None, exclude_if=absent)
    group: str | None = Field(default=None, exclude_if=absent)


class Milestone(_Value):
    what: str
    quantity: int
    delivered: int
    place: str
    due: date | None

    @property
    def remaining(self) -> int:
        return self.quantity - self.delivered


class Handover(_Value):
    """Something delivered: part of a milestone, at a place, on a day."""

    milestone: str
    quantity: int
    place: str
    on: date
    official: str
    note: str


class Delivery(_Value):
    official: str
    milestones: dict[str, Milestone]
    records: tuple[Handover, ...] = ()


class Unsubmitted(_Value):
    status: Literal["unsubmitted"] = "unsubmitted"


class Submitted(_Value):
    status: Literal["submitted"] = "submitted"
    idea: Idea


class Declined(_Value):
    """Reviewed, and found not feasible."""

    status: Literal["declined"] = "declined"
    idea: Idea
    review: Review


class Reviewed(_Value):
    """Reviewed, and found feasible at `cost`."""

    status: Literal["reviewed"] = "reviewed"
    idea: Idea
    review: Review
    cost: Exact


class Shortlisted(_Value):
    status: Literal["shortlisted"] = "shortlisted"
    idea: Idea
    review: Review
    cost: Exact
    matter: str


class Laureate(_Value):
    status: Literal["laureate"] = "laureate"
    idea: Idea
    review: Review
    cost: Exact
    matter: str
    rank: int


class InDelivery(_Value):
    status: Literal["in_delivery"] = "in_delivery"
    idea: Idea
    review: Review
    cost: Exact
    matter: str
    rank: int
    delivery: Delivery


class Delivered(_Value):
    status: Literal["delivered"] = "delivered"
    idea: Idea
    review: Review
    cost: Exact
    matter: str
    rank: int
    delivery: Delivery


class Withdrawn(_Value):
    """Taken back; it keeps what had been found about it."""

    status: Literal["withdrawn"] = "withdrawn"
    idea: Idea
    review: Review | None
    matter: str | None


Known: TypeAlias = Submitted | Declined | Reviewed | Shortlisted | Laureate | InDelivery | Delivered | Withdrawn
ProposalState: TypeAlias = Unsubmitted | Known

STATES: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="status")])
"""Reads a state back from its JSON, as the read model keeps it."""


class Unpublished(_Value):
    """A matter's shortlist that proposals may still enter and leave."""


class Published(_Value):
    """A matter's shortlist as it will be voted on: nothing enters or leaves it any more."""

    options: tuple[ShortlistOption, ...]


ShortlistState: TypeAlias = Unpublished | Published


def show_proposal(state: Known) -> dict[str, Any]:
    """The proposal in the process's published state: every field always there, null where it has none."""
    whole = state.model_dump(mode="json")
    review = whole.get("review")
    return {
        **whole["idea"],
        "status": whole["status"],
        "review": review,
        "cost": review["cost"] if review else None,
        "matter": whole.get("matter"),
        "rank": whole.get("rank"),
        "delivery": whole.get("delivery"),
    }
