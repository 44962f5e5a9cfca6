"""Real participatory budgets recounted from their votes: the winners are the ones their cities published."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache

import pytest

from kernel.refusal import Refused
from tally.allocation import TieBreak, allocate
from tally.counting import WeightedChoice, count
from tally.forms import check_choice
from tally.grouping import group
from tally.pabulib import PabulibFile, Recount, read, recount
from tally.pabulib_import import Election, choices, election
from tally.payments import EqualSharesRecord
from testkit.shared import shared_data

pytestmark = pytest.mark.slow

PUBLISHED = {
    "greedy": 12,
    "greedy-no-skip": 8,
    "greedy-threshold": 9,
    "greedy-custom": 8,
    "greedy-exclusive": 4,
    "equalshares/add1": 1,
    "equalshares/add1-comparison": 1,
}
"""By META's rule, the files that name winners."""

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


def names(rule: str | None = None) -> list[str]:
    """The files, or those whose META names this rule."""
    return [row["file"] for row in index() if rule in (None, row["rule"])]


def test_reads_every_file_as_its_index_describes_it() -> None:
    for row in index():
        file = source(row["file"])
        selected = Counter(project.selected for project in file.projects)
        assert (len(file.projects), len(file.votes)) == (int(row["num_projects"]), int(row["num_votes"]))
        assert (file.meta["rule"], file.vote_type.value) == (row["rule"], row["vote_type"])
        assert selected[1] == int(row["n_selected"])
        assert selected[2] + selected[3] == int(row["n_selected_other"])
    assert len(index()) == 46


def test_winners_are_the_official_ones_in_every_file_that_names_any() -> None:
    compared: Counter[str] = Counter()
    matched: Counter[str] = Counter()
    unpublished = []
    for name in names():
        found = counted(name)
        if found.official is None:
            unpublished.append(name)
            continue
        rule = source(name).meta["rule"]
        compared[rule] += 1
        matched[rule] += found.official.matches
        assert found.official.matches, f"{name}: {found.to_json()['winners']} instead of {found.official.winners}"
    assert compared == matched == PUBLISHED
    assert (matched.total(), len(unpublished)) == (43, 3)
    assert all(name.startswith("France_Toulouse") for name in unpublished)


def test_no_official_result_here_hangs_on_the_tie_break_the_city_used() -> None:
    """The files do not name it, so each is recounted under four others too."""
    met = set()
    for name in names():
        ties = counted(name).allocation.ties
        if not ties or counted(name).official is None:
            continue
        met.add(name)
        for tie_break in TIE_BREAKS:
            found = counted(name, tie_break).official
            assert found is not None
            assert found.matches, f"{name} under {tie_break}"
    assert len(met) == 8


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


def test_a_rule_that_is_not_known_is_refused_with_those_that_are() -> None:
    found = recount(source("Poland_Swiecie_2023.pb"), "equalshares/add2")
    assert isinstance(found, Refused)
    assert found.reason == "rule_unsupported"
    assert "greedy-exclusive, equal-shares, phragmen" in str(found.details["expected"])


def test_wieliczka_is_counted_to_the_last_added_budget_that_fits_and_not_to_the_first_exhaustive_outcome() -> None:
    """RULES §4: 150 for each voter gives another outcome, 154 to 164 the official one, 165 more than the budget."""
    file = source("Poland_Wieliczka_2023_Green_Budget.pb")
    found = counted("Poland_Wieliczka_2023_Green_Budget.pb")
    record = found.allocation.record
    assert isinstance(record, EqualSharesRecord)
    assert (record.steps, record.stopped, record.added) == (164, "over_budget", 164)
    by_added = {added: funded_at(file, added) for added in (150, 153, 154, 164, 165)}
    winners, cost = set(found.allocation.winners), {project.project: project.cost for project in file.projects}
    assert {added for added, funded in by_added.items() if funded == winners} == {154, 164}
    spent = {added: sum(cost[each] for each in funded) for added, funded in by_added.items()}
    assert spent[165] > file.budget >= spent[150]
    unfunded = set(cost) - by_added[150]
    assert all(cost[each] > file.budget - spent[150] for each in unfunded), "150 is exhaustive"


def funded_at(file: PabulibFile, added: int) -> set[str]:
    """What Equal Shares buys with so much more for each voter, without any completion."""
    held = election(file, "equalshares")
    assert isinstance(held, Election)
    ballots = [WeightedChoice(choice, 1) for _, choice in choices(file)]
    counts = count(held.ballot, held.options, ballots)
    rules = held.allocation.model_copy(update={"budget": file.budget + added * len(ballots)})
    found = allocate(rules, held.options, counts.scores, counts.supporters, b"", groups=group(ballots))
    return set(found.winners)


def test_in_wieliczka_more_voters_preferred_equal_shares_to_greedy() -> None:
    record = counted("Poland_Wieliczka_2023_Green_Budget.pb").allocation.record
    assert isinstance(record, EqualSharesRecord)
    assert record.comparison is not None
    assert (record.comparison.prefer_equal_shares, record.comparison.prefer_greedy) == (1615, 873)


@pytest.mark.parametrize("name", names("greedy-exclusive"))
def test_warsaws_files_do_not_say_what_excludes_what_and_no_exclusion_changed_their_results(name: str) -> None:
    """There is no column for it. Whatever excluded each other, nothing that fitted was passed over.

    So the official set is greedy's, and greedy-exclusive's under any groups in which no two winners meet.
    """
    file = source(name)
    found, plain = counted(name), recount(file, "greedy")
    assert isinstance(plain, Recount)
    assert any("does not say which projects exclude each other" in note for note in found.notes)
    assert found.allocation.winners == plain.allocation.winners
    held = election(file)
    assert isinstance(held, Election)
    assert not any(option.group for option in held.options.values())
    in_groups = {
        name: option.model_copy(update={"group": None if name in found.allocation.winners[1:] else "one-place"})
        for name, option in held.options.items()
    }
    again = allocate(held.allocation, in_groups, found.count.scores, found.count.supporters, b"")
    assert again.winners == found.allocation.winners


def test_every_file_can_be_recounted_by_the_rules_that_need_whole_ballots() -> None:
    for name in names():
        for rule in ("equal-shares", "phragmen", "equalshares/add1u"):
            found = recount(source(name), rule)
            assert isinstance(found, Recount)
            assert found.allocation.spent <= found.allocation.budget
            assert found.allocation.record is not None


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
