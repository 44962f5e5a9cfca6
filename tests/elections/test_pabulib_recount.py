"""Real participatory budgets recounted from their votes: the winners are the ones their cities published."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache

import pytest

from kernel.refusal import Refused
from tally.allocation import TieBreak
from tally.forms import check_choice
from tally.pabulib import PabulibFile, Recount, read, recount
from tally.pabulib_import import Election, choices, election
from testkit.shared import shared_data

pytestmark = pytest.mark.slow

RECOUNTED = ("greedy", "greedy-no-skip", "greedy-threshold", "greedy-custom")
TIE_BREAKS = [["lower_cost", "lot"], ["higher_cost", "lot"], ["more_votes_elsewhere", "lot"], ["lot"]]


@cache
def index() -> tuple[dict[str, str], ...]:
    """INDEX.csv, a dict for each file."""
    with shared_data("pabulib", "INDEX.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def source(name: str) -> PabulibFile:
    """A file, read."""
    found = read(shared_data("pabulib", name).read_bytes())
    assert isinstance(found, PabulibFile), f"{name}: {found}"
    return found


def counted(name: str, tie_break: list[str] | None = None) -> Recount:
    """A file, recounted by the rule it names."""
    found = recount(source(name), None, tie_break)
    assert isinstance(found, Recount), f"{name}: {found}"
    return found


def with_a_rule_that_is_recounted() -> list[str]:
    """The files whose rule is one of ours."""
    return [row["file"] for row in index() if row["rule"] in RECOUNTED]


def test_reads_every_file_as_its_index_describes_it() -> None:
    for row in index():
        file = source(row["file"])
        selected = Counter(project.selected for project in file.projects)
        assert (len(file.projects), len(file.votes)) == (int(row["num_projects"]), int(row["num_votes"]))
        assert (file.meta["rule"], file.vote_type.value) == (row["rule"], row["vote_type"])
        assert selected[1] == int(row["n_selected"])
        assert selected[2] + selected[3] == int(row["n_selected_other"])
    assert len(index()) == 46


def test_winners_are_the_official_ones_in_every_file_of_a_supported_rule_that_names_any() -> None:
    compared: Counter[str] = Counter()
    matched: Counter[str] = Counter()
    unpublished = []
    for name in with_a_rule_that_is_recounted():
        found = counted(name)
        if found.official is None:
            unpublished.append(name)
            continue
        rule = found.rules.rule.value
        compared[rule] += 1
        matched[rule] += found.official.matches
        assert found.official.matches, f"{name}: {found.to_json()['winners']} instead of {found.official.winners}"
    assert compared == matched == {"greedy": 12, "greedy-no-skip": 8, "greedy-threshold": 9, "poznan-80": 8}
    assert (matched.total(), len(unpublished)) == (37, 3)
    assert all(name.startswith("France_Toulouse") for name in unpublished)


def test_no_official_result_here_hangs_on_the_tie_break_the_city_used() -> None:
    """The files do not name it, so each is recounted under four others too."""
    met = set()
    for name in with_a_rule_that_is_recounted():
        ties = counted(name).allocation.ties
        if not ties or counted(name).official is None:
            continue
        met.add(name)
        for tie_break in TIE_BREAKS:
            found = counted(name, tie_break).official
            assert found is not None
            assert found.matches, f"{name} under {tie_break}"
    assert len(met) == 5


def test_a_poznan_project_at_80_percent_goes_beyond_the_budget() -> None:
    found = counted("Poland_Poznan_2023_3_-_Piatkowo_Polnoc_Piatkowo.pb").to_json()
    assert (found["winners"], found["budget"], found["spent"]) == (["III.5", "III.1"], "1140000", "1283150")


def test_scores_add_up_to_what_the_city_published() -> None:
    """Each PROJECTS row's votes and score are recomputed from VOTES; a difference would stand in the notes."""
    votes = scores = 0
    for row in index():
        file = source(row["file"])
        found = recount(file, "greedy")
        assert isinstance(found, Recount)
        assert found.notes == tuple(note for note in found.notes if "other money" in note), row["file"]
        votes += sum(project.votes is not None for project in file.projects)
        scores += sum(project.score is not None for project in file.projects)
    assert votes == sum(int(row["num_projects"]) for row in index())
    assert scores == sum(int(row["num_projects"]) for row in index() if row["vote_type"] in ("cumulative", "ordinal"))


def test_the_rules_of_a_later_time_are_refused_with_those_that_can_be_recounted() -> None:
    others = [row["file"] for row in index() if row["rule"] not in RECOUNTED]
    for name in others:
        found = recount(source(name))
        assert isinstance(found, Refused)
        assert found.reason == "rule_unsupported"
        assert "greedy, greedy-no-skip, greedy-threshold, poznan-80" in str(found.details["expected"])
    assert len(others) == 6


def test_ties_in_toulouse_are_each_recorded_with_how_they_were_broken() -> None:
    ties = counted("France_Toulouse_2024.pb", ["lower_cost", "lot"]).allocation.ties
    assert Counter(tie.broken_by for tie in ties) == {TieBreak.LOWER_COST: 36, TieBreak.LOT: 3}
    assert all((tie.lot is not None) == (tie.broken_by is TieBreak.LOT) for tie in ties)


def test_every_ballot_of_every_file_is_valid_under_the_ballot_rules_made_from_it() -> None:
    checked = 0
    for row in index():
        file = source(row["file"])
        held = election(file, "greedy")
        assert isinstance(held, Election)
        for voter, choice in choices(file):
            assert check_choice(held.ballot, held.options, held.allocation.budget, choice) == choice, voter
            checked += 1
    assert checked == sum(int(row["num_votes"]) for row in index())
