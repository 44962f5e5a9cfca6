"""`comitia decide`: real double majorities and a firm's two chambers, decided from a table of counts, with the reasons."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules import templates
from testkit.shared import shared_data
from tests.cli.running import HELD, WRONG, comitia, written

HEADER = "chamber,voter,option,count"


def counts(folder: Path, *rows: str) -> Path:
    return written(folder / "counts.csv", "\n".join([HEADER, *rows, ""]))


def swiss(folder: Path, number: str) -> Path:
    """The cantons' published yes and no of a vote, as rows of counts."""
    with shared_data("swissvotes", "cantons.csv").open(encoding="utf-8", newline="") as file:
        vote = [row for row in csv.DictReader(file) if row["vote"] == number]
    assert vote
    return counts(folder, *(f"people,{row['canton']},{word},{row[word]}" for row in vote for word in ("yes", "no")))


def decided(charter: object, table: Path, *options: str) -> dict[str, Any]:
    said = comitia("decide", charter, table, "--json", *options)
    assert said.status == HELD, said.err
    found: dict[str, Any] = said.json
    return found


VOTES = [
    pytest.param(
        "636", ("1299129", "1261680"), ("17/2", "29/2"), "rejected", id="2020: the people for, cantons against"
    ),
    pytest.param("453", ("969310", "669158"), ("13", "10"), "adopted", id="1999: both for"),
    pytest.param("555", ("1152598", "1123802"), ("27/2", "19/2"), "adopted", id="2012: both for, by half cantons"),
    pytest.param("580", ("1463854", "1444552"), ("29/2", "17/2"), "adopted", id="2014: both for, by 19,302 votes"),
    pytest.param("624", ("872288", "1713501"), ("0", "23"), "rejected", id="2018: every canton against"),
    pytest.param("426", ("1250728", "114105"), ("23", "0"), "adopted", id="1996: every canton for"),
]


@pytest.mark.parametrize(("number", "people", "cantons", "outcome"), VOTES)
def test_a_swiss_vote_comes_out_as_published(
    tmp_path: Path, number: str, people: tuple[str, str], cantons: tuple[str, str], outcome: str
) -> None:
    found = decided("ch-double-majority", swiss(tmp_path, number))
    told = {name: (chamber["yes"], chamber["no"]) for name, chamber in found["chambers"].items()}
    assert told == {"people": people, "cantons": cantons}
    assert found["outcome"] == outcome


def test_json_is_what_the_contract_names(tmp_path: Path) -> None:
    found = decided("ch-double-majority", swiss(tmp_path, "636"))
    assert {"matter", "outcome", "chambers", "reasons"} <= set(found)
    assert found["chambers"]["cantons"] == {
        "outcome": "rejected",
        "yes": "17/2",
        "no": "29/2",
        "abstain": "0",
        "base": "23",
        "base_name": "members",
        "needed": "23/2",
        "quorum": None,
        "round": 1,
    }
    assert [(reason["rule"], reason["chamber"]) for reason in found["reasons"]] == [
        ("derived_chamber", "cantons"),
        ("majority", "people"),
        ("majority", "cantons"),
        ("all_of", None),
    ]
    numbers = [value for reason in found["reasons"] for value in reason["numbers"].values()]
    assert numbers
    assert all(isinstance(number, str) for number in numbers)


def test_text_gives_the_outcome_the_chambers_and_each_reason(tmp_path: Path) -> None:
    said = comitia("decide", "ch-double-majority", swiss(tmp_path, "636"))
    assert said.status == HELD
    lines = said.out.splitlines()
    assert lines[:3] == [
        "initiative: rejected",
        "  people: adopted (yes 1299129, no 1261680, abstain 0; of 2560809 expressed)",
        "  cantons: rejected (yes 17/2, no 29/2, abstain 0; of 23 members)",
    ]
    assert "yes: ZH, BE, FR, BS, TI, VD, NE, GE, JU; no: LU, UR" in lines[3]
    assert lines[-1] == "  - 1 of 2 adopt and 2 must: rejected"


def before_jura(folder: Path) -> Path:
    """The template with the cantons of 1975: Jura was founded in 1979."""
    document = yaml.safe_load(templates.text("ch-double-majority"))
    cantons = next(chamber for chamber in document["chambers"] if chamber["name"] == "cantons")
    cantons["units"] = [unit for unit in cantons["units"] if unit["code"] != "JU"]
    return written(folder / "1975.yaml", yaml.safe_dump(document, allow_unicode=True))


def test_eleven_cantons_to_eleven_in_1975_is_a_tie_that_rejects(tmp_path: Path) -> None:
    found = decided(before_jura(tmp_path), swiss(tmp_path, "246"))
    cantons = found["chambers"]["cantons"]
    assert (cantons["yes"], cantons["no"], cantons["base"]) == ("11", "11", "22")
    assert (found["chambers"]["people"]["outcome"], found["outcome"]) == ("adopted", "rejected")
    assert "tie_rejects" in [reason["rule"] for reason in found["reasons"]]


