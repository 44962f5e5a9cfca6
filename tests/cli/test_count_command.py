"""`comitia count`: ballots of a file by any method, as tables for people and as JSON, or why they cannot be counted."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tally.election import Method
from testkit.shared import shared_data
from tests.cli.running import COMMAND, HELD, WRONG, comitia, command, written

WARD = """4 2
9 1 2 0
4 2 1 0
4 3 2 0
1 4 0
1 0
0
"Ana Roe"
"Bo Li"
"[b]Cé Ôté"
"Di Marco"
"A ward"
"""
GRADES = """scale,excellent,good,poor
count,Ana,Bo
3,excellent,poor
2,good,excellent
2,,good
"""
RANKS = "count,rank1,rank2,rank3\n5,Ana,Bo,undervote\n4,Bo,overvote,Ana\n3,UWI,Bo,\n2,undervote,undervote,Ana\n"


def ward(folder: Path, text: str = WARD, name: str = "ward.blt") -> Path:
    return written(folder / name, text)


def test_prints_each_round_as_a_table_and_who_is_elected(tmp_path: Path) -> None:
    said = comitia("count", ward(tmp_path), "--method", "stv-scottish", "--table")
    assert (said.status, said.err) == (HELD, "")
    lines = [" ".join(line.replace("│", " ").split()) for line in said.out.splitlines()]
    assert lines[0] == "stv-scottish: 2 seats, 4 candidates, 19 ballots (1 blank)"
    assert "round 1, quota 7" in lines
    assert "Ana Roe 9.00000 elected" in lines
    assert "round 2, quota 7, after the surplus of Ana Roe" in lines
    assert "Ana Roe -2.00000 7.00000" in lines
    assert "Bo Li +1.99998 5.99998" in lines
    assert "(exhausted) +0.00002 0.00002" in lines
    assert "round 3, quota 7, after the elimination of Di Marco" in lines
    assert "[b]Cé Ôté 4.00000 eliminated" in lines
    assert lines[-1] == "elected: Ana Roe, Bo Li"


def test_json_has_names_in_the_place_of_ids(tmp_path: Path) -> None:
    found = comitia("count", ward(tmp_path), "--method", "stv-scottish", "--json").json
    assert (found["quota"], found["elected"], found["title"]) == ("7", ["Ana Roe", "Bo Li"], "A ward")
    first = found["rounds"][0]
    assert first["tally"] == {"Ana Roe": "9.00000", "Bo Li": "4.00000", "[b]Cé Ôté": "4.00000", "Di Marco": "1.00000"}
    assert (first["elected"], first["eliminated"]) == (["Ana Roe"], [])
    assert first["transfers"] == [{"from": ["Ana Roe"], "votes": {"Bo Li": "1.99998"}, "exhausted": "0.00002"}]
    assert [each["eliminated"] for each in found["rounds"]] == [[], ["Di Marco"], ["[b]Cé Ôté"], []]


def on_a_terminal(*arguments: object) -> str:
    """What the installed command shows on a terminal as its standard output."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([COMMAND, *map(str, arguments)], stdout=theirs, stderr=subprocess.DEVNULL):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the end of a terminal
            while read := os.read(ours, 4096):
                shown += read
    os.close(ours)
    return shown.decode()


def test_prints_json_where_nobody_reads_and_tables_on_a_terminal(tmp_path: Path) -> None:
    counted = ("count", ward(tmp_path), "--method", "stv-scottish")
    assert command(*counted).json == comitia(*counted, "--json").json
    assert on_a_terminal(*counted).startswith("stv-scottish: 2 seats, 4 candidates, 19 ballots (1 blank)\r\n")


