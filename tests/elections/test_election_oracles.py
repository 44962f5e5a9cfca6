"""Generated elections counted by us, by pyrankvote and by the rules written a second time: the same, or told why not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import pyrankvote
import pytest

from tally.election import Election
from tests.tally.elections import GRADES, counted, held, options
from tests.tally.oracles import (
    Ballot,
    Meek,
    TiedError,
    majority_value,
    preferences,
    run_off,
    scottish,
    strongest,
)

pytestmark = pytest.mark.slow

INSTANCES = 1_000
NAMES = "ABCDEF"
SEEDS = [str(number).encode() for number in range(100)]


def instances(seed: int, voters: tuple[int, int], candidates: tuple[int, int]) -> Iterator[tuple[str, list[Ballot]]]:
    """Elections without end: names, and ballots in which some rank few and popular candidates come first more often."""
    chance = random.Random(seed)
    while True:
        names = NAMES[: chance.randint(*candidates)]
        liking = [chance.random() for _ in names]
        ballots = []
        for _ in range(chance.randint(*voters)):
            order = sorted(names, key=lambda name: chance.random() - liking[names.index(name)] / 3)
            ballots.append(tuple(order[: chance.choice((1, 2, 3, len(names)))]))
        yield names, ballots


def theirs(names: str, ballots: Sequence[Ballot], seats: int | None = None) -> set[str]:
    """Whom pyrankvote elects: by its instant run-off, or its single transferable vote."""
    people = {name: pyrankvote.Candidate(name) for name in names}
    papers = [pyrankvote.Ballot([people[name] for name in ballot]) for ballot in ballots]
    if seats is None:
        found = pyrankvote.instant_runoff_voting(list(people.values()), papers)
    else:
        found = pyrankvote.single_transferable_vote(list(people.values()), papers, seats)
    return {winner.name for winner in found.get_winners()}


def reachable(method: str, names: str, said: Any, seats: int, wanted: set[str]) -> bool:
    """Whether some lot among those tied elects these."""
    return any(set(held(method, names, said, seats, seed).elected) == wanted for seed in SEEDS)


def test_irv_elects_whom_pyrankvote_elects_or_ties_explain_it() -> None:
    """pyrankvote elects with half of the votes, and breaks ties by second choices; ours needs more than half, then a lot.

    Both differ only where our count meets a tie, and then one of its lots gives their winner.
    """
    same = explained = 0
    for names, ballots in instances(1, (3, 40), (2, 6)):
        said = counted(ballots)
        ours, other = held("irv", names, said), theirs(names, ballots)
        if len(ours.rounds) == 1:
            continue
        if set(ours.elected) == other:
            same += 1
        else:
            assert ours.ties, (names, ballots)
            assert reachable("irv", names, said, 1, other), (names, ballots)
            explained += 1
        if same == INSTANCES:
            break
    assert (same, explained > 0) == (INSTANCES, True)


def comparable(ours: Election) -> bool:
    """Whether pyrankvote's transferable vote is the same rule for this count.

    It spreads what a pile passes on evenly over its papers whatever each is worth, passes on all surpluses of a round
    together. So: no tie, no pile passed on after part of a surplus had reached it, and never two elected in one round but
    the last.
    """
    mixed: set[str] = set()
    for place, each in enumerate(ours.rounds):
        last = place == len(ours.rounds) - 1
        if not last and len(each.elected) > 1:
            return False
        for transfer in each.transfers:
            if set(transfer.sources) & mixed:
                return False
            if not each.eliminated:
                mixed |= set(transfer.votes)
    return not ours.ties


def test_scottish_stv_elects_whom_pyrankvote_elects_where_the_rules_are_one() -> None:
    """Each of our ballots weighs 10,000, so that the whole quota and five decimals are as good as its exact quota."""
    same = excluded = 0
    for names, ballots in instances(2, (10, 40), (3, 6)):
        said = {ballot: weight * 10_000 for ballot, weight in counted(ballots).items()}
        ours = held("stv-scottish", names, said, 2)
        if len(ours.rounds) < 3:
            continue
        if not comparable(ours):
            excluded += 1
            continue
        assert set(ours.elected) == theirs(names, ballots, 2), (names, ballots)
        same += 1
        if same == INSTANCES:
            break
    assert same == INSTANCES
    assert excluded < 10 * INSTANCES


def test_irv_is_the_rule_written_a_second_time_round_by_round() -> None:
    same = tied = 0
    for names, ballots in instances(3, (3, 60), (2, 6)):
        ours = held("irv", names, counted(ballots))
        try:
            rounds, winner = run_off(ballots, names)
        except TiedError:
            assert ours.ties
            tied += 1
            continue
        assert [each.tally for each in ours.rounds] == rounds
        assert ours.elected == (winner,)
        same += 1
        if same == INSTANCES:
            break
    assert (same, tied > 0) == (INSTANCES, True)


@pytest.mark.parametrize("seats", [1, 2, 3])
def test_scottish_stv_is_the_order_read_word_by_word_stage_by_stage(seats: int) -> None:
    same = tied = 0
    for names, ballots in instances(4 + seats, (5, 80), (3, 6)):
        ours = held("stv-scottish", names, counted(ballots), seats)
        try:
            stages, elected = scottish(ballots, names, seats)
        except TiedError:
            assert ours.ties
            tied += 1
            continue
        assert [each.tally for each in ours.rounds] == stages
        assert set(ours.elected) == set(elected)
        same += 1
        if same == INSTANCES:
            break
    assert (same, tied > 0) == (INSTANCES, True)


@pytest.mark.parametrize("seats", [1, 2, 3])
def test_meek_is_the_reference_rule_read_word_by_word_to_the_last_decimal(seats: int) -> None:
    same = tied = 0
    for names, ballots in instances(8 + seats, (5, 30), (3, 5)):
        ours = held("stv-meek", names, counted(ballots), seats)
        try:
            expected = list(Meek(ballots, names, seats).rounds())
        except TiedError:
            assert ours.ties
            tied += 1
            continue
        found = [(each.tally, each.quota, set(each.elected), list(each.eliminated)) for each in ours.rounds]
        assert found == [(votes, quota, set(winners), out) for votes, quota, winners, out in expected]
        same += 1
        if same == 200:
            break
    assert (same, tied > 0) == (200, True)


def test_schulze_is_its_definition_over_all_paths() -> None:
    for (names, ballots), _ in zip(instances(12, (1, 15), (2, 5)), range(INSTANCES), strict=False):
        ours, paths = held("schulze", names, counted(ballots)), strongest(ballots, names)
        found = {(one, other): int(ours.details["paths"][one][other]) for one, other in paths}
        assert found == paths
        compared = {(one, other): int(ours.details["preferences"][one][other]) for one, other in paths}
        assert compared == preferences(ballots, names)
        unbeaten = {
            one for one in names if all(paths[one, other] >= paths[other, one] for other in names if other != one)
        }
        assert set(ours.elected) <= unbeaten
        assert ours.ranking is not None
        place = {name: rank for rank, equal in enumerate(ours.ranking) for name in equal}
        assert all(place[one] < place[other] for one, other in paths if paths[one, other] > paths[other, one])


def test_majority_judgment_is_grades_taken_away_one_by_one() -> None:
    chance = random.Random(13)
    equal = 0
    for _ in range(INSTANCES):
        names = NAMES[: chance.randint(2, 5)]
        ballots = [
            tuple((name, chance.choice(GRADES)) for name in names if chance.random() < 0.9)
            for _ in range(chance.randint(1, 12))
        ]
        ballots = [ballot for ballot in ballots if ballot] or [((names[0], "good"),)]
        worth = {grade: len(GRADES) - place for place, grade in enumerate(GRADES)}
        values = {name: majority_value([worth[dict(ballot).get(name, "poor")] for ballot in ballots]) for name in names}
        said: dict[Any, Any] = counted(ballots)  # type: ignore[arg-type]
        ours = held("majority-judgment", names, said, len(names), scale=GRADES)
        expected = sorted(set(map(tuple, values.values())), reverse=True)
        assert ours.ranking == tuple(
            tuple(name for name in options(names) if tuple(values[name]) == value) for value in expected
        )
        medians = {name: worth[merit["grade"]] for name, merit in ours.details["merits"].items()}
        assert medians == {name: value[0] for name, value in values.items()}
        equal += len(expected) < len(names)
    assert equal > 0


def test_fractions_of_weight_count_as_whole_ballots_of_a_finer_unit() -> None:
    """What three ballots say in an election of weight 1/3 each, one says in one of weight 1: for rules that do not round."""
    for (names, ballots), _ in zip(instances(14, (3, 30), (2, 5)), range(200), strict=False):
        whole = counted(ballots)
        thirds = {ballot: Fraction(weight, 3) for ballot, weight in whole.items()}
        for method in ("irv", "schulze", "borda"):
            assert held(method, names, thirds).elected == held(method, names, whole).elected