def test_a_canton_without_rows_is_said_not_to_count(tmp_path: Path) -> None:
    found = decided("ch-double-majority", swiss(tmp_path, "246"))
    cantons = found["chambers"]["cantons"]
    assert (cantons["yes"], cantons["no"], cantons["base"], found["outcome"]) == ("11", "11", "23", "rejected")
    assert "no count: JU" in found["reasons"][0]["text"]


LINE = [
    pytest.param((7, 5), (13, 12), "adopted", id="one more than half in both"),
    pytest.param((6, 6), (25, 0), "rejected", id="half the board is not a majority, whatever the workers say"),
    pytest.param((12, 0), (12, 12), "rejected", id="half the workers is not a majority, whatever the board says"),
    pytest.param((5, 7), (25, 0), "rejected", id="the board alone blocks"),
    pytest.param((12, 0), (12, 13), "rejected", id="the workers alone block"),
]


@pytest.mark.parametrize(("board", "workers", "outcome"), LINE)
def test_a_firm_needs_both_chambers_for_government(
    tmp_path: Path, board: tuple[int, int], workers: tuple[int, int], outcome: str
) -> None:
    totals = [("board", "yes", board[0]), ("board", "no", board[1])]
    totals += [("workers", "yes", workers[0]), ("workers", "no", workers[1])]
    table = counts(tmp_path, *(f"{chamber},,{option},{count}" for chamber, option, count in totals))
    assert decided("bicameral-firm", table, "--matter", "government")["outcome"] == outcome


def test_members_vote_with_their_weights(tmp_path: Path) -> None:
    rows = ["board,b-01,yes,2", "board,b-02,no,3/2", "board,b-03,abstain,1", "workers,,yes,2", "workers,,no,1"]
    found = decided("bicameral-firm", counts(tmp_path, *rows), "--matter", "government")
    board = found["chambers"]["board"]
    assert (board["yes"], board["no"], board["abstain"], board["base"]) == ("2", "3/2", "1", "7/2")
    assert (board["outcome"], found["outcome"]) == ("adopted", "adopted")


def test_a_chamber_still_to_vote_leaves_the_motion_pending(tmp_path: Path) -> None:
    table = counts(tmp_path, "board,,yes,7", "board,,no,5")
    found = decided("bicameral-firm", table, "--matter", "government")
    assert (found["outcome"], [ask["chamber"] for ask in found["asks"]]) == ("pending", ["workers"])
    said = comitia("decide", "bicameral-firm", table, "--matter", "government")
    assert said.out.endswith("  still to come: vote of workers\n")


def test_management_hears_the_workers_and_is_not_bound(tmp_path: Path) -> None:
    rows = ["board,,yes,7", "board,,no,5", "workers,,yes,3", "workers,,no,22"]
    found = decided("bicameral-firm", counts(tmp_path, *rows), "--matter", "management")
    assert found["advice"] == {"workers": {"opinion": "negative", "silent": False}}
    assert (found["chambers"]["workers"]["outcome"], found["outcome"]) == ("rejected", "adopted")


def test_silence_becomes_an_opinion(tmp_path: Path) -> None:
    table = counts(tmp_path, "board,,yes,7", "board,,no,5")
    found = decided("bicameral-firm", table, "--matter", "management")
    assert found["advice"] == {"workers": {"opinion": "negative", "silent": True}}
    assert found["outcome"] == "adopted"


@pytest.mark.parametrize(
    ("present", "met", "outcome"),
    [
        pytest.param(217, False, "inquorate", id="one less than more than half the seats"),
        pytest.param(218, True, "pending", id="more than half the seats: the senate is asked next"),
    ],
)
def test_a_quorum_is_told_with_its_numbers(tmp_path: Path, present: int, met: bool, outcome: str) -> None:
    table = counts(tmp_path, f"house,,yes,{present}", f"house,,absent,{435 - present}")
    found = decided("us-veto-override", table)
    quorum = found["chambers"]["house"]["quorum"]
    assert (quorum["present"], quorum["needed"], quorum["met"]) == (str(present), "435/2", met)
    assert found["outcome"] == outcome


def test_a_byte_order_mark_from_a_spreadsheet_changes_nothing(tmp_path: Path) -> None:
    plain = swiss(tmp_path, "636")
    marked = written(tmp_path / "marked.csv", b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n"))
    assert decided("ch-double-majority", marked) == decided("ch-double-majority", plain)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param([], "bicameral-firm: name the matter to decide (matters: government, management)", id="none"),
        pytest.param(
            ["--matter", "x"], "bicameral-firm: name one of the charter's motion matters (found: x", id="other"
        ),
    ],
)
def test_the_matter_must_be_one_of_the_charters(tmp_path: Path, options: list[str], told: str) -> None:
    said = comitia("decide", "bicameral-firm", counts(tmp_path, "board,,yes,7"), *options)
    assert said.status == WRONG
    assert said.complaint.startswith(told)


def test_a_charter_that_decides_nothing_says_so(tmp_path: Path) -> None:
    said = comitia("decide", "departmental-budget", counts(tmp_path, "residents,,yes,7"))
    assert said.complaint.startswith("departmental-budget: this charter decides no motions")