def strings(value: Any) -> list[str]:
    """Every text in a document, keys too."""
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in [key, *strings(each)]]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("method", Method)
def test_every_method_counts_a_blt_file_and_tells_no_id(tmp_path: Path, method: Method) -> None:
    found = comitia("count", ward(tmp_path), "--method", method, "--seats", "1", "--json").json
    assert {"method", "quota", "elected", "rounds", "ties"} <= set(found)
    assert found["elected"][0] in ("Ana Roe", "Bo Li")
    names = {"Ana Roe", "Bo Li", "[b]Cé Ôté", "Di Marco"}
    assert set(found["rounds"][0]["tally"]) == names
    assert all({"tally", "elected", "eliminated", "transfers"} <= set(each) for each in found["rounds"])
    said = comitia("count", ward(tmp_path), "--method", method, "--seats", "1", "--table")
    assert said.out.endswith(f"elected: {found['elected'][0]}\n")


def test_majority_judgment_counts_grades_and_shows_them(tmp_path: Path) -> None:
    file = written(tmp_path / "grades.csv", GRADES)
    found = comitia("count", file, "--method", "majority-judgment", "--json").json
    assert found["elected"] == ["Ana"]
    assert found["merits"]["Ana"]["grades"] == {"excellent": "3", "good": "2", "poor": "2"}
    assert found["merits"]["Bo"]["grade"] == "good"
    said = comitia("count", file, "--method", "majority-judgment", "--table")
    assert "grade or better" in said.out


def test_minneapolis_ranks_are_read_with_their_skips(tmp_path: Path) -> None:
    found = comitia("count", written(tmp_path / "ranks.csv", RANKS), "--method", "irv-minneapolis", "--json").json
    first, second = found["rounds"]
    assert (first["tally"], first["eliminated"], first["skipped"]) == (
        {"Ana": "5", "Bo": "4", "UWI": "3"},
        ["UWI"],
        "2",
    )
    assert (second["tally"], found["elected"]) == ({"Ana": "5", "Bo": "7"}, ["Bo"])


def test_a_lot_is_drawn_from_the_ballots_and_told_by_name(tmp_path: Path) -> None:
    tied = "2 1\n3 1 0\n3 2 0\n0\nAna\nBo\n"
    first, second = (comitia("count", ward(tmp_path, tied), "--method", "irv", "--json").json for _ in range(2))
    assert first == second
    (tie,) = first["ties"]
    assert (tie["round"], tie["decides"], sorted(tie["lot"]["list"])) == (1, "elimination", ["Ana", "Bo"])
    assert [draw["drawn"] for draw in tie["lot"]["draws"]] == tie["order"]
    said = comitia("count", ward(tmp_path, tied), "--method", "irv", "--table").out
    assert f"tie in round 1 (elimination): {', '.join(tie['order'])} in this order, by lot" in said
    earlier = comitia(
        "count", ward(tmp_path, tied), "--method", "irv", "--tie-break", "earlier_submission", "--json"
    ).json
    assert (earlier["elected"], earlier["ties"][0]["broken_by"]) == (["Ana"], "earlier_submission")


@pytest.mark.parametrize(("method", "seats"), [("irv", 1), ("irv-minneapolis", 1), ("stv-meek", 2), ("schulze", 2)])
def test_the_files_seats_are_filled_or_one_by_run_off(tmp_path: Path, method: str, seats: int) -> None:
    found = comitia("count", ward(tmp_path), "--method", method, "--json").json
    assert (found["seats"], len(found["elected"])) == (seats, seats)
    assert comitia("count", written(tmp_path / "a.csv", RANKS), "--method", method, "--json").json["seats"] == 1


def test_who_withdrew_is_named_and_not_counted(tmp_path: Path) -> None:
    file = ward(tmp_path, WARD.replace("4 2\n", "4 2\n-1\n", 1))
    found = comitia("count", file, "--method", "irv", "--seats", "1", "--json").json
    assert (found["withdrawn"], found["rounds"][0]["tally"]["Bo Li"]) == (["Ana Roe"], "13")
    assert "withdrawn: Ana Roe" in comitia("count", file, "--method", "irv", "--seats", "1", "--table").out


