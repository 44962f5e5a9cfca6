"""The Council's qualified majority: States and population at once, and the smallest blocking minority."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kernel.refusal import Refused
from rules.charter import Charter, parse_charter
from rules.counts import decide_counts
from tests.rules.building import template

REAL = template("eu-council-qmv")
STATES = tuple(unit.code for unit in REAL.units_of("states"))
BIG = ("DE", "FR", "IT", "ES")
SMALL = tuple(code for code in STATES if code not in BIG)


def made_up() -> Charter:
    """The template with four States of 10 of the 63 parts of the population each; the other 23 have one each."""
    told = REAL.to_json()
    population = next(each for each in told["chambers"] if each["name"] == "population")
    for unit in population["units"]:
        unit["weight"] = "10" if unit["code"] in BIG else "1"
    found = parse_charter(told)
    assert isinstance(found, Charter), found
    return found


def outcome(charter: Charter, matter: str, agreeing: tuple[str, ...], abstaining: int = 0) -> str:
    left = [code for code in STATES if code not in agreeing]
    said = dict.fromkeys(agreeing, "yes") | {
        code: "abstain" if place < abstaining else "no" for place, code in enumerate(left)
    }
    rows = [f"council,{code},{word},1" for code, word in said.items()]
    found = decide_counts(charter, "\n".join(["chamber,voter,option,count", *rows]), matter)
    assert not isinstance(found, Refused), found
    return str(found["outcome"])


ROWS = {
    "15 of 27 States with 51 of 63 parts": ("proposal", 4, 11, 0, "adopted"),
    "14 of 27 States with 50 of 63 parts": ("proposal", 4, 10, 0, "rejected"),
    "23 States with 41 of 63 parts": ("proposal", 2, 21, 0, "adopted"),
    "22 States with 40 of 63 parts, less than 65 %": ("proposal", 2, 20, 0, "rejected"),
    "three States cannot block, though they hold 30 of 63": ("proposal", 1, 23, 0, "adopted"),
    "four States can, when they hold 31 of 63": ("proposal", 1, 22, 0, "rejected"),
    "abstaining is not in favour": ("proposal", 4, 10, 13, "rejected"),
    "three that abstain cannot block either": ("proposal", 1, 23, 3, "adopted"),
    "20 of 27 States without the Commission": ("other-proposal", 4, 16, 0, "adopted"),
    "19 of 27 States without the Commission": ("other-proposal", 4, 15, 0, "rejected"),
    "23 States with 41 of 63 parts without the Commission": ("other-proposal", 2, 21, 0, "adopted"),
    "22 States with 40 of 63 parts without the Commission": ("other-proposal", 2, 20, 0, "rejected"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_qualified_majority(row: tuple[str, int, int, int, str]) -> None:
    matter, big, small, abstaining, expected = row
    assert outcome(made_up(), matter, (*BIG[:big], *SMALL[:small]), abstaining) == expected


def test_fifteen_of_twenty_seven_are_fifty_five_per_cent_and_fourteen_are_not() -> None:
    assert Fraction(14, 27) < Fraction(55, 100) < Fraction(15, 27)


def test_the_populations_are_those_of_twenty_seven_states() -> None:
    weights = {unit.code: unit.weight for unit in REAL.units_of("population")}
    assert set(weights) == set(STATES)
    assert len(weights) == 27
    assert 440_000_000 < sum(weights.values()) < 455_000_000
    assert weights["DE"] == max(weights.values())
    assert weights["MT"] == min(weights.values())


def test_germany_france_and_italy_cannot_block_alone_and_with_malta_they_can() -> None:
    three = tuple(code for code in STATES if code not in ("DE", "FR", "IT"))
    assert outcome(REAL, "proposal", three) == "adopted"
    assert outcome(REAL, "proposal", tuple(code for code in three if code != "MT")) == "rejected"
