"""The facts that this service puts in the log, by their published names."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from kernel.events import Event, absent, catalogue
from kernel.numbers import Exact


class ProposalSubmitted(Event):
    TYPE: ClassVar[str] = "proposals.ProposalSubmitted"

    proposal: str
    title: str
    summary: str
    author: str
    category: str | None
    place: str | None
    partners: tuple[str, ...]


class ProposalRevised(Event):
    """The text as it now stands; a review given before no longer holds."""

    TYPE: ClassVar[str] = "proposals.ProposalRevised"

    proposal: str
    title: str
    summary: str
    category: str | None
    place: str | None
    partners: tuple[str, ...]
    revision: int


class ProposalWithdrawn(Event):
    TYPE: ClassVar[str] = "proposals.ProposalWithdrawn"

    proposal: str
    reason: str


class ProposalReviewed(Event):
    """`district` is that whose envelope would pay, `group` that of which at most one can be funded."""

    TYPE: ClassVar[str] = "proposals.ProposalReviewed"
    SCHEMA: ClassVar[int] = 2

    proposal: str
    feasible: bool
    cost: Exact | None
    reasons: tuple[str, ...]
    official: str
    service: str
    district: str | None = Field(default=None, exclude_if=absent)
    group: str | None = Field(default=None, exclude_if=absent)


class ProposalShortlisted(Event):
    TYPE: ClassVar[str] = "proposals.ProposalShortlisted"

    proposal: str
    matter: str
    cost: Exact
    by: str


class ShortlistOption(BaseModel):
    """One line of a shortlist; `submitted` is the proposal's number, from 1, in the order of submission."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    option: str
    cost: Exact
    submitted: int
    district: str | None = Field(default=None, exclude_if=absent)
    group: str | None = Field(default=None, exclude_if=absent)


class ShortlistPublished(Event):
    TYPE: ClassVar[str] = "proposals.ShortlistPublished"
    SCHEMA: ClassVar[int] = 2

    matter: str
    options: tuple[ShortlistOption, ...]


class ProposalNamedLaureate(Event):
    """`rank` is the place among the box's winners, from 1, in the order in which the allocation took them."""

    TYPE: ClassVar[str] = "proposals.ProposalNamedLaureate"

    proposal: str
    matter: str
    box: str
    rank: int
    cost: Exact


class PlannedMilestone(BaseModel):
    """So many of something at a place, by a day where one is promised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    milestone: str
    what: str
    quantity: int
    place: str
    due: date | None


class DeliveryPlanned(Event):
    TYPE: ClassVar[str] = "proposals.DeliveryPlanned"

    proposal: str
    official: str
    milestones: tuple[PlannedMilestone, ...]


class DeliveryRecorded(Event):
    TYPE: ClassVar[str] = "proposals.DeliveryRecorded"

    proposal: str
    milestone: str
    quantity: int
    place: str
    on: date
    official: str
    note: str


class DeliveryCompleted(Event):
    TYPE: ClassVar[str] = "proposals.DeliveryCompleted"

    proposal: str


EVENTS = catalogue(
    (
        ProposalSubmitted,
        ProposalRevised,
        ProposalWithdrawn,
        ProposalReviewed,
        ProposalShortlisted,
        ShortlistPublished,
        ProposalNamedLaureate,
        DeliveryPlanned,
        DeliveryRecorded,
        DeliveryCompleted,
    )
)
