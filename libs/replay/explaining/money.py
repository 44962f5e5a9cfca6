"""Why money went to a project or not: its turn, what was left then, and which score would have been enough."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Any

from kernel.numbers import parse_exact
from replay.boxes import Box
from replay.explaining.facts import Fact
from replay.explaining.story import Story
from replay.explaining.ties import tie_facts
from tally.allocation import Allocation, allocate, needs_ballots

POINTS = ("points", "ranking")


def allocated(story: Story, name: str, box: Box, allocation: dict[str, Any]) -> Iterator[Fact]:
    """Its ties, each turn that it had, and what it lacked."""
    tallied = story.of_box(box.data["box"], "BoxTallied")
    yield from tie_facts(story, name, box.data["box"], allocation["ties"])
    turns = [step for step in allocation["steps"] if step["option"] == name]
    for number, step in enumerate(turns):
        yield _turn(step, _budget(name, box, allocation, again=number > 0), box, tallied)
    if not turns:
        yield _no_turn(name, box, allocation, tallied)
    yield from _supporters(name, box, allocation, tallied)
    if name not in allocation["winners"]:
        yield from _lacked(name, box, allocation)


def _budget(name: str, box: Box, allocation: dict[str, Any], *, again: bool) -> Fraction:
    """What it was part of: its envelope's money (the second time, what all envelopes left), or all of it."""
    district = box.options[name].district
    for envelope in allocation.get("envelopes", []):
        if envelope["of"] == "all" if again else envelope["of"] != "all" and envelope["district"] == district:
            return parse_exact(envelope["budget"])
    return parse_exact(allocation["budget"])


def _turn(step: dict[str, Any], budget: Fraction, box: Box, tallied: tuple[int, ...]) -> Fact:
    cost, remaining = parse_exact(step["cost"]), parse_exact(step["remaining"])
    numbers = {"cost": cost, "remaining": remaining, "budget": budget}
    words = {"currency": box.allocation.currency if box.allocation else "", "why": step["why"]}
    by_ballots = box.allocation is not None and needs_ballots(box.allocation)
    if step["taken"]:
        what = "project.fits" if cost <= remaining else "project.reserve"
        return Fact("project.bought" if by_ballots else what, tallied, numbers, words)
    if by_ballots or cost <= remaining:
        return Fact("project.passed_over", tallied, numbers, words)
    return Fact("project.lacked", tallied, {**numbers, "lacked": cost - remaining}, words)


def _supporters(name: str, box: Box, allocation: dict[str, Any], tallied: tuple[int, ...]) -> Iterator[Fact]:
    """Equal Shares: what its supporters had left together at the end, where the record has it whole."""
    records = [allocation.get("record"), *(each["record"] for each in allocation.get("envelopes", []))]
    for record in records:
        for left in (record or {}).get("unbought", []):
            if left["option"] == name and not left["money"].endswith("…"):
                money, cost = parse_exact(left["money"]), parse_exact(left["cost"])
                words = {"currency": box.allocation.currency if box.allocation else ""}
                yield Fact("project.supporters", tallied, {"money": money, "lacked": cost - money}, words)


def _no_turn(name: str, box: Box, allocation: dict[str, Any], tallied: tuple[int, ...]) -> Fact:
    score = parse_exact((box.count or {"scores": {}})["scores"].get(name, "0"))
    threshold = box.allocation.threshold if box.allocation else None
    if score <= 0:
        return Fact("project.nobody", tallied)
    if threshold is not None and score < threshold:
        return Fact("project.threshold", tallied, {"score": score, "threshold": threshold, "lacked": threshold - score})
    last = allocation["steps"][-1]["option"] if allocation["steps"] else ""
    return Fact("project.stopped", tallied, names={"last": (last,)})


def _lacked(name: str, box: Box, allocation: dict[str, Any]) -> Iterator[Fact]:
    """What score would have been enough, found by allocating again, all else being equal."""
    found = _enough(name, box)
    if found is None:
        return
    own, score, trial = found
    displaced = tuple(winner for winner in allocation["winners"] if winner not in trial.winners)
    points = (box.count or {}).get("form") in POINTS
    what = "project.more_points" if points else "project.more_votes"
    numbers = {"more": score - own, "score": score}
    if displaced:
        yield Fact(f"{what}_instead", (), numbers, names={"instead": displaced}, n="more")
    else:
        yield Fact(what, (), numbers, n="more")


def _enough(name: str, box: Box) -> tuple[Fraction, Fraction, Allocation] | None:
    """Its score, the least one with which it is paid for, and that allocation; None when no score is enough.

    Between two scores of others nothing changes, so only those next to one are tried. Where whole ballots decide, a score
    alone says nothing.
    """
    if box.allocation is None or box.count is None or needs_ballots(box.allocation):
        return None
    scores = {option: parse_exact(score) for option, score in box.count["scores"].items()}
    own = scores.get(name, Fraction(0))
    unit = Fraction(1, lcm(*(score.denominator for score in scores.values())))
    threshold = box.allocation.threshold or Fraction(0)
    higher = {score for score in scores.values() if score > own} | ({threshold} if threshold > own else set())
    for score in sorted({own + unit} | higher | {each + unit for each in higher}):
        trial = scores | {name: score}
        found = allocate(box.allocation, box.options, trial, box.count["supporters"], box.seal_root or b"")
        if name in found.winners:
            return own, score, found
    return None
