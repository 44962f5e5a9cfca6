"""What a charter may declare of a count, and each method at its boundaries: on the line, a vote above it, a vote below."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from tally.election import ElectionRules, Method, SeedNeeded, elect
from tally.irv_minneapolis import UNDECLARED, cannot_win, reading
from tally.papers import OVERVOTED, SKIPPED, Papers
from tally.rounds import Contest, written
from tally.ties import TieBreak, TieBreaker
from tests.tally.elections import GRADES, SEED, groups, held, options


@pytest.mark.parametrize("method", Method)
def test_rules_say_no_more_than_was_declared(method: Method) -> None:
    assert ElectionRules(method=method).model_dump(mode="json") == {"method": method.value, "seats": 1}


def test_what_was_declared_is_read_back_the_same() -> None:
    declared = {
        "method": "stv-meek",
        "seats": 3,
        "tie_break": ["previous_stage", "lot"],
        "decimals": 6,
        "omega": "1/1000",
    }
    rules = ElectionRules.model_validate(declared)
    assert rules.model_dump(mode="json") == declared
    assert ElectionRules.model_validate_json(rules.model_dump_json()) == rules
    points = {"method": "borda", "seats": 1, "points": ["3", "5/2", "1"]}
    assert ElectionRules.model_validate(points).model_dump(mode="json") == points


@pytest.mark.parametrize("method", Method)
def test_the_scottish_order_breaks_ties_by_the_previous_stage_other_methods_by_lot(method: Method) -> None:
    expected = (TieBreak.PREVIOUS_STAGE, TieBreak.LOT) if method is Method.STV_SCOTTISH else (TieBreak.LOT,)
    assert ElectionRules(method=method).ties == expected
    declared = (TieBreak.EARLIER_SUBMISSION,)
    assert ElectionRules(method=method, tie_break=declared).ties == declared


REFUSED = [
    pytest.param({"method": "plurality"}, "stv-scottish", id="an unknown method"),
    pytest.param({"method": "irv", "seats": 0}, "greater than or equal to 1", id="no seat"),
    pytest.param({"method": "irv", "seats": 2}, "irv fills one seat, found 2", id="two seats by instant run-off"),
    pytest.param({"method": "irv-minneapolis", "seats": 2}, "fills one seat", id="two seats in Minneapolis"),
    pytest.param({"method": "irv", "tie_break": []}, "at least 1 item", id="an empty list of tie-breaks"),
    pytest.param({"method": "irv", "tie_break": ["lot", "lot"]}, "listed once", id="a tie-break twice"),
    pytest.param(
        {"method": "irv", "tie_break": ["lot", "lower_cost"]}, "nothing follows it", id="a lot before another"
    ),
    pytest.param({"method": "borda", "tie_break": ["previous_stage"]}, "borda has no stages", id="a stage of Borda's"),
    pytest.param({"method": "irv", "tie_break": ["more_votes_elsewhere"]}, "do not tell", id="voters behind projects"),
    pytest.param({"method": "irv", "points": ["1"]}, "points belong to borda", id="points by instant run-off"),
    pytest.param({"method": "borda", "points": []}, "at least 1 item", id="no points"),
    pytest.param({"method": "borda", "points": ["1", "2"]}, "never rise", id="more points for the second place"),
    pytest.param({"method": "borda", "points": ["1", "-1"]}, "zero or more", id="points below zero"),
    pytest.param({"method": "borda", "points": [0.5]}, "exact number", id="points as a float"),
    pytest.param({"method": "stv-scottish", "decimals": 9}, "belong to stv-meek", id="decimals of the Scottish rule"),
    pytest.param({"method": "stv-meek", "decimals": 19}, "less than or equal to 18", id="nineteen decimals"),
    pytest.param({"method": "stv-meek", "omega": "0"}, "greater than 0", id="an iteration without end"),
    pytest.param({"method": "irv", "colour": "red"}, "Extra inputs", id="an unknown field"),
]


@pytest.mark.parametrize(("declared", "says"), REFUSED)
def test_refuses_rules_that_cannot_be_followed(declared: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ElectionRules.model_validate(declared)


def test_asks_for_a_seed_where_a_lot_decides_and_draws_from_it() -> None:
    rules = ElectionRules(method="irv")
    found = elect(rules, options("ABC"), groups("3 A, 2 B, 2 C"))
    assert found == SeedNeeded(("B", "C"), Fraction(2))
    drawn = held("irv", "ABC", groups("3 A, 2 B, 2 C"))
    (decided,) = drawn.ties
    assert (decided.round, decided.decides, decided.tie.broken_by) == (1, "elimination", TieBreak.LOT)
    assert drawn.rounds[0].eliminated == decided.tie.order[-1:]
    assert decided.tie.lot is not None
    assert decided.tie.lot.seed == SEED.hex()


@pytest.mark.parametrize("method", ["schulze", "borda", "majority-judgment"])
def test_no_lot_is_drawn_for_places_that_elect_nobody_or_everybody(method: str) -> None:
    said: dict[Any, Any] = dict(groups("3 ABCD, 3 BACD, 3 ABDC, 3 BADC"))
    if method == "majority-judgment":
        said = {(("A", "good"), ("B", "good")): 3}
    found = held(method, "ABCD", said, 2, seed=None, scale=GRADES)
    assert (found.elected, found.ranking, found.ties) == (("A", "B"), (("A", "B"), ("C", "D")), ())
    assert len(held(method, "ABCD", said, 3, scale=GRADES).ties) == 1


@pytest.mark.parametrize("method", ["irv", "stv-scottish", "stv-meek", "irv-minneapolis"])
def test_a_tie_goes_to_whoever_had_more_at_the_previous_stage(method: str) -> None:
    said = groups("6 A, 4 B, 3 C, 1 EC")
    found = held(method, "ABCE", said, 1, seed=None, tie_break=["previous_stage"])
    assert [each.eliminated for each in found.rounds[:2]] == [("E",), ("C",)]
    (decided,) = found.ties
    assert (decided.round, decided.tie.broken_by, decided.tie.order) == (2, TieBreak.PREVIOUS_STAGE, ("B", "C"))


MAJORITIES = [
    pytest.param("5 A, 3 B, 2 C", 2, id="half of the votes is no majority"),
    pytest.param("6 A, 3 B, 2 C", 1, id="more than half is"),
    pytest.param("6 A, 3 B, 2 C, 9", 1, id="blank ballots are no votes"),
    pytest.param("4 A, 3 B, 2 C", 2, id="less than half is none"),
]


@pytest.mark.parametrize("method", ["irv", "irv-minneapolis"])
@pytest.mark.parametrize(("said", "rounds"), MAJORITIES)
def test_more_than_half_of_the_votes_elects(method: str, said: str, rounds: int) -> None:
    found = held(method, "ABC", groups(said))
    assert (found.elected, len(found.rounds)) == (("A",), rounds)


QUOTAS = [
    pytest.param("8 A, 4 B, 4 C", 6, ("A",), {"A": 6}, id="above the quota of 16 ÷ 3 + 1: the surplus goes on"),
    pytest.param("6 A, 5 B, 5 C", 6, ("A",), {"A": 6}, id="exactly the quota: elected, and nothing goes on"),
    pytest.param("5 A, 6 B, 5 C", 6, ("B",), {"B": 6}, id="a vote below the quota is not elected"),
    pytest.param("6 A, 6 B, 5 C", 6, ("A", "B"), {"A": 6, "B": 6}, id="17 ÷ 3 + 1 is 6 too"),
    pytest.param("7 A, 6 B, 5 C", 7, ("A",), {"A": 7}, id="18 ÷ 3 + 1 is 7"),
]


@pytest.mark.parametrize(("said", "quota", "elected", "kept"), QUOTAS)
def test_the_droop_quota_elects_whoever_reaches_it(
    said: str, quota: int, elected: tuple[str, ...], kept: dict[str, int]
) -> None:
    found = held("stv-scottish", "ABC", groups(said), 2)
    assert (found.quota, found.rounds[0].elected) == (quota, elected)
    assert {name: found.rounds[-1].tally[name] for name in kept} == kept


def test_transfer_values_are_cut_never_rounded() -> None:
    """5 ÷ 11 is 0.45454; then 3.99994 ÷ 9.99994 is 0.39999 of one and 0.18181 of 0.45454; what is cut off is exhausted."""
    found = held("stv-scottish", "ABCD", groups("11 ABC, 5 BC, 2 C, 3 D"), 3)
    first, second, *_ = found.to_json()["rounds"]
    assert (first["quota"], first["transfers"][0]["votes"]) == ("6", {"B": "4.99994"})
    assert first["transfers"][0]["exhausted"] == "0.00006"
    assert second["tally"]["B"] == "9.99994"
    assert second["transfers"][0]["votes"] == {"C": "3.99986"}


def test_the_greatest_surplus_goes_first_and_reaches_only_those_who_continue() -> None:
    found = held("stv-scottish", "ABCD", groups("12 ABC, 10 BAC, 1 C, 1 D"), 3)
    moved = [(transfer.sources, transfer.votes) for each in found.rounds for transfer in each.transfers]
    assert moved == [(("A",), {"C": Fraction("4.99992")}), (("B",), {"C": 3})]
    assert found.elected == ("A", "B", "C")


def test_no_transfer_is_made_when_those_left_fill_the_seats() -> None:
    found = held("stv-scottish", "ABC", groups("9 AB, 1 B, 1 C"), 3)
    assert (len(found.rounds), found.rounds[0].transfers, found.elected) == (1, (), ("A", "B", "C"))


def test_nobody_keeps_more_than_all_of_a_vote_where_decimals_are_few() -> None:
    """One ballot, four seats, one decimal: rounding up twice would have C keep three times what reaches it."""
    found = held("stv-meek", "ABCDEF", groups("1 ABCDEF"), 4, decimals=1)
    kept = [each.keep[name] for each in found.rounds if each.keep for name in each.keep]
    assert max(kept) == 1
    assert len(found.elected) == 4


RANKS = [
    pytest.param("A B C", ("A", "B", "C"), id="three ranks"),
    pytest.param("- A B", ("A", "B"), id="one skipped rank is passed over"),
    pytest.param("- - A", (SKIPPED,), id="two skipped ranks in a row end the ballot"),
    pytest.param("A - B", ("A", "B"), id="one in the middle"),
    pytest.param("A - - B", ("A", SKIPPED), id="two in the middle"),
    pytest.param("A - -", ("A",), id="ranks left empty at the end skip nothing"),
    pytest.param("- - -", None, id="all left empty is blank"),
    pytest.param("x A B", ("A", "B"), id="an overvote goes to the next rank"),
    pytest.param("x x x", (), id="nothing but overvotes is exhausted, not blank"),
    pytest.param("- x A", ("A",), id="an overvote is no skipped rank"),
    pytest.param("x - A", ("A",), id="nor the one after it a second"),
    pytest.param("- - x", (SKIPPED,), id="an overvote after two skipped ranks is not reached"),
    pytest.param("A A B", ("A", "B"), id="a name again says nothing new"),
]


@pytest.mark.parametrize(("ranks", "counts_for"), RANKS)
def test_minneapolis_reads_ranks(ranks: str, counts_for: tuple[str, ...] | None) -> None:
    marks = {"-": SKIPPED, "x": OVERVOTED}
    assert reading([marks.get(rank, rank) for rank in ranks.split()]) == counts_for


HOPELESS = [
    pytest.param([9, 6, 3, 2], "CD", id="two, with less together than the next"),
    pytest.param([9, 5, 3, 2], "D", id="one, for two would have as many together as the next"),
    pytest.param([9, 4, 3, 2], "D", id="one, for two would have more"),
    pytest.param([9, 8, 2, 0], "CD", id="whoever has no votes is one of them"),
    pytest.param([9, 3, 3, 2], "BCD", id="all below the first"),
    pytest.param([9, 4, 3, 3], "", id="nobody of two equal ones that could pass the next"),
    pytest.param([9, 7, 3, 3], "CD", id="both of two equal ones that cannot"),
    pytest.param([5, 5], "", id="nobody of two with equal votes"),
]


@pytest.mark.parametrize(("votes", "out"), HOPELESS)
def test_minneapolis_eliminates_all_who_cannot_win_at_once(votes: list[int], out: str) -> None:
    names = "ABCD"[: len(votes)]
    contest = Contest(options(names), 1, Papers({}, 0, 1), TieBreaker((TieBreak.LOT,), {}, b""))
    assert cannot_win(contest, dict(zip(names, votes, strict=True))) == tuple(out)


def test_undeclared_write_ins_go_first_whatever_they_have_and_are_never_elected() -> None:
    names = ["A", "B", UNDECLARED]
    many = {(UNDECLARED, "A"): 9, ("B",): 5, ("A",): 1}
    found = held("irv-minneapolis", names, many)
    assert (found.rounds[0].eliminated, found.elected) == ((UNDECLARED,), ("A",))
    assert held("irv-minneapolis", [UNDECLARED], {(UNDECLARED,): 3}).elected == ()
    assert held("irv", names, many).elected == (UNDECLARED,)


MEDIANS = [
    pytest.param("excellent poor", "poor", id="of two, the lower"),
    pytest.param("excellent good poor", "good", id="of three, the middle one"),
    pytest.param("excellent excellent good poor", "good", id="of four, the lower of the middle two"),
    pytest.param("excellent", "excellent", id="of one, itself"),
]


@pytest.mark.parametrize(("given", "median"), MEDIANS)
def test_the_majority_grade_is_the_median_the_lower_of_two(given: str, median: str) -> None:
    said: dict[Any, int] = {}
    for grade in given.split():
        said[(("A", grade),)] = said.get((("A", grade),), 0) + 1
    assert held("majority-judgment", "A", said, scale=GRADES).details["merits"]["A"]["grade"] == median


def test_a_missing_grade_is_the_worst_and_a_ballot_without_any_is_blank() -> None:
    said: dict[Any, int] = {(("A", "good"),): 2, (("B", "good"),): 1, (): 7}
    found = held("majority-judgment", "AB", said, scale=GRADES)
    assert (found.elected, found.blank) == (("A",), 7)
    assert found.details["merits"]["B"]["grades"] == {"excellent": "0", "good": "1", "fair": "0", "poor": "2"}


def test_equal_medians_are_told_apart_by_what_is_nearest_to_the_middle_of_the_weight() -> None:
    """Both have good; from the middle down, A's weight comes to fair after 1/12, B's to poor after 1/4."""
    said: dict[Any, Fraction] = {
        (("A", "good"), ("B", "excellent")): Fraction(1, 3),
        (("A", "good"), ("B", "poor")): Fraction(1, 3),
        (("A", "fair"), ("B", "good")): Fraction(1, 2),
    }
    found = held("majority-judgment", "AB", said, scale=GRADES)
    assert found.elected == ("B",)
    assert found.details["merits"]["A"] == {
        "grade": "good",
        "above": "0",
        "below": "1/2",
        "grades": {"excellent": "0", "good": "2/3", "fair": "1/2", "poor": "0"},
    }


@pytest.mark.parametrize("method", Method)
def test_nobody_voting_or_standing_is_counted_too(method: Method) -> None:
    assert held(method, "", {}, scale=GRADES).elected == ()
    assert held(method, "A", {}, scale=GRADES).elected == ("A",)
    assert held(method, "AB", {(): 3}, scale=GRADES).blank == 3


@pytest.mark.parametrize("method", ["stv-scottish", "stv-meek", "irv", "irv-minneapolis", "schulze", "borda"])
def test_a_rank_that_names_nobody_new_is_passed_over(method: str) -> None:
    plain = groups("3 AB, 2 BC, 2 C")
    marked = {("A", "A", "B"): 3, (SKIPPED, "B", OVERVOTED, "C"): 2, (OVERVOTED, "C", SKIPPED): 2}
    assert held(method, "ABC", marked) == held(method, "ABC", plain)


def test_papers_that_come_to_the_same_ranking_are_counted_together_and_those_of_no_weight_for_nothing() -> None:
    written = {("A", "B"): 2, ("A", "A", "B"): 3, (SKIPPED, "A", "B"): 1, ("B",): 0}
    assert held("irv", "AB", written).rounds[0].tally == {"A": 6, "B": 0}


OPTIONS_ONLY = "only options of this count are expected, found"
GRADES_ONLY = "only options and grades of this count are expected, found"
SCALE = "majority judgment needs a scale of grades, best first, each once"
NOT_OF_THIS_COUNT: list[Any] = [
    pytest.param("irv", {("Z",): 1}, (), f"{OPTIONS_ONLY} Z", id="an option that does not stand"),
    pytest.param("irv", {("A",): -1}, (), "a weight of 0 or more is expected, found -1", id="a weight below nothing"),
    pytest.param("irv", {"yes": 1}, (), f"{OPTIONS_ONLY} e, s, y", id="a vote of another form"),
    pytest.param("majority-judgment", {(("A", "good"),): 1}, (), SCALE, id="no scale"),
    pytest.param("majority-judgment", {(("A", "good"),): 1}, ("bad", "bad"), SCALE, id="a grade twice"),
    pytest.param("majority-judgment", {(("A", "great"),): 1}, GRADES, f"{GRADES_ONLY} A: great", id="an unknown grade"),
    pytest.param("majority-judgment", {(("Z", "good"),): 1}, GRADES, f"{GRADES_ONLY} Z: good", id="a grade for nobody"),
]


@pytest.mark.parametrize(("method", "said", "scale", "says"), NOT_OF_THIS_COUNT)
def test_what_is_not_of_this_count_is_never_counted(method: str, said: Any, scale: tuple[str, ...], says: str) -> None:
    with pytest.raises(ValueError, match=f"^{says}$"):
        held(method, "AB", said, scale=scale)


WRITTEN = [
    pytest.param(Fraction(26000560, 100000), 5, "260.00560", id="five decimals, with their zeros"),
    pytest.param(Fraction(-63), 5, "-63.00000", id="below nothing"),
    pytest.param(Fraction(1, 100000), 5, "0.00001", id="the smallest"),
    pytest.param(Fraction(1, 3), 5, "1/3", id="what five decimals cannot tell"),
    pytest.param(7, 0, "7", id="a whole number"),
    pytest.param(Fraction(1, 2), 0, "1/2", id="a half without decimals"),
    pytest.param(None, 5, None, id="nothing"),
]


@pytest.mark.parametrize(("value", "places", "text"), WRITTEN)
def test_votes_are_written_exactly(value: Fraction | None, places: int, text: str | None) -> None:
    assert written(value, places) == text
