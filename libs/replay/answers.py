"""What is known about a motion while it is before its chambers, and what a counted box says about a chamber."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

from kernel.numbers import parse_exact, show
from replay.rolls import Electorate, RollsFold
from rules.charter import Chamber, Charter
from rules.decisions import (
    Advice,
    Consent,
    Decision,
    Evidence,
    Objection,
    Opinion,
    VoteCount,
    derive_units,
    parts,
    roles_of,
    unit_vote,
)
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
        self.casting: list[dict[str, Any]] = []
        self.lots: dict[str, dict[str, Any]] = {}
        self.objections: list[dict[str, Any]] = []
        self.closed: set[str] = set()
        self.choice: str | None = None
        self.outcome: str | None = None
        self.reasons: list[Any] = []
        self.charter: Charter | None = None
        """The charter that it was decided by; None before."""

    def eligible(self, rolls: RollsFold, chamber: str) -> Electorate:
        """Who may object: the roll frozen when a chamber was asked for objections."""
        _, electorate = rolls.electorates.get(f"{self.name}.{chamber}.objections", ({}, {}))
        return electorate

    def box_of(self, charter: Charter, chamber: str, round_: int) -> str | None:
        """The box in which a chamber, or the one that it is derived from, voted in a round."""
        root = charter.root_chamber(chamber)
        wanted = (root.name if root else "", "vote", round_)
        return next(
            (each["box"] for each in self.asked if (each["chamber"], each["kind"], each["round"]) == wanted), None
        )

    def objection(self, chamber: str, member: str) -> dict[str, Any] | None:
        """What a member objected, if they did."""
        return next((each for each in self.objections if (each["chamber"], each["member"]) == (chamber, member)), None)

    def _vacant(self, charter: Charter, decision: Decision, rolls: RollsFold) -> frozenset[tuple[str, str, int]]:
        """Each role with a vote of its own that nobody held on the roll of a round: (chamber, role, round)."""
        vacant = set()
        rounds = {int(each["round"]) for each in self.asked if each["kind"] == "vote"}
        for name, role in roles_of(decision):
            for round_ in rounds:
                found = rolls.electorates.get(self.box_of(charter, name, round_) or "")
                if found is not None and not any(role in roles for _, _, roles in found[1].values()):
                    vacant.add((name, role, round_))
        return frozenset(vacant)

    def evidence(self, charter: Charter, decision: Decision, rolls: RollsFold) -> Evidence:
        """Everything said about the motion, as the rules take it."""
        votes: dict[str, list[VoteCount]] = {}
        for each in sorted(self.counted, key=lambda counted: int(counted["round"])):
            votes.setdefault(each["chamber"], []).append(VoteCount.from_json(each["counts"]))
        windows = {each["chamber"] for each in self.asked if each["kind"] == "objections"}
        bodies = {name: self.eligible(rolls, name) for name in windows}
        objections: dict[str, list[Objection]] = {}
        for each in self.objections:
            weight, _, _ = bodies.get(each["chamber"], {}).get(each["member"], (ZERO, None, frozenset()))
            met = _met(each.get("tested"))
            objections.setdefault(each["chamber"], []).append(Objection(each["member"], weight, each["reason"], met))
        casting: dict[str, dict[str, str]] = {}
        for each in self.casting:
            casting.setdefault(each["chamber"], {})[each["role"]] = each["choice"]
        return Evidence(
            votes=votes,
            advice={name: Advice(Opinion(each["opinion"]), each["silent"]) for name, each in self.advice.items()},
            casting=casting,
            objections=objections,
            eligible={name: sum((weight for weight, _, _ in body.values()), ZERO) for name, body in bodies.items()},
            windows_closed=frozenset(self.closed),
            lots={name: each["outcome"] for name, each in self.lots.items()},
            vacant=self._vacant(charter, decision, rolls),
        )

    def state(self) -> dict[str, Any]:
        return {
            **self.told,
            "status": self.status,
            "asked": self.asked,
            "counted": self.counted,
            "advice": self.advice,
            "casting": self._casting_state(),
            **({"lots": self.lots} if self.lots else {}),
            "objections": self.objections,
            **({} if self.choice is None else {"choice": self.choice}),
            "outcome": self.outcome,
            "reasons": self.reasons,
        }

    def _casting_state(self) -> dict[str, Any]:
        """By chamber; a second role's casting vote in the same chamber by `chamber role`."""
        state: dict[str, Any] = {}
        for each in self.casting:
            key = f"{each['chamber']} {each['role']}" if each["chamber"] in state else str(each["chamber"])
            state[key] = {name: value for name, value in each.items() if name != "chamber"}
        return state


def _met(tested: dict[str, Any] | None) -> frozenset[str] | None:
    return (
        None if tested is None else frozenset(each["criterion"] for each in tested["criteria"] if each["met"] is True)
    )


def tested_by(decision: Decision, chamber: str) -> tuple[str | None, tuple[str, ...]]:
    """The role that tests a chamber's objections, and against which criteria; (None, ()) where they are not tested."""
    rules = (part.consent for part in parts(decision) if isinstance(part, Consent) and part.consent.chamber == chamber)
    return next(((rule.tester, rule.criteria) for rule in rules), (None, ()))


def counts_of(
    count: dict[str, Any], frozen: tuple[dict[str, Any], Electorate] | None, electorate: int = 0
) -> VoteCount:
    """A chamber's vote from its box's count and its frozen roll; without a roll, of the electorate that is declared."""
    scores = count["scores"]
    weights = {word: parse_exact(scores.get(word, "0")) for word in ("yes", "no", "abstain")}
    return VoteCount(
        **weights,
        blank=parse_exact(count["blank"]),
        invalid=parse_exact(count["invalid"]),
        members=parse_exact(frozen[0]["weight"]) if frozen else Fraction(electorate),
        heads_present=count["voters"],
        heads_members=frozen[0]["members"] if frozen else electorate,
    )


def chamber_counts(
    charter: Charter | None, name: str, count: dict[str, Any], frozen: tuple[dict[str, Any], Electorate] | None
) -> VoteCount:
    """As `counts_of`, of the electorate that the charter declares, and by its colleges' fixed shares where it has them scaled."""
    chamber = charter.chamber(name) if charter else None
    counts = counts_of(count, frozen, 0 if chamber is None else chamber.electorate or 0)
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
