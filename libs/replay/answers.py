"""What is known about a motion while it is before its chambers, and what a counted box says about a chamber."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

from kernel.numbers import parse_exact, show
from replay.rolls import Electorate, RollsFold
from rules.charter import Chamber, Charter
from rules.decisions import Advice, Evidence, Objection, Opinion, VoteCount, derive_units, unit_vote
from rules.scaled_colleges import scale

ZERO = Fraction(0)

Asked: TypeAlias = dict[str, Any]
"""A question as the log has it: chamber, kind, round, box, deadline."""


class Motion:
    """One motion: what it says and everything said about it so far."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.name: str = data["motion"]
        self.matter: str = data["matter"]
        self.told = {name: data.get(name) for name in ("matter", "title", "text", "mover")}
        self.status = "proposed"
        self.asked: list[Asked] = []
        self.counted: list[dict[str, Any]] = []
        self.advice: dict[str, dict[str, Any]] = {}
        self.casting: dict[str, dict[str, Any]] = {}
        self.objections: list[dict[str, Any]] = []
        self.closed: set[str] = set()
        self.outcome: str | None = None
        self.reasons: list[Any] = []

    def eligible(self, rolls: RollsFold, chamber: str) -> Electorate:
        """Who may object: the roll frozen when a chamber was asked for objections."""
        _, electorate = rolls.electorates.get(f"{self.name}.{chamber}.objections", ({}, {}))
        return electorate

    def evidence(self, rolls: RollsFold) -> Evidence:
        """Everything said about the motion, as the rules take it."""
        votes: dict[str, list[VoteCount]] = {}
        for each in sorted(self.counted, key=lambda counted: int(counted["round"])):
            votes.setdefault(each["chamber"], []).append(VoteCount.from_json(each["counts"]))
        windows = {each["chamber"] for each in self.asked if each["kind"] == "objections"}
        bodies = {name: self.eligible(rolls, name) for name in windows}
        objections: dict[str, list[Objection]] = {}
        for each in self.objections:
            weight, _, _ = bodies.get(each["chamber"], {}).get(each["member"], (ZERO, None, frozenset()))
            objections.setdefault(each["chamber"], []).append(Objection(each["member"], weight, each["reason"]))
        return Evidence(
            votes=votes,
            advice={name: Advice(Opinion(each["opinion"]), each["silent"]) for name, each in self.advice.items()},
            casting={name: {each["role"]: each["choice"]} for name, each in self.casting.items()},
            objections=objections,
            eligible={name: sum((weight for weight, _, _ in body.values()), ZERO) for name, body in bodies.items()},
            windows_closed=frozenset(self.closed),
        )

    def state(self) -> dict[str, Any]:
        return {
            **self.told,
            "status": self.status,
            "asked": self.asked,
            "counted": self.counted,
            "advice": self.advice,
            "casting": self.casting,
            "objections": self.objections,
            "outcome": self.outcome,
            "reasons": self.reasons,
        }


def counts_of(count: dict[str, Any], frozen: tuple[dict[str, Any], Electorate] | None) -> VoteCount:
    """A chamber's vote from its box's count and its frozen roll; without a roll nobody is known to be absent."""
    scores = count["scores"]
    weights = {word: parse_exact(scores.get(word, "0")) for word in ("yes", "no", "abstain")}
    return VoteCount(
        **weights,
        blank=parse_exact(count["blank"]),
        invalid=parse_exact(count["invalid"]),
        members=parse_exact(frozen[0]["weight"]) if frozen else ZERO,
        heads_present=count["voters"],
        heads_members=frozen[0]["members"] if frozen else 0,
    )


def chamber_counts(
    charter: Charter | None, name: str, count: dict[str, Any], frozen: tuple[dict[str, Any], Electorate] | None
) -> VoteCount:
    """As `counts_of`, and by its colleges' fixed shares where the charter has them scaled."""
    chamber = charter.chamber(name) if charter else None
    counts = counts_of(count, frozen)
    if chamber is None or chamber.colleges is None:
        return counts
    return scale(chamber.units, {code: counts_of(part, None) for code, part in count["units"].items()}, counts)


def derived_counts(charter: Charter, chamber: Chamber, count: dict[str, Any]) -> tuple[VoteCount, dict[str, Any]]:
    """A derived chamber's vote and how each unit voted, from the units of its parent's box."""
    equality = chamber.derived.equality if chamber.derived else "no"
    electors = {code: counts_of(part, None) for code, part in count["units"].items()}
    units = charter.units_of(chamber.name)
    shown = {
        unit.code: {
            "yes": show(electors[unit.code].yes),
            "no": show(electors[unit.code].no),
            "vote": unit_vote(electors[unit.code], equality),
        }
        for unit in units
        if unit.code in electors
    }
    return derive_units(units, electors, equality), shown
