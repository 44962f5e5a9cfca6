"""Why a motion was adopted or not: who was asked, what they answered, each reason, and how many votes it lacked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

from kernel.numbers import parse_exact
from replay.answers import Motion
from replay.explaining.facts import Explained, Fact
from replay.explaining.story import Event, Story
from rules.decisions import Decision, Evidence, Status, VoteCount, evaluate

ANSWERED = {"chambers.ChamberCounted", "chambers.AdviceGiven", "chambers.AdviceLapsed", "chambers.CastingVoteGiven"}
BY_NUMBERS = frozenset({"majority", "quorum", "tie", "tie_rejects", "all_of", "any_of", "at_least", "veto", "consent"})
"""Reasons whose numbers say all; the others are quoted as the log has them."""


def explain_motion(story: Story, name: str) -> Explained:
    """The facts in order; the last say what would have had to be different."""
    motion = story.replay.motions.motions[name]
    events = story.motions.get(name, [])
    facts = [fact for event in events for fact in _fact(story, event)]
    outcome = motion.outcome or ("withdrawn" if motion.status == "withdrawn" else "open")
    if motion.outcome in ("rejected", "tied"):
        facts += _lacked(story, motion)
    return Explained("motion", name, str(motion.told["title"]), outcome, tuple(facts))


def _fact(story: Story, event: Event) -> Iterator[Fact]:
    told = TOLD.get(event.type)
    if told is not None:
        yield from told(story, event)


def _proposed(story: Story, event: Event) -> Iterator[Fact]:
    words = {"mover": str(event.data.get("mover"))}
    yield Fact("motion.proposed", (event.index,), words=words, names={"matter": (str(event.data["matter"]),)})


def _withdrawn(story: Story, event: Event) -> Iterator[Fact]:
    yield Fact("motion.withdrawn", (event.index,))


def _asked(story: Story, event: Event) -> Iterator[Fact]:
    data = event.data
    sealed = story.of_box(str(data["box"]), "BoxOpened", "BoxSealed", "BoxTallied") if data["box"] else ()
    what = f"motion.asked.{data['kind']}"
    yield Fact(what, (event.index, *sealed), {"round": int(data["round"])}, names={"chamber": (data["chamber"],)})


def _counted(story: Story, event: Event) -> Iterator[Fact]:
    counts = event.data["counts"]
    numbers = {name: parse_exact(counts[name]) for name in ("yes", "no", "abstain")}
    yield Fact("motion.counted", (event.index,), numbers, names={"chamber": (event.data["chamber"],)})


def _advice(story: Story, event: Event) -> Iterator[Fact]:
    silent = event.type == "chambers.AdviceLapsed"
    opinion = event.data["meaning" if silent else "opinion"]
    what = "motion.silent" if silent else "motion.advised"
    names = {"chamber": (str(event.data["chamber"]),)}
    yield Fact(what, (event.index,), names=names, phrases={"opinion": f"opinion.{opinion}"})


def _casting(story: Story, event: Event) -> Iterator[Fact]:
    words = {"member": str(event.data["member"])}
    names = {"role": (str(event.data["role"]),)}
    yield Fact(
        "motion.casting", (event.index,), words=words, names=names, phrases={"choice": f"choice.{event.data['choice']}"}
    )


def _objection(story: Story, event: Event) -> Iterator[Fact]:
    words = {"member": str(event.data["member"]), "reason": str(event.data["reason"])}
    yield Fact("motion.objection", (event.index,), words=words, names={"chamber": (str(event.data["chamber"]),)})


def _tested(story: Story, event: Event) -> Iterator[Fact]:
    data = event.data
    words = {"tester": str(data["tester"]), "member": str(data["member"])}
    met = tuple(each["criterion"] for each in data["criteria"] if each["met"])
    numbers = {"met": len(met), "criteria": len(data["criteria"])}
    what = "motion.stands" if data["stands"] else "motion.does_not_stand"
    yield Fact(what, (event.index,), numbers, words, {"role": (str(data["role"]),)})


def _drawn(story: Story, event: Event) -> Iterator[Fact]:
    sealed = story.of_box(str(event.data["box"]), "BoxSealed")
    names = {"chamber": (str(event.data["chamber"]),)}
    yield Fact("motion.lot", (*sealed, event.index), names=names, phrases={"choice": f"choice.{event.data['outcome']}"})


def _chosen(story: Story, event: Event) -> Iterator[Fact]:
    yield Fact("motion.chosen", (event.index,), names={"option": (str(event.data["option"]),)})


def _closed(story: Story, event: Event) -> Iterator[Fact]:
    yield Fact("motion.window_closed", (event.index,), names={"chamber": (str(event.data["chamber"]),)})


def _decided(story: Story, event: Event) -> Iterator[Fact]:
    answers: dict[str, list[int]] = {}
    for each in story.motions.get(str(event.data["motion"]), ()):
        if each.type in ANSWERED:
            answers.setdefault(str(each.data["chamber"]), []).append(each.index)
    yield Fact("motion.decided", (event.index,), phrases={"outcome": f"outcome.{event.data['outcome']}"})
    for reason in event.data["reasons"]:
        yield _reason(reason, tuple(answers.get(reason["chamber"], ())))


def _reason(reason: Mapping[str, Any], events: tuple[int, ...]) -> Fact:
    numbers: dict[str, Fraction | int] = {name: parse_exact(value) for name, value in reason["numbers"].items()}
    rule, text = reason["rule"], reason["text"]
    names = {} if reason["chamber"] is None else {"chamber": (str(reason["chamber"]),)}
    if rule not in BY_NUMBERS:
        return Fact("reason.other", events, words={"text": text})
    phrases = {}
    if rule in ("majority", "quorum"):
        phrases["strict"] = "strictly" if "more than" in text else "not_strictly"
        phrases["verdict"] = f"{rule}.{'no' if 'not ' in text else 'yes'}"
    if rule == "veto":
        phrases["verdict"] = "veto.no" if "do not stop" in text or "may object" in text else "veto.yes"
    return Fact(f"reason.{rule}", events, numbers, names=names, phrases=phrases)


def _lacked(story: Story, motion: Motion) -> Iterator[Fact]:
    """For each chamber alone: how many of those against would have had to be for it, found by deciding again."""
    charter = story.replay.motions.charter_of(motion)
    matter = charter.matter(motion.matter) if charter else None
    if charter is None or matter is None or matter.decision is None:
        return
    evidence = motion.evidence(charter, matter.decision, story.replay.rolls)
    found = False
    for name, votes in evidence.votes.items():
        last = votes[-1]
        unit = Fraction(1, lcm(last.yes.denominator, last.no.denominator))
        moved = _fewest(matter.decision, evidence, name, unit)
        if moved is not None:
            found = True
            yield Fact("motion.lacked", (), {"moved": moved, "no": last.no}, names={"chamber": (name,)}, n="moved")
    if not found and len(evidence.votes) > 1:
        yield Fact("motion.lacked_together")


def _fewest(decision: Decision, evidence: Evidence, chamber: str, unit: Fraction) -> Fraction | None:
    """More yes never turns adopted into rejected (a law of the rules), so that the least number can be halved for."""
    most = int(evidence.votes[chamber][-1].no / unit)
    if not _adopts(decision, evidence, chamber, most * unit):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if _adopts(decision, evidence, chamber, middle * unit):
            high = middle
        else:
            low = middle
    return high * unit


def _adopts(decision: Decision, evidence: Evidence, chamber: str, moved: Fraction) -> bool:
    *before, last = evidence.votes[chamber]
    anew: VoteCount = replace(last, yes=last.yes + moved, no=last.no - moved)
    outcome = evaluate(decision, replace(evidence, votes={**evidence.votes, chamber: (*before, anew)}))
    return outcome.status is Status.ADOPTED


TOLD = {
    "chambers.MotionProposed": _proposed,
    "chambers.MotionWithdrawn": _withdrawn,
    "chambers.ChamberAsked": _asked,
    "chambers.ChamberCounted": _counted,
    "chambers.AdviceGiven": _advice,
    "chambers.AdviceLapsed": _advice,
    "chambers.CastingVoteGiven": _casting,
    "chambers.ObjectionRaised": _objection,
    "chambers.ObjectionTested": _tested,
    "chambers.ObjectionWindowClosed": _closed,
    "chambers.LotDrawn": _drawn,
    "chambers.OptionChosen": _chosen,
    "chambers.MotionDecided": _decided,
}
"""How each event of a motion is told."""
