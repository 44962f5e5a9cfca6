"""A damaged Pabulib file is refused with its line, the field, what was found and what would be right."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.refusal import Kind, Refused
from tally.forms import MAX_OPTIONS
from tally.pabulib import PabulibFile, Recount, parse, read, recount
from tally.pabulib_file import Project

GOOD = """META
key;value
description;Test
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;greedy
max_length;2
PROJECTS
project_id;cost;votes;name;selected
p1;600;3;"A bench; blue";1
p2;500;2;B;0
p3;400.0;1;C;1
VOTES
voter_id;vote;age
v1;p1,p2;30
v2;p1;31
v3;p1,p3;32
v4;p2;33
"""
POINTS = GOOD.replace("approval", "cumulative").replace("vote;age", "vote;points")
POINTS = POINTS.replace("p2;30", "p2;1,2").replace("p1;31", "p1;3").replace("p3;32", "p3;1,1").replace("p2;33", "p2;2")
ORDINAL = GOOD.replace("approval", "ordinal")
CHOOSE = GOOD.replace("approval", "choose-1").replace("p1,p2", "p1").replace("p1,p3", "p1")


def test_the_undamaged_files_are_read_and_recounted() -> None:
    for text in (GOOD, POINTS, ORDINAL, CHOOSE, GOOD.replace("\n", "\r\n"), GOOD.rstrip("\n"), GOOD + "\n\n"):
        file = parse(text)
        assert isinstance(file, PabulibFile)
        assert (len(file.projects), len(file.votes)) == (3, 4)
        assert isinstance(recount(file), Recount)


SCORED = GOOD.replace("cost;votes", "cost;score")


def test_what_does_not_matter_in_a_file() -> None:
    spaced = GOOD.replace("PROJECTS\n", "  \n;;\nPROJECTS\n").replace("v2", " ; ;\nv2")
    for same in (GOOD.replace("\n", "\r"), GOOD.replace("\n", "\r\n"), spaced, GOOD.replace("p1,p2;", " p1 , p2 ;")):
        file, known = parse(same), parse(GOOD)
        assert isinstance(file, PabulibFile)
        assert isinstance(known, PabulibFile)
        assert (file.meta, file.votes) == (known.meta, known.votes)
        assert [project.name for project in file.projects] == ["A bench; blue", "B", "C"]


def test_reads_what_is_published_of_each_project() -> None:
    text = GOOD.replace("cost;votes;name", "cost;votes;name;category;score").replace(
        '"A bench; blue"', '"A\r\nbench";art;7'
    )
    file = parse(text.replace("2;B;0", ";;;;0").replace("1;C;1", "1;C;parks;;3"))
    assert isinstance(file, PabulibFile)
    assert file.projects == (
        Project("p1", "A\r\nbench", "art", Fraction(600), Fraction(3), Fraction(7), 1, line=12),
        Project("p2", "p2", None, Fraction(500), None, None, 0, line=14),
        Project("p3", "C", "parks", Fraction(400), Fraction(1), None, 3, line=15),
    )


def test_a_length_may_be_the_greatest_that_can_be_counted() -> None:
    file = parse(GOOD.replace("max_length;2", f"max_length;{MAX_OPTIONS}"))
    assert isinstance(file, PabulibFile)
    assert file.numbers["max_length"] == MAX_OPTIONS


DAMAGED = [
    pytest.param(GOOD, "\ufeffMETA", "META", 1, "file", "byte-order mark", "byte_order_mark", id="a byte-order mark"),
    pytest.param(GOOD, "", "META\n", 1, "section", "META", "section_missing", id="no META"),
    pytest.param(GOOD, "", "PROJECTS\n", 10, "row", "2 fields", "row_malformed", id="no PROJECTS"),
    pytest.param(GOOD, "META", "PROJECTS", 10, "section", "PROJECTS", "file_malformed", id="META twice"),
    pytest.param(GOOD, "key,value", "key;value", 2, "header", "separated by ;", "delimiter_wrong", id="a comma in META"),
    pytest.param(
        GOOD, "voter_id\tvote\tage", "voter_id;vote;age", 16, "header", "separated by ;", "delimiter_wrong",
        id="tabs in VOTES",
    ),
    pytest.param(
        GOOD, "voter_id", "voter_id;vote;age", 16, "header", "separated by ;", "column_missing", id="one column of VOTES"
    ),
    pytest.param(
        GOOD, "p2;33\nMETA", "p2;33", 21, "section", "no further section", "file_malformed", id="a section after VOTES"
    ),
    pytest.param(GOOD, "", "budget;1000\n", 1, "budget", "META to give", "key_missing", id="no line for the budget"),
    pytest.param(GOOD, "500;x;B", "500;2;B", 13, "votes", "a number", "number_malformed", id="votes in words"),
    pytest.param(SCORED, "500;x;B", "500;2;B", 13, "score", "a number", "number_malformed", id="a score in words"),
    pytest.param(
        GOOD, f"p2;{'9' * 60};", "p2;500;", 13, "cost", "9" * 60, "number_malformed", id="found in sixty characters"
    ),
    pytest.param(
        GOOD, f"p2;{'9' * 61};", "p2;500;", 13, "cost", "9… (61 char", "number_malformed", id="found in sixty-one"
    ),
    pytest.param(
        GOOD, "max_length;65536", "max_length;2", 9, "max_length", "65535", "number_malformed", id="a length too great"
    ),
    pytest.param(GOOD, "v1,p1", "v1;p1", 17, "row", "3 fields", "row_malformed", id="a comma between two fields"),
    pytest.param(GOOD, "ballot", "vote;age", 16, "header", "voter_id;vote", "column_missing", id="no column for votes"),
    pytest.param(POINTS, "marks", "points", 16, "header", "points", "column_missing", id="no column for points"),
    pytest.param(GOOD, "cost;cost", "cost;votes", 11, "header", "each column once", "file_malformed", id="a column twice"),
    pytest.param(GOOD, "budget;", "budget;1000", 6, "budget", "META to give", "key_missing", id="no budget"),
    pytest.param(GOOD, "rule;greedy\nrule", "rule", 9, "key", "line 8", "file_malformed", id="a key of META twice"),
    pytest.param(
        GOOD, "budget;1000,50", "budget;1000", 6, "budget", "1000.50", "decimal_comma", id="a decimal comma in META"
    ),
    pytest.param(GOOD, "p2;500,5;", "p2;500;", 13, "cost", "500.5", "decimal_comma", id="a decimal comma in a cost"),
    pytest.param(POINTS, "p2;2,5", "p2;2", 20, "points", "one for each", "points_mismatch", id="and in points"),
    pytest.param(POINTS, "1,x", "1,2", 17, "points", "a number", "number_malformed", id="points that are no number"),
    pytest.param(POINTS, "1,-2", "1,2", 17, "points", "a number", "number_malformed", id="negative points"),
    pytest.param(GOOD, "p2;-500;", "p2;500;", 13, "cost", "a number", "number_malformed", id="a negative cost"),
    pytest.param(GOOD, "p2;5e9;", "p2;500;", 13, "cost", "a number", "number_malformed", id="a power of ten"),
    pytest.param(GOOD, f"p2;{'9' * 5000};", "p2;500;", 13, "cost", "30 digits", "number_malformed", id="5,000 digits"),
    pytest.param(GOOD, "p2;٥٠٠;", "p2;500;", 13, "cost", "a number", "number_malformed", id="digits of another script"),
    pytest.param(GOOD, "max_length;1.5", "max_length;2", 9, "max_length", "whole", "number_malformed", id="1.5 projects"),
    pytest.param(
        ORDINAL, f"max_length;{10**29}", "max_length;2", 9, "max_length", "at most", "number_malformed",
        id="a ranking of 10^29 places",
    ),
    pytest.param(ORDINAL, "x_length", "max_length", 7, "max_length", "META to give", "file_malformed", id="no length"),
    pytest.param(
        GOOD, "vote_type;scoring", "vote_type;approval", 7, "vote_type", "approval, choose-1", "vote_type_unsupported",
        id="a vote type that is not counted here",
    ),
    pytest.param(GOOD, "p1;500;", "p2;500;", 13, "project_id", "line 12", "file_malformed", id="a project twice"),
    pytest.param(GOOD, ";500;", "p2;500;", 13, "project_id", "an id", "file_malformed", id="a project without id"),
    pytest.param(GOOD, '"p,2";500;', "p2;500;", 13, "project_id", "without commas", "file_malformed", id="a comma in it"),
    pytest.param(GOOD, "B;7", "B;0", 13, "selected", "0, 1, 2 or 3", "file_malformed", id="selected for an unknown why"),
    pytest.param(GOOD, "v1;p1;31", "v2;p1;31", 18, "voter_id", "line 17", "file_malformed", id="a voter twice"),
    pytest.param(GOOD, ";p1;31", "v2;p1;31", 18, "voter_id", "an id", "file_malformed", id="a voter without id"),
    pytest.param(GOOD, "p1,p9", "p1,p2", 17, "vote", "PROJECTS", "unknown_project", id="a vote for an unknown project"),
    pytest.param(GOOD, "p1,,p2", "p1,p2", 17, "vote", "PROJECTS", "unknown_project", id="a vote with a gap"),
    pytest.param(GOOD, "p1,p1", "p1,p2", 17, "vote", "each project once", "project_twice", id="a project twice in it"),
    pytest.param(CHOOSE, "p1,p2;31", "p1;31", 18, "vote", "exactly one", "file_malformed", id="two where one is chosen"),
    pytest.param(ORDINAL, "p1,p2,p3", "p1,p2", 17, "vote", "at most 2", "file_malformed", id="a ranking too long"),
    pytest.param(GOOD, "", "v4;p2;33\n", 20, "num_votes", "4 rows", "rows_missing_or_added", id="a vote cut off"),
    pytest.param(GOOD, "v4;p2", "v4;p2;33\n", 20, "row", "3 fields", "row_malformed", id="a row cut off"),
    pytest.param(
        GOOD, "", "p3;400.0;1;C;1\n", 18, "vote", "PROJECTS", "unknown_project", id="a project cut out"
    ),
    pytest.param(
        GOOD, "num_projects;4", "num_projects;3", 15, "num_projects", "4 rows", "rows_missing_or_added",
        id="fewer projects than META says",
    ),
    pytest.param(GOOD, '"A bench', '"A bench; blue"', 12, "row", "quoted", "row_malformed", id="a quote never closed"),
    pytest.param(GOOD, 'p1;600;3;"A"b;1', 'p1;600;3;"A bench; blue";1', 12, "row", "quoted", "row_malformed", id="in it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "put", "instead_of", "line", "field", "expected", "reason"), DAMAGED)
def test_refuses_a_damaged_file_saying_where_and_what(
    text: str, put: str, instead_of: str, line: int, field: str, expected: str, reason: str
) -> None:
    assert text.count(instead_of) >= 1
    found = parse(text.replace(instead_of, put, 1))
    assert isinstance(found, Refused)
    assert (found.reason, found.kind, found.details["line"], found.details["field"]) == (
        reason,
        Kind.INVALID,
        line,
        field,
    )
    assert expected in f"{found.details['found']} {found.details['expected']}"
    assert len(found.sentence()) < 500


@pytest.mark.parametrize(("cut", "due"), [("PROJECTS", "PROJECTS"), ("VOTES", "VOTES"), ("voter_id", "VOTES")])
def test_a_file_that_ends_before_a_section_is_refused(cut: str, due: str) -> None:
    found = parse(GOOD[: GOOD.index(cut)])
    assert isinstance(found, Refused)
    assert (found.reason, found.details["found"]) == ("section_missing", "the end of the file")
    assert due in str(found.details["expected"])


def test_bytes_that_are_not_utf_8_are_refused_with_their_line() -> None:
    found = read(GOOD.encode().replace(b"blue", b"bl\xfce"))
    assert isinstance(found, Refused)
    assert (found.reason, found.details["line"], found.details["found"]) == ("encoding_wrong", 12, "byte 0xfc")
    second = read(b"\n\xff")
    assert isinstance(second, Refused)
    assert (second.details["line"], second.details["found"]) == (2, "byte 0xff")


RECOUNT_REFUSED = [
    pytest.param("equalshares/add2", None, None, "rule_unsupported", "equalshares/add1u", id="a rule not known"),
    pytest.param("greedy-custom", None, None, "rule_unsupported", "80 %", id="a custom rule that META does not tell"),
    pytest.param(
        "greedy-threshold", None, None, "threshold_missing", "META to give", id="a threshold rule without one"
    ),
    pytest.param("greedy", "knapsack", None, "rule_unsupported", "poznan-80", id="another rule, unknown"),
    pytest.param("greedy", "greedy-threshold", None, "threshold_missing", "META to give", id="another, without number"),
    pytest.param("greedy", None, ["oldest"], "tie_break_wrong", "earlier_submission", id="an unknown tie-break"),
    pytest.param("greedy", None, ["previous_stage"], "tie_break_wrong", "lot", id="a tie-break of counts in stages"),
    pytest.param("greedy", None, [], "tie_break_wrong", "one or more", id="an empty list of tie-breaks"),
    pytest.param("greedy", None, ["lot", "lower_cost"], "tie_break_wrong", "lot last", id="a lot before another"),
    pytest.param("greedy", None, ["lot", "lot"], "tie_break_wrong", "once", id="a tie-break twice"),
]


@pytest.mark.parametrize(("in_meta", "rule", "tie_break", "reason", "expected"), RECOUNT_REFUSED)
def test_refuses_a_recount_that_cannot_be_made(
    in_meta: str, rule: str | None, tie_break: list[str] | None, reason: str, expected: str
) -> None:
    file = parse(GOOD.replace("rule;greedy", f"rule;{in_meta}"))
    assert isinstance(file, PabulibFile)
    found = recount(file, rule, tie_break)
    assert isinstance(found, Refused)
    assert found.reason == reason
    assert expected in str(found.details["expected"])


LINES = GOOD.splitlines(keepends=True)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good file with lines dropped, doubled, swapped, and characters changed."""
    lines = list(draw(st.sampled_from([GOOD, POINTS, ORDINAL, CHOOSE])).splitlines(keepends=True))
    for _ in range(draw(st.integers(1, 3))):
        place, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(["drop", "double", "swap", "character", "cut", "field"]))
        if change == "drop" and len(lines) > 1:
            del lines[place]
        elif change == "double":
            lines.insert(other, lines[place])
        elif change == "swap":
            lines[place], lines[other] = lines[other], lines[place]
        elif change == "character":
            at = draw(st.integers(0, len(lines[place])))
            lines[place] = lines[place][:at] + draw(st.characters(codec="utf-8")) + lines[place][at + 1 :]
        elif change == "cut":
            lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        else:
            fields = lines[place].split(";")
            fields[-1] = draw(st.from_regex(r"-?[0-9.,e]{0,40}", fullmatch=True)) + "\n"
            lines[place] = ";".join(fields)
    return "".join(lines)


@settings(max_examples=400)
@given(damaged() | st.text() | st.text(alphabet='META;\n\r"VOTES,1\x00').map(lambda text: f"META\nkey;value\n{text}"))
def test_no_text_makes_the_parser_or_the_recount_raise(text: str) -> None:
    file = parse(text)
    if isinstance(file, PabulibFile):
        counted = recount(file, None, ["lower_cost", "lot"])
        assert isinstance(counted, Refused) or counted.count.ballots == len(file.votes)
    else:
        assert {"line", "field", "found", "expected"} <= set(file.details)


@given(st.binary())
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    assert isinstance(read(b"META\n" + data), Refused)
