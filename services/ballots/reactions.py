"""When X is in the log, do Y: this service's policies by the event that each follows, and those that follow the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ballots.application import Ballots
from ballots.domain.opening import OpenABox
from ballots.inbox import ADVICE, Asked, Facts, Frozen, phases_of
from ballots.projections import BoxList
from kernel.instants import show_instant
from kernel.records import Record
from rules.charter import Charter
from runtime.views import Views
from tally.forms import Order


def open_the_motions_box(ballots: Ballots, asked: Record) -> None:
    """A chamber asked to vote gets its box, with the ballot of the motion's matter and the roll frozen for it."""

    def decide() -> OpenABox | None:
        facts = ballots.inbox.facts_at(asked)
        question = Asked.model_validate_json(asked.payload)
        if question.box is None:
            return None
        return _motions_box(facts.rules(), facts, question, question.box)

    ballots.open_by("open_the_motions_box", asked, decide)


def open_the_selections_box(ballots: Ballots, frozen: Record) -> None:
    """A roll frozen for a matter of selection opens its box, over the shortlist, with the budget to allocate or seats to fill."""

    def decide() -> OpenABox | None:
        facts = ballots.inbox.facts_at(frozen)
        box = frozen.data()["box"]
        if box in facts.asked:
            return None
        command = _selections_box(facts.rules(), facts, facts.frozen[box])
        by_lot = command is not None and command.ballot.get("order") == Order.LOT
        return replace(command, order_seed=ballots.root_at(frozen)) if command is not None and by_lot else command

    ballots.open_by("open_the_selections_box", frozen, decide)


def seal_the_phases_box(ballots: Ballots, closed: Record) -> None:
    """When the phase that votes a matter closes, its box is sealed."""

    def boxes() -> list[str]:
        phase = ballots.inbox.facts_at(closed).rules().phase(closed.data()["phase"])
        return [] if phase is None or phase.votes is None else [phase.votes]

    ballots.seal_by("seal_the_phases_box", closed, boxes, "phase")


def seal_the_lapsed_box(ballots: Ballots, lapsed: Record) -> None:
    """When a chamber's time to advise has passed, the boxes in which it was asked for this advice are sealed."""

    def boxes() -> list[str]:
        data = lapsed.data()
        return ballots.inbox.facts_at(lapsed).boxes_of_advice(data["motion"], data["chamber"])

    ballots.seal_by("seal_the_lapsed_box", lapsed, boxes, "deadline")


def count_the_box(ballots: Ballots, sealed: Record) -> None:
    """A sealed box is counted, and its budget allocated. If we crash here, the record is read again and counted once."""
    ballots.tally_by("count_the_box", sealed)


REACTIONS: Mapping[str, Callable[[Ballots, Record], None]] = MappingProxyType(
    {
        "chambers.ChamberAsked": open_the_motions_box,
        "chambers.RollFrozen": open_the_selections_box,
        "processes.PhaseClosed": seal_the_phases_box,
        "chambers.AdviceLapsed": seal_the_lapsed_box,
        "ballots.BoxSealed": count_the_box,
    }
)


def seal_at_the_deadline(ballots: Ballots, views: Views, listing: BoxList, now: datetime) -> None:
    """A box whose deadline has come is sealed; one for an advice is left to its chamber, which says what silence means."""
    for process_id, box in listing.due(views, show_instant(now)):
        question = ballots.inbox.facts(process_id).asked.get(box)
        if question is None or question.kind != ADVICE:
            ballots.seal_at("seal_at_the_deadline", process_id, box)


TIMERS: Mapping[str, Callable[[Ballots, Views, BoxList, datetime], None]] = MappingProxyType(
    {"seal_at_the_deadline": seal_at_the_deadline}
)


def _motions_box(charter: Charter, facts: Facts, question: Asked, box: str) -> OpenABox | None:
    matter, chamber = charter.matter(facts.matters.get(question.motion, "")), charter.chamber(question.chamber)
    if matter is None or chamber is None:
        return None
    return OpenABox(
        box=box,
        matter=matter.name,
        chamber=chamber.name,
        ballot=matter.ballot.model_dump(mode="json"),
        electors=chamber.electors,
        units=charter.ballot_units(chamber.name),
        motion=question.motion,
        round=question.round,
        roll=_roll(facts.frozen.get(box)),
        deadline=question.deadline,
    )


def _selections_box(charter: Charter, facts: Facts, frozen: Frozen) -> OpenABox | None:
    matter, chamber = charter.matter(frozen.box), charter.chamber(frozen.chamber)
    if matter is None or chamber is None or matter.kind != "selection":
        return None
    shortlist = facts.shortlists.get(matter.name)
    return OpenABox(
        box=frozen.box,
        matter=matter.name,
        chamber=chamber.name,
        ballot=matter.ballot.model_dump(mode="json"),
        electors=chamber.electors,
        units=charter.ballot_units(chamber.name),
        options=[] if shortlist is None else shortlist.options,
        allocation=None if matter.allocation is None else matter.allocation.model_dump(mode="json"),
        election=None if matter.election is None else matter.election.model_dump(mode="json"),
        roll=_roll(frozen),
        over=any(phase in facts.closed_phases for phase in phases_of(charter, matter.name)),
    )


def _roll(frozen: Frozen | None) -> Mapping[str, Any] | None:
    if frozen is None:
        return None
    return {"members": frozen.members, "weight": frozen.weight, "digest": frozen.digest}
