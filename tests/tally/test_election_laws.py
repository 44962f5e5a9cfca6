"""Laws of every counting method: what must not matter does not, and as many are elected as there are seats."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.canonical import dumps
from tally.counting import WeightedChoice
from tally.election import Method
from tally.grouping import group
from tests.tally.elections import BALLOTS, GRADED, GRADES, NAMES, RANKED, counted, held
from tests.tally.oracles import Ballot, preferences

pytestmark = pytest.mark.slow

METHODS = [*RANKED, "majority-judgment"]
SEVERAL = ["stv-scottish", "stv-meek", "schulze", "borda", "majority-judgment"]
SEATS = st.integers(1, 6)


def ballots_for(method: str) -> st.SearchStrategy[list[Any]]:
    return GRADED if method == "majority-judgment" else BALLOTS


def seats_for(method: str, seats: int) -> int:
    return seats if method in SEVERAL else 1


@pytest.mark.parametrize("method", METHODS)
@given(data=st.data(), seats=SEATS, seed=st.integers())
def test_the_order_of_ballots_never_matters(method: str, data: st.DataObject, seats: int, seed: int) -> None:
    ballots = data.draw(ballots_for(method))
    shuffled = random.Random(seed).sample(ballots, len(ballots))
    first, second = (
        held(method, NAMES, counted(each), seats_for(method, seats), scale=GRADES) for each in (ballots, shuffled)
    )
    assert first == second


@pytest.mark.parametrize("method", METHODS)
@given(data=st.data(), seats=SEATS)
def test_splitting_a_ballots_weight_never_matters(method: str, data: st.DataObject, seats: int) -> None:
    ballots = data.draw(ballots_for(method))
    whole = counted(ballots)
    choices = [dict(each) if method == "majority-judgment" else list(each) for each in ballots]
    thirds = [WeightedChoice(choice, Fraction(part, 3)) for choice in choices for part in (1, 2)]
    seats = seats_for(method, seats)
    assert held(method, NAMES, group(thirds), seats, scale=GRADES) == held(method, NAMES, whole, seats, scale=GRADES)


EXACT = ["irv", "irv-minneapolis", "schulze", "borda", "majority-judgment"]
"""Scottish STV's quota is a whole number and its transfer values have five decimals; Meek's shares have nine decimals, and
its iteration ends at a fixed surplus: scaling weights can change who is elected by those two. No other rounds."""


@pytest.mark.parametrize("method", EXACT)
@given(data=st.data(), seats=SEATS, scale=st.fractions(Fraction(1, 7), 1000))
def test_scaling_all_weights_never_matters(method: str, data: st.DataObject, seats: int, scale: Fraction) -> None:
    whole = counted(data.draw(ballots_for(method)))
    scaled = {said: weight * scale for said, weight in whole.items()}
    first, second = (held(method, NAMES, each, seats_for(method, seats), scale=GRADES) for each in (whole, scaled))
    assert (first.elected, first.ranking) == (second.elected, second.ranking)
    assert [(each.elected, each.eliminated) for each in first.rounds] == [
        (each.elected, each.eliminated) for each in second.rounds
    ]
    assert [{name: votes * scale for name, votes in each.tally.items()} for each in first.rounds] == [
        dict(each.tally) for each in second.rounds
    ] or method == "schulze"


@pytest.mark.parametrize("method", METHODS)
@given(data=st.data(), seats=SEATS)
def test_exactly_as_many_are_elected_as_there_are_seats_or_all(method: str, data: st.DataObject, seats: int) -> None:
    seats = seats_for(method, seats)
    found = held(method, NAMES, counted(data.draw(ballots_for(method))), seats, scale=GRADES)
    assert len(found.elected) == len(set(found.elected)) == min(seats, len(NAMES))
    assert set(found.elected) <= set(NAMES)
    assert [name for each in found.rounds for name in each.elected] == list(found.elected)


@pytest.mark.parametrize("method", METHODS)
@given(data=st.data(), seats=SEATS)
def test_a_count_is_canonical_json_and_redone_the_same(method: str, data: st.DataObject, seats: int) -> None:
    said = counted(data.draw(ballots_for(method)))
    first, second = (held(method, NAMES, said, seats_for(method, seats), scale=GRADES).to_json() for _ in range(2))
    assert dumps(first) == dumps(second)
    assert Method(first["method"]) == method


@pytest.mark.parametrize("method", ["stv-scottish", "stv-meek", "irv", "irv-minneapolis"])
@given(ballots=BALLOTS, seats=SEATS)
def test_every_vote_is_somewhere_in_every_round(method: str, ballots: list[Ballot], seats: int) -> None:
    found = held(method, NAMES, counted(ballots), seats_for(method, seats))
    cast = sum(1 for ballot in ballots if ballot)
    for each in found.rounds:
        assert sum(each.tally.values()) + each.exhausted + (each.skipped or 0) == cast
    for each, after in zip(found.rounds, found.rounds[1:], strict=False):
        moved = {name: sum(transfer.votes.get(name, 0) for transfer in each.transfers) for name in after.tally}
        sources = {name for transfer in each.transfers for name in transfer.sources}
        assert {name: each.tally[name] + moved[name] for name in moved if name not in sources} == {
            name: votes for name, votes in after.tally.items() if name not in sources
        }


@pytest.mark.parametrize("method", ["stv-scottish", "stv-meek"])
@given(ballots=BALLOTS, seats=SEATS)
def test_a_quota_is_more_than_votes_over_seats_and_one_and_no_more_can_reach_it(
    method: str, ballots: list[Ballot], seats: int
) -> None:
    found = held(method, NAMES, counted(ballots), seats)
    for each in found.rounds:
        assert each.quota is not None
        votes = sum(each.tally.values())
        if method == "stv-scottish":
            votes += each.exhausted
            assert each.quota * (seats + 1) <= votes + seats + 1
        assert each.quota * (seats + 1) > votes
        assert sum(number >= each.quota for number in each.tally.values()) <= seats


@given(ballots=BALLOTS)
def test_a_condorcet_winner_wins_schulze_and_a_condorcet_loser_never_does(ballots: list[Ballot]) -> None:
    preferred = preferences(ballots, NAMES)
    found = held("schulze", NAMES, counted(ballots)).elected

    def beats(one: str, other: str) -> bool:
        return preferred[one, other] > preferred[other, one]

    for name in NAMES:
        others = [other for other in NAMES if other != name]
        if all(beats(name, other) for other in others):
            assert found == (name,)
        if all(beats(other, name) for other in others):
            assert found != (name,)


MAJORITARIAN: dict[str, Callable[[Sequence[Ballot], str], bool]] = dict.fromkeys(
    ["irv", "irv-minneapolis", "schulze", "stv-scottish", "stv-meek"],
    lambda ballots, name: 2 * sum(ballot[:1] == (name,) for ballot in ballots) > sum(map(bool, ballots)),
)


@pytest.mark.parametrize("method", MAJORITARIAN)
@given(ballots=BALLOTS)
def test_whoever_is_first_on_more_than_half_is_elected(method: str, ballots: list[Ballot]) -> None:
    for name in NAMES:
        if MAJORITARIAN[method](ballots, name):
            assert held(method, NAMES, counted(ballots)).elected == (name,)


@given(ballots=BALLOTS, seats=SEATS)
def test_meek_leaves_no_surplus_worth_passing_on_when_it_eliminates(ballots: list[Ballot], seats: int) -> None:
    found = held("stv-meek", NAMES, counted(ballots), seats)
    elected: set[str] = set()
    for each in found.rounds:
        assert each.keep is not None
        assert all(0 <= kept <= 1 for kept in each.keep.values())
        if each.eliminated and each.quota is not None:
            assert sum(max(0, each.tally[name] - each.quota) for name in elected) < Fraction(1, 1000)
        elected |= set(each.elected)


@given(ballots=GRADED, name=st.sampled_from(NAMES))
def test_a_better_grade_never_harms_in_majority_judgment(ballots: list[Any], name: str) -> None:
    ballots = [ballot for ballot in ballots if ballot]
    better = [tuple(sorted({**dict(ballot), name: "excellent"}.items())) for ballot in ballots[:3]] + ballots[3:]
    places = []
    for each in (ballots, better):
        ranking = held("majority-judgment", NAMES, counted(each), 5, scale=GRADES).ranking
        assert ranking is not None
        places.append(next(place for place, equal in enumerate(ranking) if name in equal))
    assert places[1] <= places[0]


@pytest.mark.parametrize("method", METHODS)
def test_nobody_voting_or_standing_is_counted_too(method: str) -> None:
    assert held(method, "", {}, scale=GRADES).elected == ()
    assert held(method, "A", {}, scale=GRADES).elected == ("A",)
    assert held(method, "AB", {(): 3}, scale=GRADES).blank == 3