BAD_FILES = [
    pytest.param("ward.blt", WARD.replace("9 1 2 0", "9 1 7 0"), 2, "ballot", "7", "1 to 4", id="nobody's number"),
    pytest.param("ward.blt", WARD.replace("4 2\n", "", 1), 1, "header", "9 1 2 0", "candidates and of", id="no header"),
    pytest.param("ward.blt", "", 1, "header", "the end of the file", "numbers of candidates", id="an empty file"),
    pytest.param("a.csv", RANKS.replace("4,Bo", "x,Bo"), 3, "count", "x", "above 0", id="no number of ballots"),
    pytest.param("a.csv", "name,votes\nAna,3\n", 1, "header", "name,votes", "count,rank1", id="another CSV file"),
    pytest.param("b.txt", GRADES.replace("3,excellent", "3,superb"), 3, "Ana", "superb", "good", id="an unknown grade"),
    pytest.param("ward.blt", b"2 1\n1 \xff 0\n", 2, None, "byte 0xff", "UTF-8 text", id="a binary file"),
]


@pytest.mark.parametrize(("name", "text", "line", "field", "found", "expected"), BAD_FILES)
def test_a_bad_file_is_refused_with_file_and_line(
    tmp_path: Path, name: str, text: str | bytes, line: int, field: str | None, found: str, expected: str
) -> None:
    file = written(tmp_path / name, text)
    error = comitia("count", file, "--method", "irv", "--json").error
    details = error["details"]
    assert (details["file"], details["line"], details.get("field")) == (str(file), str(line), field)
    assert (found in details["found"], expected in details["expected"]) == (True, True), details
    assert comitia("count", file, "--method", "irv").complaint.startswith(f"{file}:{line}: ")


BAD_OPTIONS = [
    pytest.param(["--method", "plurality"], "plurality", "one of stv-scottish", id="an unknown method"),
    pytest.param(
        ["--method", "irv", "--seats", "2"], "irv fills one seat, found 2", "", id="two seats by instant run-off"
    ),
    pytest.param(["--method", "stv-meek", "--seats", "0"], "seats", "greater than or equal to 1", id="no seat"),
    pytest.param(["--method", "stv-meek", "--tie-break", "age"], "age", "previous_stage", id="an unknown tie-break"),
    pytest.param(
        ["--method", "irv", "--tie-break", "lower_cost"], "lower_cost", "lot", id="costs, which no file tells"
    ),
    pytest.param(
        ["--method", "borda", "--tie-break", "lot,earlier_submission"], "nothing follows", "", id="a lot first"
    ),
    pytest.param(["--method", "borda", "--tie-break", "previous_stage"], "no stages", "", id="stages of Borda's"),
]


@pytest.mark.parametrize(("options", "found", "expected"), BAD_OPTIONS)
def test_options_that_cannot_be_followed_are_refused(
    tmp_path: Path, options: list[str], found: str, expected: str
) -> None:
    complaint = comitia("count", ward(tmp_path), *options).complaint
    assert (found in complaint, expected in complaint) == (True, True), complaint
    assert comitia("count", ward(tmp_path), *options, "--json").error["message"] == complaint


def test_grades_are_not_counted_as_rankings(tmp_path: Path) -> None:
    said = comitia("count", written(tmp_path / "grades.csv", GRADES), "--method", "borda")
    assert (said.status, "majority-judgment" in said.complaint) == (WRONG, True)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in comitia("count", tmp_path / "none.blt", "--method", "irv").complaint


@pytest.mark.slow
def test_the_installed_command_counts_real_elections() -> None:
    glasgow = shared_data("stv", "glasgow_2017_ward_2_newlands_auldburn.blt")
    found = command("count", glasgow, "--method", "stv-scottish", "--seats", "3").json
    assert (found["quota"], len(found["rounds"])) == ("1816", 7)
    assert found["elected"] == ["Josephine DOCHERTY SNP", "Stephen CURRAN LAB", "Kyle THORNTON CON"]
    minneapolis = shared_data("stv", "minneapolis_2017_mayor_ballots.csv")
    assert command("count", minneapolis, "--method", "irv-minneapolis", "--json").json["elected"] == ["Jacob Frey"]
