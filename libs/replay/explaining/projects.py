"""Why a project was paid for or not: its way to the vote, its votes, its ties, its turn, and what it lacked."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from kernel.numbers import parse_exact
from replay.boxes import Box
from replay.explaining.elected import elected
from replay.explaining.facts import Explained, Fact
from replay.explaining.money import POINTS, allocated
from replay.explaining.story import Event, Story

STEPS = {
    "proposals.ProposalRevised": "project.revised",
    "proposals.ProposalWithdrawn": "project.withdrawn",
    "proposals.ProposalShortlisted": "project.shortlisted",
    "proposals.DeliveryPlanned": "project.planned",
    "proposals.DeliveryCompleted": "project.delivered",
}


def explain_project(story: Story, name: str) -> Explained:
    """The facts in the order in which they happened; the last say what would have had to be different."""
    proposal = story.replay.proposals.proposals[name]
    box = _box(story, name, proposal)
    counted = box is not None and box.count is not None
    won = counted and name in story.replay.proposals.winners.get(str(proposal["matter"]), ())
    outcome = "won" if won else "lost"
    if not counted and proposal["status"] not in ("declined", "withdrawn"):
        outcome = "open"
    events = story.projects.get(name, [])
    facts = [fact for event in events if event.type not in AFTERWARDS for fact in _step(event)]
    facts += _vote(story, name, proposal, box)
    facts += [fact for event in events if event.type in AFTERWARDS for fact in _step(event)]
    return Explained("project", name, str(proposal["title"]), outcome, tuple(facts))


AFTERWARDS = frozenset({"proposals.ProposalNamedLaureate", "proposals.DeliveryPlanned", "proposals.DeliveryCompleted"})
"""What follows the count."""


def _box(story: Story, name: str, proposal: dict[str, Any]) -> Box | None:
    """The box in which it was an option."""
    box = story.replay.boxes.boxes.get(str(proposal["matter"]))
    return box if box is not None and name in box.options else None


def _step(event: Event) -> Iterator[Fact]:
    data, at = event.data, (event.index,)
    if event.type == "proposals.ProposalSubmitted":
        yield Fact("project.submitted", at, words={"author": str(data.get("author"))})
    elif event.type == "proposals.ProposalReviewed":
        yield _review(data, at)
    elif event.type == "proposals.ProposalNamedLaureate":
        yield Fact("project.laureate", at, {"rank": int(data["rank"])})
    elif event.type in STEPS:
        yield Fact(STEPS[event.type], at)


def _review(data: dict[str, Any], at: tuple[int, ...]) -> Fact:
    words = {"service": str(data.get("service")), "reasons": "; ".join(map(str, data.get("reasons") or []))}
    if not data.get("feasible"):
        return Fact("project.declined", at, words=words)
    if data.get("cost") is None:
        return Fact("project.feasible", at, words=words)
    return Fact("project.costed", at, {"cost": parse_exact(data["cost"])}, words)


def _vote(story: Story, name: str, proposal: dict[str, Any], box: Box | None) -> Iterator[Fact]:
    if proposal["status"] in ("declined", "withdrawn"):
        yield Fact("project.never_voted")
        return
    if box is None:
        yield from _not_put(story, proposal)
        return
    matter = box.data["box"]
    yield Fact(
        "project.box", story.of_box(matter, "BoxOpened", "BoxSealed"), {"options": len(box.options)}, n="options"
    )
    if box.count is None:
        yield Fact("project.not_counted")
        return
    if box.election is not None:
        yield from elected(story, name, box, box.count["election"])
    if box.allocated is not None:
        yield _score(story, name, box, box.count)
        yield from allocated(story, name, box, box.allocated)


def _not_put(story: Story, proposal: dict[str, Any]) -> Iterator[Fact]:
    published = story.shortlists.get(str(proposal["matter"])) or next(iter(story.shortlists.values()), None)
    if published is None:
        yield Fact("project.no_shortlist")
    elif proposal["status"] == "shortlisted":
        yield Fact("project.not_open", (published.index,))
    else:
        yield Fact("project.not_shortlisted", (published.index,))


def _score(story: Story, name: str, box: Box, count: dict[str, Any]) -> Fact:
    scores = {option: parse_exact(score) for option, score in count["scores"].items()}
    own = scores.get(name, Fraction(0))
    rank = 1 + sum(score > own for score in scores.values())
    what = "project.points" if count["form"] in POINTS else "project.votes"
    numbers = {"score": own, "rank": rank, "options": len(scores), "voters": count["voters"]}
    return Fact(what, story.of_box(box.data["box"], "BoxTallied"), numbers, n="score")
