"""From a Pabulib file to ballot rules that each of its ballots keeps, with a note wherever META's limits do not hold."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

import pytest

from tally.allocation import Comparison, Completion, Rule, TieBreak, Utility
from tally.forms import Choice, Form, PointsUse, check_choice
from tally.pabulib import PabulibFile, Recount, official, parse, recount, seed_of
from tally.pabulib_import import Election, choices, election, is_poznan_80

Rows = list[str]


def file(meta: dict[str, str], votes: Rows, projects: Rows | None = None, columns: str = "") -> PabulibFile:
    """A file of three projects and these votes."""
    rows = projects or ["p1;600;1", "p2;500;0", "p3;400;2"]
    head = {"num_projects": len(rows), "num_votes": len(votes), "budget": "1000", "rule": "greedy", **meta}
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in head.items()), "PROJECTS"]
    lines += ["project_id;cost;selected", *rows, "VOTES", f"voter_id;vote{columns}"]
    found = parse("\n".join([*lines, *(f"v{number};{vote}" for number, vote in enumerate(votes, 1))]))
    assert isinstance(found, PabulibFile), found
    return found


def held(source: PabulibFile) -> Election:
    """Its election, in which every ballot of the file is valid as it stands."""
    found = election(source)
    assert isinstance(found, Election), found
    for _, choice in choices(source):
        assert check_choice(found.ballot, found.options, found.allocation.budget, choice) == choice
    return found


def test_reads_approval_with_its_limits() -> None:
    found = held(file({"vote_type": "approval", "min_length": "1", "max_length": "2"}, ["p2,p1", "p3"]))
    assert (found.ballot.form, found.ballot.min, found.ballot.max) == (Form.APPROVAL, 1, 2)
    assert found.notes == ()


def test_reads_points_as_at_most_the_sum_meta_names() -> None:
    meta = {"vote_type": "cumulative", "min_sum_points": "1", "max_sum_points": "3", "max_points": "2"}
    found = held(file(meta, ["p1,p2;2,1", "p3;1"], columns=";points"))
    assert (found.ballot.points, found.ballot.points_use) == (Fraction(3), PointsUse.AT_MOST)
    assert found.ballot.max_per_option == 2


def test_reads_points_as_exactly_the_sum_where_meta_and_every_ballot_say_so() -> None:
    meta = {"vote_type": "cumulative", "min_sum_points": "3", "max_sum_points": "3"}
    assert held(file(meta, ["p1,p2;2,1"], columns=";points")).ballot.points_use is PointsUse.EXACTLY
    assert held(file(meta, ["p1,p2;2,1", "p1;1"], columns=";points")).ballot.points_use is PointsUse.AT_MOST


def test_reads_a_ranking_in_which_a_place_is_worth_what_pabulib_says() -> None:
    source = file({"vote_type": "ordinal", "max_length": "3"}, ["p2,p1", "p2,p3,p1"])
    assert held(source).ballot.form is Form.RANKING
    counted = recount(source)
    assert isinstance(counted, Recount)
    assert counted.count.scores == {"p1": 3, "p2": 6, "p3": 2}


def test_reads_a_knapsack_where_each_ballot_fits_the_budget() -> None:
    meta = {"vote_type": "approval", "max_sum_cost": "1000"}
    assert held(file(meta, ["p1,p3"])).ballot.budget_limit
    beyond = held(file(meta, ["p1,p2"]))
    assert not beyond.ballot.budget_limit
    assert beyond.notes == ("max_sum_cost is 1000, the dearest ballot costs 1100: it is not enforced",)


WIDENED = [
    pytest.param(
        {"vote_type": "approval", "max_length": "1"}, ["p1,p2", "p1"], "",
        "max_length is 1, 1 ballots go beyond it: 2 is used", id="ballots longer than META says",
    ),
    pytest.param(
        {"vote_type": "approval", "min_length": "2"}, ["p1,p2", "p1"], "",
        "min_length is 2, 1 ballots are shorter: 1 is used", id="ballots shorter than META says",
    ),
    pytest.param(
        {"vote_type": "approval"}, ["", "p1"], "",
        "min_length is 1, 1 ballots are shorter: 0 is used", id="a blank ballot",
    ),
    pytest.param(
        {"vote_type": "cumulative", "max_sum_points": "3"}, ["p1,p2;4,3", "p1;3"], ";points",
        "max_sum_points is 3, 1 ballots go beyond it: 7 is used", id="more points than META says",
    ),
    pytest.param(
        {"vote_type": "cumulative", "max_sum_points": "9", "max_points": "3"}, ["p1,p2;4,3", "p1;3"], ";points",
        "max_points is 3, 1 ballots go beyond it: 4 is used", id="more points to one project than META says",
    ),
    pytest.param(
        {"vote_type": "cumulative"}, ["p1;2.5"], ";points",
        "META gives no max_sum_points: the greatest sum in the file, 5/2, is used", id="no limit in META",
    ),
    pytest.param(
        {"vote_type": "cumulative"}, ["p1;0.5"], ";points",
        "META gives no max_sum_points: the greatest sum in the file, 1/2, is used", id="no limit, and less than a point",
    ),
    pytest.param(
        {"vote_type": "cumulative"}, [], ";points",
        "META gives no max_sum_points: no ballot gives any, 1 is used", id="no limit and no points",
    ),
    pytest.param(
        {"vote_type": "approval", "max_sum_cost": "999"}, [], "",
        "max_sum_cost is 999, the dearest ballot costs 0: it is not enforced", id="another limit than the budget",
    ),
    pytest.param(
        {"vote_type": "approval", "rule": "greedy-exclusive"}, ["p1"], "",
        "the file does not say which projects exclude each other: none is taken to", id="exclusion nobody tells",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("meta", "votes", "columns", "note"), WIDENED)
def test_widens_a_limit_that_the_ballots_do_not_keep_and_says_so(
    meta: dict[str, str], votes: Rows, columns: str, note: str
) -> None:
    assert held(file(meta, votes, columns=columns)).notes == (note,)


LIMITS = [
    pytest.param({"vote_type": "choose-1"}, ["p1"], "", (1, None, None, None), id="one is chosen"),
    pytest.param({"vote_type": "choose-1", "min_length": "0"}, ["p1"], "", (0, None, None, None), id="one or none"),
    pytest.param({"vote_type": "approval", "max_length": "0", "min_length": "0"}, [""], "", (0, 1, None, None), id="none"),
    pytest.param({"vote_type": "ordinal", "max_length": "0"}, [], "", (1, 1, None, None), id="no places, and no votes"),
    pytest.param(
        {"vote_type": "cumulative", "min_length": "2", "max_length": "3", "max_sum_points": "9"}, ["p1,p2;1,2"],
        ";points", (2, 3, 9, None), id="projects and points",
    ),
    pytest.param(
        {"vote_type": "cumulative", "min_length": "0", "max_sum_points": "0.5", "max_points": "0.5"}, ["p1;0.5", ";"],
        ";points", (0, None, Fraction(1, 2), Fraction(1, 2)), id="half a point, or a blank ballot",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("meta", "votes", "columns", "limits"), LIMITS)
def test_keeps_the_limits_that_the_ballots_keep(
    meta: dict[str, str], votes: Rows, columns: str, limits: tuple[object, ...]
) -> None:
    found = held(file(meta, votes, columns=columns))
    rules = found.ballot
    assert (rules.min, rules.max, rules.points, rules.max_per_option) == limits
    assert found.notes == ()


def test_a_knapsack_may_have_no_votes() -> None:
    assert held(file({"vote_type": "approval", "max_sum_cost": "1000"}, [])).ballot.budget_limit


EQUAL_SHARES = [
    ("equalshares", None, None),
    ("equalshares/add1", Completion.ADD1, None),
    ("equalshares/add1u", Completion.ADD1U, None),
    ("equalshares/greedy", Completion.GREEDY, None),
    ("equalshares/add1-comparison", Completion.ADD1, Comparison.SATISFACTION),
    ("equal-shares", Completion.ADD1, None),
]


@pytest.mark.parametrize(("named", "completion", "comparison"), EQUAL_SHARES)
def test_reads_equal_shares_by_pabulibs_names(
    named: str, completion: Completion | None, comparison: Comparison | None
) -> None:
    rules = held(file({"vote_type": "approval", "rule": named}, ["p1"])).allocation
    assert (rules.rule, rules.utility) == (Rule.EQUAL_SHARES, Utility.COST)
    assert (rules.completion, rules.comparison) == (completion, comparison)


TITLES = [
    ({"description": "Of 2023", "unit": "Łódź"}, "Of 2023"),
    ({"unit": "Wrocław", "subunit": "Fabryczna", "instance": "2017"}, "Wrocław Fabryczna 2017"),
    ({"unit": "Wrocław", "subunit": "", "instance": "2017"}, "Wrocław 2017"),
    ({}, "Pabulib election"),
]


@pytest.mark.parametrize(("meta", "title"), TITLES)
def test_an_election_is_named_as_the_file_describes_it_or_after_its_place(meta: dict[str, str], title: str) -> None:
    assert held(file({"vote_type": "approval", **meta}, ["p1"])).title == title


POZNAN = [
    pytest.param({"unit": "Poznań"}, True, id="Poznań's"),
    pytest.param({"comment": "taken if 80 % is left"}, True, id="as the comment tells"),
    pytest.param({"comment": "taken if 8 0% is left"}, True, id="spaces do not matter"),
    pytest.param({"comment": "taken if 75 % is left"}, False, id="another share"),
    pytest.param({"unit": "Łódź"}, False, id="of another city, without a comment"),
]


@pytest.mark.parametrize(("meta", "known"), POZNAN)
def test_a_custom_rule_is_known_where_it_is_poznans(meta: dict[str, str], known: bool) -> None:
    source = file({"vote_type": "approval", "rule": "greedy-custom", **meta}, ["p1"])
    assert is_poznan_80(source) is known
    assert isinstance(election(source), Election) is known


CANONICAL: list[tuple[dict[str, str], str, str, Choice]] = [
    ({"vote_type": "approval"}, "p3,p1", "", ["p1", "p3"]),
    ({"vote_type": "choose-1"}, "p2", "", ["p2"]),
    ({"vote_type": "ordinal", "max_length": "2"}, "p3,p1", "", ["p3", "p1"]),
    ({"vote_type": "cumulative", "max_sum_points": "5"}, "p3,p1,p2;2,0.5,0", ";points", {"p1": "1/2", "p3": "2"}),
]


@pytest.mark.parametrize(("meta", "vote", "columns", "choice"), CANONICAL)
def test_writes_each_choice_in_the_one_way_the_engine_keeps_it(
    meta: dict[str, str], vote: str, columns: str, choice: Choice
) -> None:
    source = file(meta, [vote], columns=columns)
    assert list(choices(source)) == [("v1", choice)]
    held(source)


def test_a_file_without_votes_is_an_election_without_voters() -> None:
    for vote_type in ("approval", "choose-1", "cumulative", "ordinal"):
        meta = {"vote_type": vote_type, "max_length": "0", "min_length": "5"}
        source = file(meta, [], columns=";points")
        held(source)
        counted = recount(source)
        assert isinstance(counted, Recount)
        assert (counted.count.voters, counted.allocation.winners) == (0, ())


@pytest.mark.parametrize("currency", ["", "zł", "A1B", "euros", "€€€"])
def test_a_currency_that_is_no_code_is_written_as_none(currency: str) -> None:
    assert held(file({"vote_type": "approval", "currency": currency}, ["p1"])).allocation.currency == "XXX"


def test_takes_another_rule_and_other_tie_breaks_when_told() -> None:
    source = file({"vote_type": "approval", "min_project_score_threshold": "2"}, ["p1", "p3,p2"])
    found = election(source, "greedy-threshold", ["lower_cost", "lot"])
    assert isinstance(found, Election)
    assert (found.allocation.rule, found.allocation.threshold) == (Rule.GREEDY_THRESHOLD, Fraction(2))
    assert found.allocation.tie_break == (TieBreak.LOWER_COST, TieBreak.LOT)


def test_keeps_ties_in_the_files_order_unless_told_otherwise() -> None:
    source = file({"vote_type": "approval"}, ["p2,p1,p3"])
    in_order, cheapest, drawn = (recount(source, None, how) for how in (None, ["lower_cost"], ["lot"]))
    assert isinstance(in_order, Recount)
    assert isinstance(cheapest, Recount)
    assert isinstance(drawn, Recount)
    assert in_order.allocation.winners == ("p1", "p3")
    assert cheapest.allocation.winners == ("p3", "p2")
    assert [tie.broken_by for tie in drawn.allocation.ties] == [TieBreak.LOT]
    assert recount(source, None, ["lot"]) == drawn


def test_what_was_funded_from_other_money_is_no_official_winner_and_is_told() -> None:
    found = recount(file({"vote_type": "approval"}, ["p1"]))
    assert isinstance(found, Recount)
    assert found.to_json()["official"] == {"winners": ["p1"], "matches": True}
    assert found.notes == ("p3 was funded from other money (selected 2), outside the rule",)


def test_the_project_that_poznan_takes_at_80_percent_is_an_official_winner() -> None:
    source = file({"vote_type": "approval", "rule": "greedy-custom", "unit": "Poznań"}, ["p1,p3", "p1"])
    assert official(source) == ("p1", "p3")
    assert official(file({"vote_type": "approval", "rule": "greedy", "unit": "Poznań"}, ["p1"])) == ("p1",)
    found = recount(source)
    assert isinstance(found, Recount)
    assert found.rules.rule is Rule.POZNAN_80


def test_tells_where_the_published_totals_are_not_what_the_votes_add_up_to() -> None:
    text = (
        "META\nkey;value\nnum_projects;1\nnum_votes;1\nbudget;9\nrule;greedy\nvote_type;cumulative\nmax_sum_points;3\n"
    )
    source = parse(text + "PROJECTS\nproject_id;cost;votes;score\np1;1;2;4\nVOTES\nvoter_id;vote;points\nv1;p1;3\n")
    assert isinstance(source, PabulibFile)
    found = recount(source)
    assert isinstance(found, Recount)
    assert found.official is None
    assert found.to_json()["official"] is None
    assert found.notes == ("line 11: votes of p1 is 2, the votes give 1", "line 11: score of p1 is 4, the votes give 3")


def test_a_recount_by_a_rule_that_reads_whole_ballots_tells_its_record() -> None:
    votes = ["p2,p3", "p3,p2", "p1"]
    meta = {"vote_type": "approval", "rule": "equalshares/add1", "budget": "1200"}
    source = file(meta, votes, ["p2;400;0", "p3;400;0", "p1;400;0"])
    listed, drawn = recount(source), recount(source, None, ["more_votes_elsewhere", "lot"])
    assert isinstance(listed, Recount)
    assert isinstance(drawn, Recount)
    assert set(listed.allocation.winners) == set(drawn.allocation.winners) == {"p1", "p2", "p3"}
    assert [tie.broken_by for tie in drawn.allocation.ties][:1] == [TieBreak.LOT]
    assert listed.to_json()["record"] == listed.allocation.to_json()["record"]


def test_a_recount_is_written_with_its_threshold_and_the_highest_score_first() -> None:
    meta = {"vote_type": "approval", "rule": "greedy-threshold", "min_project_score_threshold": "1.5"}
    found = recount(file(meta, ["p2,p1,p3", "p2"], ["p2;500;0", "p3;400;0", "p1;600;0"]))
    assert isinstance(found, Recount)
    written = found.to_json()
    assert written["threshold"] == "3/2"
    assert list(written["scores"].items()) == [("p2", "2"), ("p1", "1"), ("p3", "1")]


def test_the_seed_is_the_hash_of_the_votes_as_canonical_json() -> None:
    source = file({"vote_type": "cumulative"}, ["p2,p1;2,0.5", "p3;1"], columns=";points")
    assert seed_of(source) == sha256(b'[["v1",["p2","p1"],["2","1/2"]],["v2",["p3"],["1"]]]').digest()


def test_the_recount_is_written_with_exact_numbers_as_text() -> None:
    found = recount(file({"vote_type": "approval", "currency": "PLN"}, ["p1", "p2,p1"]))
    assert isinstance(found, Recount)
    assert found.to_json() == {
        "rule": "greedy",
        "tie_break": ["earlier_submission"],
        "threshold": None,
        "voters": 2,
        "currency": "PLN",
        "budget": "1000",
        "spent": "600",
        "winners": ["p1"],
        "scores": {"p1": "2", "p2": "1", "p3": "0"},
        "ties": [],
        "official": {"winners": ["p1"], "matches": True},
        "notes": ["p3 was funded from other money (selected 2), outside the rule"],
    }
