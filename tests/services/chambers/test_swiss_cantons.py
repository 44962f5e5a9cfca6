"""Real double majorities: each popular vote's cantons, derived from their own voters, give the official outcome."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import groupby

from chambers.domain.case import Case
from chambers.domain.counting import BoxTallied, count_the_box
from chambers.domain.events import ChamberAsked, ChamberCounted, MotionDecided, MotionProposed
from chambers.domain.motions import NoMotion
from kernel.numbers import show
from rules import templates
from rules.charter import Charter, parse_charter
from rules.decisions import VoteCount
from testkit.shared import shared_data
from tests.services.chambers.building import MOTION, NOON, PROCESS, charter

PROPOSED = MotionProposed(motion=MOTION, matter="initiative", title="A title", text="", mover="committee")
ASKED = ChamberAsked(motion=MOTION, chamber="people", kind="vote", round=1, box="m1.people.1", deadline=None)


def switzerland(cantons: Collection[str]) -> Case:
    """A popular vote under way, in a Switzerland of these cantons (there was no Jura before 1979)."""
    told = charter(templates.text("ch-double-majority")).to_json()
    for chamber in told["chambers"]:
        chamber["units"] = [unit for unit in chamber["units"] if unit["code"] in cantons]
    rules = parse_charter(told)
    assert isinstance(rules, Charter), str(rules)
    return Case(MOTION, NoMotion(), rules).after(PROPOSED, ASKED)


def official_votes() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Each vote that needed both majorities, with a row for each canton."""
    with shared_data("swissvotes", "cantons.csv").open(encoding="utf-8", newline="") as file:
        for vote, rows in groupby(csv.DictReader(file), key=lambda row: row["vote"]):
            cantons = list(rows)
            if cantons[0]["double_majority_required"] == "1":
                yield vote, cantons


def decide(cantons: list[dict[str, str]]) -> tuple[ChamberCounted, ChamberCounted, MotionDecided]:
    units = {
        row["canton"]: VoteCount(
            yes=Fraction(row["yes"]), no=Fraction(row["no"]), heads_present=int(row["yes"]) + int(row["no"])
        )
        for row in cantons
    }
    yes, no = sum(unit.yes for unit in units.values()), sum(unit.no for unit in units.values())
    people = VoteCount(yes=Fraction(yes), no=Fraction(no), heads_present=int(yes + no))
    events = count_the_box(switzerland(units), BoxTallied(PROCESS, MOTION, "m1.people.1", people, units), NOON)
    counted, derived, decided = events
    assert isinstance(counted, ChamberCounted)
    assert isinstance(derived, ChamberCounted)
    assert isinstance(decided, MotionDecided)
    return counted, derived, decided


def test_the_responsible_business_initiative_had_the_people_but_not_the_cantons() -> None:
    cantons = dict(official_votes())["636"]
    people, states, decided = decide(cantons)
    assert [*map(show, (people.counts.yes, people.counts.no, people.counts.members))] == ["1299129", "1261680", "0"]
    assert (states.counts.yes, states.counts.no) == (Fraction(17, 2), Fraction(29, 2))
    assert (show(states.counts.members), states.counts.heads_members) == ("23", 26)
    assert states.units is not None
    assert len(states.units) == 26
    assert decided.outcome == "rejected"
    assert decided.chambers["people"]["outcome"] == "adopted"
    assert decided.chambers["cantons"]["outcome"] == "rejected"


def test_every_recorded_double_majority_has_its_official_outcome() -> None:
    compared = 0
    for vote, cantons in official_votes():
        _, states, decided = decide(cantons)
        assert states.counts.yes == Fraction(cantons[0]["cantons_yes"]), vote
        assert (decided.outcome == "adopted") == (cantons[0]["accepted"] == "1"), vote
        compared += 1
    assert compared == 20


def test_a_tie_of_the_cantons_rejects() -> None:
    people, states, decided = decide(dict(official_votes())["246"])
    assert people.counts.yes > people.counts.no
    assert (show(states.counts.yes), show(states.counts.no)) == ("11", "11")
    assert decided.outcome == "rejected"
