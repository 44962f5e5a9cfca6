"""Counting: what each form adds up to, blanks, weights, units, and laws that no order of ballots may break."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.counting import Sheet, WeightedChoice, count
from tally.forms import BallotRules, Choice, Option

OPTIONS: Mapping[str, Option] = {name: Option(option=name, submitted=i) for i, name in enumerate("abc", 1)}

COUNTED = [
    pytest.param("choose_one", {}, [["a"], ["a"], ["b"]], {"a": 2, "b": 1, "c": 0}, id="votes for the one chosen"),
    pytest.param("approval", {"max": 2}, [["a", "b"], ["b"]], {"a": 1, "b": 2, "c": 0}, id="a vote for each approved"),
    pytest.param(
        "points", {"points": "5"}, [{"a": "3", "b": "1/2"}, {"b": "1/2"}], {"a": 3, "b": 1, "c": 0}, id="points"
    ),
    pytest.param(
        "ranking", {"max": 2}, [["b", "a"], ["b"]], {"a": 1, "b": 4, "c": 0}, id="of two places, 2 and 1 points"
    ),
    pytest.param("ranking", {}, [["c", "a", "b"]], {"a": 2, "b": 1, "c": 3}, id="of three options, 3, 2 and 1 points"),
    pytest.param(
        "ranking",
        {"ranking_points": ["5", "1"]},
        [["c", "a"], ["a"]],
        {"a": 6, "b": 0, "c": 5},
        id="points as declared for each place",
    ),
]


@pytest.mark.parametrize(("form", "limits", "choices", "scores"), COUNTED)
def test_counts_each_form(form: str, limits: dict[str, Any], choices: list[Choice], scores: dict[str, int]) -> None:
    rules = BallotRules.model_validate({"form": form, **limits})
    assert count(rules, OPTIONS, [WeightedChoice(choice, 1) for choice in choices]).scores == scores


def test_weights_are_exact_and_supporters_are_heads() -> None:
    third = Fraction(1, 3)
    votes = [WeightedChoice("yes", third), WeightedChoice("yes", third), WeightedChoice("yes", third)]
    counted = count(BallotRules(form="yes_no_abstain"), {}, [*votes, WeightedChoice("no", 2)])
    assert counted.scores == {"yes": 1, "no": 2, "abstain": 0}
    assert counted.supporters == {"yes": 3, "no": 1, "abstain": 0}
    assert counted.weight == Fraction(3)


def test_a_blank_ballot_weighs_as_present_and_chooses_nothing() -> None:
    rules = BallotRules(form="approval", min=0)
    counted = count(rules, OPTIONS, [WeightedChoice([], Fraction(3, 2)), WeightedChoice(["a"], 1)])
    assert (counted.ballots, counted.weight, counted.blank) == (2, Fraction(5, 2), Fraction(3, 2))
    assert counted.scores["a"] == 1


def test_each_unit_has_its_own_count_and_the_whole_is_their_sum() -> None:
    sheets = [Sheet(station="s1", unit="ZH", voters=10, totals={"yes": "6", "no": "3"}, blank=1)]
    ballots = [WeightedChoice("no", 1, "ZH"), WeightedChoice("yes", 1, "BE")]
    counted = count(BallotRules(form="yes_no_abstain"), {}, ballots, sheets)
    assert list(counted.units) == ["BE", "ZH"]
    assert counted.units["ZH"].scores == {"yes": 6, "no": 4, "abstain": 0}
    assert (counted.units["ZH"].voters, counted.units["ZH"].blank) == (11, Fraction(1))
    assert counted.scores == {"yes": 7, "no": 4, "abstain": 0}
    assert (counted.ballots, counted.sheets, counted.voters) == (2, 1, 12)


def test_writes_exact_numbers_as_text_and_heads_as_numbers() -> None:
    counted = count(BallotRules(form="choose_one"), OPTIONS, [WeightedChoice(["a"], Fraction(1, 2), "north")])
    assert counted.to_json() == {
        "form": "choose_one",
        **(
            part := {
                "ballots": 1,
                "sheets": 0,
                "voters": 1,
                "weight": "1/2",
                "scores": {"a": "1/2", "b": "0", "c": "0"},
                "supporters": {"a": 1, "b": 0, "c": 0},
                "blank": "0",
                "invalid": "0",
            }
        ),
        "units": {"north": part},
    }


def test_a_box_without_a_ballot_counts_to_nothing() -> None:
    counted = count(BallotRules(form="approval"), OPTIONS, [])
    assert counted.scores == {"a": 0, "b": 0, "c": 0}
    assert (counted.voters, counted.weight, dict(counted.units)) == (0, Fraction(0), {})


def test_memory_does_not_grow_with_the_number_of_ballots() -> None:
    rules = BallotRules(form="points", points="3")

    def peak(ballots: int) -> int:
        def stream() -> Iterator[WeightedChoice]:
            for place in range(ballots):
                yield WeightedChoice({"a": "2", "b": "1"}, Fraction(place % 7, 7), f"u{place % 5}")

        tracemalloc.start()
        counted = count(rules, OPTIONS, stream())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert counted.ballots == ballots
        return found

    few = peak(1_000)
    assert peak(20_000) < few + 400_000


FORMS = {
    "yes_no_abstain": (BallotRules(form="yes_no_abstain"), st.sampled_from(["yes", "no", "abstain", "blank"])),
    "approval": (
        BallotRules(form="approval", min=0),
        st.lists(st.sampled_from("abc"), unique=True).map(sorted),
    ),
    "points": (
        BallotRules(form="points", points="9", min=0),
        st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "1/2", "3"])),
    ),
    "ranking": (BallotRules(form="ranking", min=0), st.lists(st.sampled_from("abc"), unique=True)),
}
WEIGHTS = st.fractions(min_value=0, max_value=100, max_denominator=12)
UNITS = st.sampled_from([None, "north", "south"])


@st.composite
def votes(draw: st.DrawFn) -> tuple[BallotRules, list[WeightedChoice]]:
    """A form and some ballots of it."""
    rules, choice = FORMS[draw(st.sampled_from(sorted(FORMS)))]
    return rules, draw(st.lists(st.builds(WeightedChoice, choice, WEIGHTS, UNITS), max_size=12))


@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_never_matters(drawn: tuple[BallotRules, list[WeightedChoice]], random: Any) -> None:
    rules, ballots = drawn
    shuffled = random.sample(ballots, len(ballots))
    assert count(rules, OPTIONS, shuffled).to_json() == count(rules, OPTIONS, ballots).to_json()


@given(votes(), WEIGHTS)
def test_scaling_every_weight_scales_every_score(
    drawn: tuple[BallotRules, list[WeightedChoice]], factor: Fraction
) -> None:
    rules, ballots = drawn
    once = count(rules, OPTIONS, ballots)
    scaled = count(rules, OPTIONS, [ballot._replace(weight=ballot.weight * factor) for ballot in ballots])
    assert scaled.scores == {option: score * factor for option, score in once.scores.items()}
    assert scaled.supporters == once.supporters


@given(votes(), st.integers(0, 12))
def test_counting_in_two_boxes_adds_up_to_counting_in_one(
    drawn: tuple[BallotRules, list[WeightedChoice]], cut: int
) -> None:
    rules, ballots = drawn
    whole, first, second = (count(rules, OPTIONS, part) for part in (ballots, ballots[:cut], ballots[cut:]))
    assert whole.scores == {option: first.scores[option] + second.scores[option] for option in whole.scores}
    assert (whole.weight, whole.blank) == (first.weight + second.weight, first.blank + second.blank)
