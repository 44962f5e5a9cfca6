"""The model holds the Council's qualified majority: states and population at once, and the smallest blocking minority."""

from __future__ import annotations

import pytest

from kernel.refusal import Refused
from rules.charter import Charter, load_charter
from rules.counts import decide_counts

STATES = 27
BIG = 4
"""Four of the made-up states hold 10 of the 63 parts of the population each; the other 23 one each."""


def charter() -> Charter:
    codes = [f"S{number:02d}" for number in range(STATES)]
    weights = [10 if number < BIG else 1 for number in range(STATES)]
    plain = "\n".join(f"      - {{code: {code}}}" for code in codes)
    weighed = "\n".join(
        f"      - {{code: {code}, weight: {weight}}}" for code, weight in zip(codes, weights, strict=True)
    )
    found = load_charter(TEXT.replace("PLAIN", plain).replace("WEIGHED", weighed))
    assert isinstance(found, Charter), found
    return found


TEXT = """comitia: 1
name: eu-council-qmv
title: Qualified majority in the Council
sources:
  - {cite: "TEU 16(4), TFEU 238", status: read}
phases:
  - {name: sittings, title: Sittings, allows: [enrol, move], next: null}
chambers:
  - name: council
    title: The members of the Council
    units:
PLAIN
  - name: states
    title: The member States
    derived: {from: council}
    units:
PLAIN
  - name: population
    title: The member States by population
    derived: {from: council}
    units:
WEIGHED
matters:
  - name: proposal
    title: On a proposal of the Commission
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      any_of:
        - all_of:
            - chamber: states
              majority: {at_least: 55/100, of: members}
            - chamber: states
              majority: {votes: 15}
            - chamber: population
              majority: {at_least: 65/100, of: members}
        - chamber: states
          majority: {at_least: 24/27, of: members}
  - name: other-proposal
    title: Not on a proposal of the Commission
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      all_of:
        - chamber: states
          majority: {at_least: 72/100, of: members}
        - chamber: population
          majority: {at_least: 65/100, of: members}
"""


ROWS = {
    "15 of 27 states with 51 of 63 parts": ("proposal", 4, 11, 0, "adopted"),
    "14 of 27 states with 50 of 63 parts": ("proposal", 4, 10, 0, "rejected"),
    "21 states with 41 of 63 parts": ("proposal", 2, 21, 0, "adopted"),
    "20 states with 40 of 63 parts": ("proposal", 2, 18, 0, "rejected"),
    "three states cannot block, though they hold 30 of 63": ("proposal", 1, 23, 0, "adopted"),
    "four states can, when they hold 31 of 63": ("proposal", 1, 22, 0, "rejected"),
    "abstaining is not in favour": ("proposal", 4, 10, 13, "rejected"),
    "20 of 27 states without the Commission": ("other-proposal", 4, 16, 0, "adopted"),
    "19 of 27 states without the Commission": ("other-proposal", 4, 15, 0, "rejected"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_qualified_majority(row: tuple[str, int, int, int, str]) -> None:
    matter, big, small, abstaining, expected = row
    agreeing = {*range(big), *range(BIG, BIG + small)}
    left = [number for number in range(STATES) if number not in agreeing]
    said = dict.fromkeys(agreeing, "yes") | {
        number: "abstain" if place < abstaining else "no" for place, number in enumerate(left)
    }
    rows = [f"council,S{number:02d},{word},1" for number, word in said.items()]
    found = decide_counts(charter(), "\n".join(["chamber,voter,option,count", *rows]), matter)
    assert not isinstance(found, Refused), found
    assert found["outcome"] == expected
