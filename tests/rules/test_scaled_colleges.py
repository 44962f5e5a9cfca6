"""Colleges with fixed shares: each weighs what the charter says, however many of it voted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.numbers import WIDE_DIGITS, show
from kernel.refusal import Refused
from rules.charter import Charter, Unit, parse_charter
from rules.counts import decide_counts
from rules.decisions import VoteCount
from rules.scaled_colleges import MAX_COLLEGES, scale
from tests.rules.building import chamber, charter_data, motion, parsed, patient, votes

SCIC = (
    Unit(code="workers", weight=Fraction(50)),
    Unit(code="users", weight=Fraction(30)),
    Unit(code="towns", weight=20),
)


def scaled(**colleges: VoteCount) -> VoteCount:
    return scale(SCIC, colleges, votes())


TURNOUTS = {
    "everyone in favour": ({"workers": votes(4), "users": votes(900), "towns": votes(2)}, "100", "0"),
    "a turnout twice as high weighs no more": (
        {"workers": votes(8), "users": votes(900), "towns": votes(2)},
        "100",
        "0",
    ),
    "half the workers, all others": ({"workers": votes(2, 2), "users": votes(9), "towns": votes(1)}, "75", "25"),
    "the workers do not outvote the two others, whose shares make up theirs": (
        {"workers": votes(3), "users": votes(0, 9), "towns": votes(0, 1)},
        "50",
        "50",
    ),
    "one worker of three against": ({"workers": votes(2, 1)}, "100/3", "50/3"),
    "abstaining takes its part of the share": ({"workers": votes(1, 1, 2)}, "25/2", "25/2"),
    "so does a blank ballot": ({"users": votes(2, 0, 0, blank=1)}, "20", "0"),
    "a college where nobody voted adds nothing": ({"users": votes(1)}, "30", "0"),
    "nobody at all": ({}, "0", "0"),
    "an empty college is none": ({"towns": votes()}, "0", "0"),
}


@pytest.mark.parametrize(("colleges", "yes", "no"), TURNOUTS.values(), ids=TURNOUTS)
def test_what_colleges_weigh(colleges: dict[str, VoteCount], yes: str, no: str) -> None:
    found = scaled(**colleges)
    assert (show(found.yes), show(found.no), found.members) == (yes, no, Fraction(100))


def test_heads_stay_heads() -> None:
    whole = votes(7, members=20)
    found = scale(SCIC, {"users": votes(7)}, whole)
    assert (found.heads_present, found.heads_members) == (7, 20)


COUNTS = st.builds(votes, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
COLLEGES = st.dictionaries(st.sampled_from(["workers", "users", "towns"]), COUNTS)


@patient
@given(COLLEGES, st.integers(1, 1000))
def test_a_colleges_turnout_never_matters_when_it_says_the_same(colleges: dict[str, VoteCount], times: int) -> None:
    more = {
        code: VoteCount(yes=each.yes * times, no=each.no * times, abstain=each.abstain * times)
        for code, each in colleges.items()
    }
    assert scaled(**more) == scaled(**colleges)


@patient
@given(COLLEGES)
def test_the_voters_of_each_college_make_up_its_share(colleges: dict[str, VoteCount]) -> None:
    found = scaled(**colleges)
    voting = [unit for unit in SCIC if colleges.get(unit.code, votes()).heads_present]
    assert found.yes + found.no + found.abstain == sum(unit.weight for unit in voting)


def test_the_most_colleges_with_the_finest_weights_can_be_written_and_read_again() -> None:
    ends = (3, 19, 57, 63, 69, 73, 91, 103, 129, 171, 183, 187, 219, 261, 289, 291, 349, 361, 379, 391)
    primes = [10**11 + end for end in ends]
    shares = [
        Unit(code=f"c{end}", weight=Fraction(10**28, prime * 10**16 + 1))
        for end, prime in zip(ends, primes, strict=True)
    ]
    assert len(shares) == MAX_COLLEGES
    voters = {
        unit.code: VoteCount(yes=Fraction(10**24, prime), no=Fraction(10**12 - 1, prime + 2))
        for unit, prime in zip(shares, primes, strict=True)
    }
    found = scale(shares, voters, votes())
    assert 1000 < len(show(found.yes)) <= WIDE_DIGITS
    assert VoteCount.from_json(found.to_json()) == found


def cooperative(rule: dict[str, object] | None = None) -> Charter:
    """A charter whose members decide by simple majority, unless `rule` says more."""
    units = [{"code": unit.code, "weight": show(unit.weight)} for unit in SCIC]
    members = {"name": "members", "title": "All members", "colleges": "scaled", "units": units}
    return parsed(charter_data(chambers=[members], matters=[motion(chamber("members", **(rule or {})))]))


DECIDED = {
    "one vote of many in the largest college turns it": ("workers,yes,3 workers,no,1 users,no,500 users,yes,1", "rejected"),
    "a small college wholly in favour and half of the workers": ("workers,yes,1 workers,no,1 towns,yes,1", "adopted"),
    "equal shares tie, and a tie rejects": ("workers,yes,7 users,no,900 towns,no,1", "rejected"),
    "one user more in favour breaks it": ("workers,yes,7 users,no,899 users,yes,1 towns,no,1", "adopted"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "outcome"), DECIDED.values(), ids=DECIDED)
def test_decides_published_counts_by_colleges(rows: str, outcome: str) -> None:
    text = "chamber,voter,option,count\n" + "".join(f"members,{row}\n" for row in rows.split())
    found = decide_counts(cooperative(), text)
    assert not isinstance(found, Refused), found
    assert found["outcome"] == outcome
    assert found["reasons"][0]["rule"] == "scaled_colleges"
    assert found["reasons"][0]["numbers"]["members"] == "100"


QUORUMS = {
    "the shares of two small colleges are half of all, by one vote in each": ({}, "users,yes,1 towns,yes,1", "adopted"),
    "one small college is less than half": ({}, "towns,yes,400", "inquorate"),
    "half of the persons": ({"count": "heads"}, "towns,yes,2 users,absent,2", "adopted"),
    "less than half of the persons": ({"count": "heads"}, "towns,yes,2 users,absent,3", "inquorate"),
}


@pytest.mark.parametrize(("counting", "rows", "outcome"), QUORUMS.values(), ids=QUORUMS)
def test_a_quorum_is_of_shares_or_of_persons(counting: dict[str, str], rows: str, outcome: str) -> None:
    text = "chamber,voter,option,count\n" + "".join(f"members,{row}\n" for row in rows.split())
    found = decide_counts(cooperative({"quorum": {"at_least": "1/2", **counting}}), text)
    assert not isinstance(found, Refused), found
    assert found["outcome"] == outcome


def test_published_totals_without_colleges_are_refused() -> None:
    found = decide_counts(cooperative(), "chamber,voter,option,count\nmembers,,yes,3\n")
    assert isinstance(found, Refused)
    assert (found.reason, found.details["line"]) == ("units_missing", 2)


@pytest.mark.parametrize("count", [0, 1, MAX_COLLEGES, MAX_COLLEGES + 1])
def test_a_charter_has_from_one_to_the_most_colleges(count: int) -> None:
    members = {
        "name": "members",
        "title": "m",
        "colleges": "scaled",
        "units": [{"code": f"c{n}"} for n in range(count)],
    }
    found = parse_charter(charter_data(chambers=[members], matters=[motion(chamber("members"))]))
    assert isinstance(found, Charter) == (1 <= count <= MAX_COLLEGES)
    assert isinstance(found, Charter) or found.reason == "colleges_without_units"
