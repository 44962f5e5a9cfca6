"""Why a project was paid for or not: its way to the vote, its votes, its ties, its turn, and what it lacked."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Any

from kernel.numbers import parse_exact
from replay.boxes import Box
from replay.explaining.facts import Explained, Fact
from replay.explaining.story import Event, Story
from tally.allocation import Allocation, allocate

POINTS = ("points", "ranking")
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
    allocated = box.allocated if box is not None else None
    won = allocated is not None and name in allocated.get("winners", [])
    outcome = "won" if won else "lost"
    if allocated is None and proposal["status"] not in ("declined", "withdrawn"):
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
    yield _score(story, name, box, box.count)
    if box.allocated is not None:
        yield from _allocation(story, name, box, box.allocated)


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


def _allocation(story: Story, name: str, box: Box, allocated: dict[str, Any]) -> Iterator[Fact]:
    tallied = story.of_box(box.data["box"], "BoxTallied")
    for tie in allocated.get("ties", []):
        if name in tie["options"]:
            yield _tie(story, name, box, tie, tallied)
    step = next((each for each in allocated.get("steps", []) if each["option"] == name), None)
    if step is not None:
        yield _turn(step, allocated, box, tallied)
    elif name not in allocated.get("winners", []):
        yield _no_turn(name, box, allocated, tallied)
    if name not in allocated.get("winners", []):
        yield from _lacked(story, name, box, allocated)


def _tie(story: Story, name: str, box: Box, tie: dict[str, Any], tallied: tuple[int, ...]) -> Fact:
    others = tuple(option for option in tie["order"] if option != name)
    drawn = tie["lot"] is not None
    events = (*story.of_box(box.data["box"], "BoxSealed"), *tallied) if drawn else tallied
    numbers = {"score": parse_exact(tie["score"]), "place": tie["order"].index(name) + 1, "tied": len(tie["order"])}
    what = "project.lot" if drawn else "project.tie"
    return Fact(what, events, numbers, names={"others": others}, phrases={"by": f"break.{tie['broken_by']}"})


def _turn(step: dict[str, Any], allocated: dict[str, Any], box: Box, tallied: tuple[int, ...]) -> Fact:
    cost, remaining = parse_exact(step["cost"]), parse_exact(step["remaining"])
    numbers = {"cost": cost, "remaining": remaining, "budget": parse_exact(allocated["budget"])}
    words = {"currency": box.allocation.currency if box.allocation else ""}
    if step["taken"]:
        return Fact("project.fits" if cost <= remaining else "project.reserve", tallied, numbers, words)
    return Fact("project.lacked", tallied, {**numbers, "lacked": cost - remaining}, words)


def _no_turn(name: str, box: Box, allocated: dict[str, Any], tallied: tuple[int, ...]) -> Fact:
    score = parse_exact((box.count or {"scores": {}})["scores"].get(name, "0"))
    threshold = box.allocation.threshold if box.allocation else None
    if score == 0:
        return Fact("project.nobody", tallied)
    if threshold is not None and score < threshold:
        return Fact("project.threshold", tallied, {"score": score, "threshold": threshold, "lacked": threshold - score})
    last = allocated["steps"][-1]["option"] if allocated.get("steps") else ""
    return Fact("project.stopped", tallied, names={"last": (last,)})


def _lacked(story: Story, name: str, box: Box, allocated: dict[str, Any]) -> Iterator[Fact]:
    """What score would have been enough, found by allocating again, all else being equal."""
    found = _enough(name, box)
    if found is None:
        return
    own, score, trial = found
    displaced = tuple(winner for winner in allocated["winners"] if winner not in trial.winners)
    points = (box.count or {}).get("form") in POINTS
    numbers = {"more": score - own, "score": score}
    if displaced:
        what = "project.more_points_instead" if points else "project.more_votes_instead"
        yield Fact(what, (), numbers, names={"instead": displaced}, n="more")
    else:
        yield Fact("project.more_points" if points else "project.more_votes", (), numbers, n="more")


def _enough(name: str, box: Box) -> tuple[Fraction, Fraction, Allocation] | None:
    """Its score, the least one with which it is paid for, and that allocation; None when no score is enough."""
    if box.allocation is None or box.count is None:
        return None
    scores = {option: parse_exact(score) for option, score in box.count["scores"].items()}
    own = scores.get(name, Fraction(0))
    unit = Fraction(1, lcm(*(score.denominator for score in scores.values())))
    threshold = box.allocation.threshold or Fraction(0)
    higher = {score for score in scores.values() if score > own} | ({threshold} if threshold > own else set())
    for score in sorted({own + unit} | higher | {each + unit for each in higher}):
        found = allocate(
            box.allocation, box.options, scores | {name: score}, box.count["supporters"], box.seal_root or b""
        )
        if name in found.winners:
            return own, score, found
    return None
