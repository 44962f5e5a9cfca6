"""A file that is not as it should be: status 2, one line naming file, line, field, what was found and what is right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rules import templates
from tests.cli.running import HELD, WRONG, comitia, election, written

pytestmark = pytest.mark.slow

FIRM = templates.text("bicameral-firm")


def changed(old: str, new: str) -> str:
    assert old in FIRM, old
    return FIRM.replace(old, new, 1)


CHARTERS = [
    pytest.param(
        changed("    title: The board", "    colour: red\n    title: The board"), 18, "chambers[0].colour",
        "the unknown field 'colour'", "only fields that a charter has", id="an unknown field",
    ),
    pytest.param(
        changed("next: null", "next: decisions"), 15, "phases[0].next", "decisions → decisions", "phases that end",
        id="a cycle of phases",
    ),
    pytest.param(
        changed("more_than: 1/2", "more_than: 3/2"), 32, "matters[0].decision.all_of[0].majority.more_than", "3/2",
        "a share from 0 to 1", id="a share of 3/2",
    ),
    pytest.param(
        changed("more_than: 1/2", "more_than: 1/0"), 32, "matters[0].decision.all_of[0].majority.more_than", "1/0",
        "an exact number", id="a division by zero",
    ),
    pytest.param(
        changed("name: workers\n", "name: board\n"), 21, "chambers[1].name", "'board' 2 times", "each name in chambers once",
        id="two chambers of one name",
    ),
    pytest.param(
        changed("    title: The board", "    title: x\n    title: The board"), 19, None, "the key 'title' a second time",
        "each key once", id="a key twice",
    ),
    pytest.param(
        changed("chamber: board", "chamber: clients"), 29, "matters[0].decision", "'clients'", "one of board, workers",
        id="a chamber that is not there",
    ),
    pytest.param(changed("comitia: 1", "comitia: 2"), 1, "comitia", "2", "1", id="a later version"),
    pytest.param(changed("name: bicameral-firm\n", ""), 1, "name", "nothing", "the field 'name'", id="no name"),
    pytest.param("a: &x [1]\nb: *x\n", 2, None, "the alias *x", "the value itself", id="an alias"),
    pytest.param("comitia: !!python/object:os.system 1\n", 1, None, "python/object", "without a tag", id="a tag"),
    pytest.param("[" * 100 + "]" * 100, 1, None, "nesting 41 deep", "at most 40", id="deep nesting"),
    pytest.param("", 1, None, "an empty document", "a mapping that starts with comitia: 1", id="an empty file"),
    pytest.param(FIRM + "#" * 300_000, 1, None, "characters", "at most 262144 characters", id="a huge file"),
    pytest.param(bytes(range(256)), 2, None, "byte 0x80", "UTF-8 text", id="a binary file"),
    pytest.param(changed("The board", "Le comité").encode("latin-1"), 18, None, "byte 0xe9", "UTF-8", id="Latin-1"),
    pytest.param(FIRM.encode("utf-16"), 1, None, "byte 0xff", "UTF-8 text", id="UTF-16"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "found", "expected"), CHARTERS)
@pytest.mark.parametrize("by", ["check", "decide"])
def test_refuses_a_charter(
    tmp_path: Path, text: str | bytes, line: int, field: str | None, found: str, expected: str, by: str
) -> None:
    file = written(tmp_path / "mine.yaml", text)
    table = written(tmp_path / "counts.csv", "chamber,voter,option,count\n")
    arguments = ("charter", "check", file) if by == "check" else ("decide", file, table)
    said, told = comitia(*arguments).complaint, comitia(*arguments, "--json").error
    assert said.startswith(f"{file}:{line}: ")
    assert said == told["message"]
    details = told["details"]
    assert (details["file"], details["line"], details.get("field")) == (str(file), str(line), field)
    assert found in details["found"]
    assert expected in details["expected"]


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""], ids=["with a byte-order mark", "without"])
def test_a_charter_saved_by_a_windows_editor_is_the_same_charter(tmp_path: Path, mark: bytes) -> None:
    file = written(tmp_path / "mine.yaml", mark + FIRM.encode().replace(b"\n", b"\r\n"))
    found = comitia("charter", "check", file, "--json")
    assert found.status == HELD
    assert found.json == comitia("charter", "check", "bicameral-firm", "--json").json


POINTS = [
    ("approval", "cumulative"), ("vote;age", "vote;points"), ("p2;30", "p2;1,2"), ("p1;31", "p1;3"), ("p3;32", "p3;1,1"),
    ("p3;33", "p3;1,1"), ("p1;34", "p1;2"),
]  # fmt: skip

ELECTIONS = [
    pytest.param([("META", "\ufeffMETA")], 1, "file", "a byte-order mark", "without a byte-order mark", id="a mark"),
    pytest.param([("v5;p1;34\n", "")], 22, "num_votes", "4 rows in VOTES", "5 rows", id="truncated by a row"),
    pytest.param([("v5;p1;34\n", "v5;p")], 22, "row", "2 fields", "3 fields", id="truncated within a row"),
    pytest.param([("project_id;", "project_id,")], 12, "header", "project_id,cost", "separated by ;", id="delimiter"),
    pytest.param([("v1;p1,p2;30", "v1,p1,p2,30")], 18, "row", "1 fields", "3 fields", id="a row with commas"),
    pytest.param([("rule;greedy", "rule;method-of-my-uncle")], 8, "rule", "my-uncle", "one of greedy", id="a rule"),
    pytest.param([("v2;p1;31", "v2;p9;31")], 19, "vote", "p9", "a project_id of PROJECTS", id="an unknown project"),
    pytest.param([("budget;1000", "budget;1000,50")], 6, "budget", "1000,50", "1000.50", id="a decimal comma"),
    pytest.param([*POINTS, ("p1;3", "p1;0,5")], 19, "points", "2 numbers", "one for each", id="a comma in points"),
    pytest.param([("p2;500", "p2;-500")], 14, "cost", "-500", "a number", id="a negative cost"),
    pytest.param([("v2;p1;31", "v1;p1;31")], 19, "voter_id", "v1", "each voter once", id="a voter twice"),
    pytest.param([("v1;p1,p2", "v1;p1,p1")], 18, "vote", "p1,p1", "each project once", id="a project twice"),
    pytest.param([("vote_type;approval", "vote_type;scoring")], 7, "vote_type", "scoring", "approval", id="a form"),
    pytest.param([("budget;1000\n", "")], 1, "budget", "nothing", "META to give budget", id="no budget"),
]


@pytest.mark.parametrize(("changes", "line", "field", "found", "expected"), ELECTIONS)
@pytest.mark.parametrize("by", ["recount", "import"])
def test_refuses_a_pabulib_file(
    tmp_path: Path, changes: list[tuple[str, str]], line: int, field: str, found: str, expected: str, by: str
) -> None:
    file, data = election(tmp_path, *changes), tmp_path / "data"
    arguments = (by, file, *(("--data", data) if by == "import" else ()))
    said, told = comitia(*arguments).complaint, comitia(*arguments, "--json").error
    assert said.startswith(f"{file}:{line}: ")
    details = told["details"]
    assert (details["line"], details["field"]) == (str(line), field)
    assert found in details["found"]
    assert expected in details["expected"]
    assert not data.exists()


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), 1, "byte 0x89", id="an image"),
        pytest.param(b"\x00" * 64, 1, "\\x00", id="zeros"),
        pytest.param(b"", 1, "the end of the file", id="nothing"),
        pytest.param(b"META\n" + b"x" * 200_000, 2, "field larger than", id="one endless field"),
    ],
)
def test_refuses_what_is_no_pabulib_file(tmp_path: Path, text: bytes, line: int, found: str) -> None:
    file = written(tmp_path / "x.pb", text)
    said = comitia("recount", file).complaint
    assert said.startswith(f"{file}:{line}: ")
    assert found in said


@pytest.mark.parametrize("by", ["recount", "import"])
@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        pytest.param(["--rule", "fair"], "rule", "one of greedy, greedy-no-skip", id="an unknown rule"),
        pytest.param(["--tie-break", "oldest"], "tie_break", "lower_cost", id="an unknown tie-break"),
        pytest.param(["--tie-break", "lot,lower_cost"], "tie_break", "lot last", id="a lot before another"),
        pytest.param(["--tie-break", ""], "tie_break", "one or more of", id="no tie-break"),
    ],
)
def test_refuses_options_that_cannot_be_followed(
    tmp_path: Path, by: str, options: list[str], field: str, expected: str
) -> None:
    data = tmp_path / "data"
    told = comitia(by, election(tmp_path), *options, *(("--data", data) if by == "import" else ()), "--json").error
    assert (told["details"]["field"], "file" in told["details"]) == (field, False)
    assert expected in told["details"]["expected"]
    assert not data.exists()


GOOD_ROWS = "chamber,voter,option,count\nboard,,yes,7\n"

COUNTS = [
    pytest.param("board,,yes,7\n", 1, "chamber", "no such column", "the header", id="no header"),
    pytest.param(GOOD_ROWS.replace(",", ";"), 1, "", "semicolons", "commas between columns", id="semicolons"),
    pytest.param(GOOD_ROWS + "board,,no\n", 3, "", "3 columns", "4 columns", id="a row cut off"),
    pytest.param(GOOD_ROWS + "board,,perhaps,1\n", 3, "option", "'perhaps'", "one of yes, no", id="an unknown option"),
    pytest.param(GOOD_ROWS + "club,,no,1\n", 3, "chamber", "'club'", "one of board, workers", id="an unknown chamber"),
    pytest.param(GOOD_ROWS + "board,,no,five\n", 3, "count", "'five'", "a number such as 12", id="no number"),
    pytest.param(GOOD_ROWS + "board,,no,-5\n", 3, "count", "-5", "0 or more", id="a negative number"),
    pytest.param(GOOD_ROWS + 'board,,no,"5,5"\n', 3, "count", "'5,5'", "8.5 or 17/2", id="a decimal comma"),
    pytest.param(GOOD_ROWS + "board,,yes,6\n", 3, "option", "as in line 2", "each number once", id="a number twice"),
    pytest.param("", 1, "", "nothing", "the header", id="an empty file"),
]


@pytest.mark.parametrize(("text", "line", "column", "found", "expected"), COUNTS)
def test_refuses_a_table_of_counts(
    tmp_path: Path, text: str, line: int, column: str, found: str, expected: str
) -> None:
    file = written(tmp_path / "counts.csv", text)
    arguments = ("decide", "bicameral-firm", file, "--matter", "government")
    said, told = comitia(*arguments).complaint, comitia(*arguments, "--json").error
    assert said.startswith(f"{file}:{line}: ")
    assert told["details"]["column"] == column
    assert found in told["details"]["found"]
    assert expected in told["details"]["expected"]


READERS = [
    pytest.param(("recount",), id="recount"),
    pytest.param(("charter", "check"), id="charter check"),
    pytest.param(("decide", "bicameral-firm"), id="decide"),
    pytest.param(("verify",), id="verify"),
]


@pytest.mark.parametrize("reader", READERS)
def test_a_folder_is_no_file(tmp_path: Path, reader: tuple[str, ...]) -> None:
    assert comitia(*reader, tmp_path).complaint == f"{tmp_path}: the file cannot be read: Is a directory"


@pytest.mark.parametrize("reader", [READERS[0], READERS[2], READERS[3]])
def test_a_file_that_is_not_there(tmp_path: Path, reader: tuple[str, ...]) -> None:
    file = tmp_path / "nothing"
    told = comitia(*reader, file, "--json").error
    assert told["error"] == "file_unreadable"
    assert told["message"] == f"{file}: the file cannot be read: No such file or directory"


@pytest.mark.parametrize("reader", READERS)
def test_what_a_file_holds_cannot_write_on_the_terminal(tmp_path: Path, reader: tuple[str, ...]) -> None:
    hostile = "\x1b[2K\rok everything \u202e\n"
    file = written(tmp_path / "hostile", f"{hostile}{hostile};\x1b[0m")
    said = comitia(*reader, file)
    assert said.status == WRONG
    assert not set("\x1b\r\u202e") & set(said.err)


def test_a_name_that_is_no_text_can_be_named(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.pb"))
    said = comitia("recount", written(file, b""))
    assert said.complaint.startswith(f"{tmp_path}/\\udcff.pb:1: ")
