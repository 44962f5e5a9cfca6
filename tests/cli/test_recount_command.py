"""`comitia recount`: the rule META names, exact numbers as text, and status 1 where the official winners are others."""

from __future__ import annotations

from pathlib import Path

import pytest

from testkit.shared import shared_data
from tests.cli.running import FAILED, HELD, comitia, election


def test_json_is_what_the_contract_names(tmp_path: Path) -> None:
    found = comitia("recount", election(tmp_path), "--json")
    assert found.status == HELD
    assert found.json == {
        "rule": "greedy",
        "tie_break": ["earlier_submission"],
        "threshold": None,
        "voters": 5,
        "currency": "EUR",
        "budget": "1000",
        "spent": "1000",
        "winners": ["p1", "p3"],
        "scores": {"p1": "4", "p2": "2", "p3": "2"},
        "ties": [
            {
                "options": ["p2", "p3"],
                "score": "2",
                "broken_by": "earlier_submission",
                "order": ["p2", "p3"],
                "lot": None,
            }
        ],
        "official": {"winners": ["p1", "p3"], "matches": True},
        "notes": [],
    }


def test_text_says_the_same_for_people(tmp_path: Path) -> None:
    lines = comitia("recount", election(tmp_path)).out.splitlines()
    assert lines[0] == "greedy: 5 voters, 1000 of 1000 spent"
    assert [line.split()[3] for line in lines if line.startswith("│")] == ["p1", "p3"]
    assert lines[-2:] == ["tie at 2: p2, p3 in this order, by earlier_submission", "matches the official winners"]


def test_other_winners_than_the_official_ones_end_with_status_1(tmp_path: Path) -> None:
    file = election(tmp_path, ("B;0", "B;1"), ("C;1", "C;0"))
    told, said = comitia("recount", file, "--json"), comitia("recount", file)
    assert (told.status, told.json["official"]) == (FAILED, {"winners": ["p1", "p2"], "matches": False})
    assert (said.status, said.err) == (FAILED, "")
    assert said.out.endswith("DIFFERS from the official winners: p1, p2\n")


def test_another_rule_is_not_held_against_the_official_winners(tmp_path: Path) -> None:
    found = comitia("recount", election(tmp_path), "--rule", "greedy-no-skip", "--json")
    assert (found.status, found.json["rule"], found.json["winners"]) == (HELD, "greedy-no-skip", ["p1"])
    assert found.json["official"] == {"winners": ["p1", "p3"], "matches": False}


def test_no_official_winners_are_null(tmp_path: Path) -> None:
    file = election(tmp_path, (";selected", ""), ('blue";1', 'blue"'), ("B;0", "B"), ("C;1", "C"))
    found = comitia("recount", file, "--json")
    assert (found.status, found.json["official"], found.json["winners"]) == (HELD, None, ["p1", "p3"])
    assert comitia("recount", file).out.endswith("no official winners were published\n")


def test_numbers_stay_exact_and_ids_stay_text(tmp_path: Path) -> None:
    numeric = [(f"{project};", f"0{project[1]};") for project in ("p1", "p2", "p3")]
    points = [(old, new) for old, new in (("approval", "cumulative"), ("vote;age", "vote;points"))]
    votes = [("p1,p2;30", "01,02;0.5,1"), ("p1;31", "01;2"), ("p1,p3;32", "01,03;1,0.25"), ("p2,p3;33", "02,03;1,1")]
    file = election(tmp_path, *points, *votes, ("p1;34", "01;3"), *numeric)
    found = comitia("recount", file, "--json").json
    assert found["scores"] == {"01": "13/2", "02": "2", "03": "5/4"}
    assert found["winners"] == ["01", "03"]


@pytest.mark.parametrize(
    ("listed", "order"),
    [
        pytest.param("lower_cost", ["p3", "p2"], id="the cheaper one first"),
        pytest.param("higher_cost,lot", ["p2", "p3"], id="the dearer one first"),
        pytest.param(" more_votes_elsewhere , lower_cost ", ["p3", "p2"], id="the first that tells them apart"),
    ],
)
def test_ties_are_broken_as_asked(tmp_path: Path, listed: str, order: list[str]) -> None:
    found = comitia("recount", election(tmp_path), "--tie-break", listed, "--json").json
    assert found["tie_break"] == [name.strip() for name in listed.split(",")]
    assert [tie["order"] for tie in found["ties"]] == [order]


def test_a_lot_can_be_drawn_again(tmp_path: Path) -> None:
    first, second = (comitia("recount", election(tmp_path), "--tie-break", "lot", "--json").json for _ in range(2))
    (tie,) = first["ties"]
    assert tie["lot"]["list"] == ["p2", "p3"]
    assert [draw["drawn"] for draw in tie["lot"]["draws"]] == tie["order"]
    assert len(tie["lot"]["seed"]) == 64
    assert first == second


REAL = {
    "greedy": "Poland_Czestochowa_2024_Trzech_Wieszczow.pb",
    "greedy-no-skip": "Poland_Gdynia_2022_Grabowek__small.pb",
    "greedy-threshold": "Poland_Lodz_2022_Nr_33.pb",
    "poznan-80": "Poland_Poznan_2025_13_-_Jezyce_Sw.Lazarz__small.pb",
}


@pytest.mark.parametrize(("rule", "name"), REAL.items(), ids=REAL)
def test_a_real_election_of_each_rule_matches(rule: str, name: str) -> None:
    found = comitia("recount", shared_data("pabulib", name), "--json")
    assert (found.status, found.json["rule"], found.json["official"]["matches"]) == (HELD, rule, True)
    assert set(found.json["winners"]) == set(found.json["official"]["winners"])


def test_what_looks_like_markup_is_printed_as_it_is(tmp_path: Path) -> None:
    file = election(tmp_path, ("p1;600", "[/b];600"), *([("p1", "[/b]")] * 4))
    found = comitia("recount", file)
    assert found.status == HELD
    assert "│ [/b]" in found.out


def test_equal_shares_say_how_far_add1_went_and_what_voters_prefer() -> None:
    """RULES §4: Wieliczka's official result appears at added budgets of 154 to 164 for each voter."""
    lines = comitia("recount", shared_data("pabulib", "Poland_Wieliczka_2023_Green_Budget.pb")).out.splitlines()
    assert lines[0] == "equal-shares: 6586 voters, 995079 of 1000000 spent"
    assert lines[-3:] == [
        "add1: 164 more for each voter, then no more (over budget)",
        "by satisfaction, 1615 prefer Equal Shares and 873 greedy: equal-shares is funded",
        "matches the official winners",
    ]


@pytest.mark.parametrize("rule", ["equal-shares", "phragmen", "greedy-exclusive", "equalshares/add1-comparison"])
def test_any_file_can_be_recounted_by_rules_that_need_whole_ballots(tmp_path: Path, rule: str) -> None:
    found = comitia("recount", election(tmp_path), "--rule", rule, "--json")
    assert (found.status, found.json["winners"], found.json["spent"]) == (HELD, ["p1", "p3"], "1000")
