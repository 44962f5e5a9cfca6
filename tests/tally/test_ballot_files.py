"""BLT and CSV files of ballots: read as they were published, or refused with line, field, what was found and is right."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernel.refusal import Kind, Refused
from tally import blt, ranked_csv
from tally.ballot_file import MAX_CANDIDATES, MAX_NAME, NOT_RANKED, BallotFile, as_grades, seed_of
from tally.papers import OVERVOTED, SKIPPED

GOOD = """# A ward
4 2
-2 # withdrew
3 1 3 4 0
4 1 3 2 0
2 4 1 3 0 # late
1 0
0.5 2 4 - 3 1 0
0
"Ana Roe"
Bo Li
"Cé # Ôté"
Di Marco # an independent
"Ward 2"
"""


def good(text: str) -> BallotFile:
    found = blt.parse(text)
    assert isinstance(found, BallotFile), found
    return found


def test_reads_candidates_seats_withdrawals_weights_names_and_title() -> None:
    found = good(GOOD)
    assert found.groups == {
        ("1", "3", "4"): 3,
        ("1", "3"): 4,
        ("4", "1", "3"): 2,
        (): 1,
        ("4", SKIPPED, "3", "1"): Fraction(1, 2),
    }
    assert found.names == {"1": "Ana Roe", "3": "Cé # Ôté", "4": "Di Marco"}
    assert [(name, option.submitted) for name, option in found.options.items()] == [("1", 1), ("3", 2), ("4", 3)]
    assert (found.seats, found.title, found.withdrawn, found.scale) == (2, "Ward 2", ("Bo Li",), ())


def test_equal_ballots_add_up_and_their_order_never_changes_the_seed() -> None:
    lines = GOOD.split("\n")
    twice = "\n".join([*lines[:3], "1 1 3 4 0", "2 01 3 4 0", *lines[4:]])
    backwards = "\n".join([*lines[:3], *reversed(lines[3:8]), *lines[8:]])
    assert good(twice).groups == good(GOOD).groups
    assert seed_of(good(backwards)) == seed_of(good(twice)) == seed_of(good(GOOD))
    assert seed_of(good(GOOD.replace("3 1 3 4 0", "4 1 3 4 0"))) != seed_of(good(GOOD))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + GOOD, id="a byte-order mark"),
        pytest.param(GOOD.replace("\n", "\r\n"), id="lines ended as Windows ends them"),
        pytest.param(GOOD.replace("\n", "\n\n"), id="empty lines"),
        pytest.param(GOOD.replace(" 3 ", "   3\t"), id="more space"),
        pytest.param(GOOD.rstrip("\n"), id="no end of the last line"),
        pytest.param(GOOD.replace("4 2\n", "4 2 # candidates, seats\n"), id="a comment on the header"),
        pytest.param(GOOD.replace("3 1 3 4 0", "3 01 003 4 0"), id="numbers with zeros before them"),
    ],
)
def test_what_does_not_matter_in_a_blt_file(text: str) -> None:
    assert good(text).groups == good(GOOD).groups


def test_a_title_may_be_missing() -> None:
    assert good(GOOD.replace('"Ward 2"\n', "")).title == ""


def test_candidates_may_withdraw_on_one_line_or_on_several() -> None:
    withdrawn = ("Ana Roe", "Bo Li", "Di Marco")
    assert good(GOOD.replace("-2 #", "-2\n-4 -1 #")).withdrawn == withdrawn
    assert good(GOOD.replace("-2 #", "-4 -2 -1 #")).groups == {("3",): 9, (): 1, (SKIPPED, "3"): Fraction(1, 2)}


def ward(candidates: int, seats: int, name: str = "c") -> str:
    """A BLT file with one ballot."""
    names = "".join(f"{name}{place}\n" for place in range(1, candidates + 1))
    return f"{candidates} {seats}\n1 1 0\n0\n{names}"


def graded(candidates: int, grades: int) -> str:
    """A CSV file of grades with one ballot."""
    names = "".join(f",c{place}" for place in range(candidates))
    scale = "".join(f",g{place}" for place in range(grades))
    return f"scale{scale}\ncount{names}\n1,g0{',' * (candidates - 1)}\n"


AS_MANY = [
    pytest.param(blt.parse, ward(1, 1), id="one candidate"),
    pytest.param(blt.parse, ward(MAX_CANDIDATES, blt.MAX_SEATS), id="as many candidates and seats as can be"),
    pytest.param(blt.parse, ward(1, 1, "x" * (MAX_NAME - 1)), id="a name as long as can be"),
    pytest.param(ranked_csv.parse, graded(1, 2), id="one candidate on two grades"),
    pytest.param(ranked_csv.parse, graded(MAX_CANDIDATES, ranked_csv.MAX_GRADES), id="as many grades as can be"),
]


@pytest.mark.parametrize(("parse", "text"), AS_MANY)
def test_reads_as_few_and_as_many_as_there_may_be(parse: Callable[[str], BallotFile | Refused], text: str) -> None:
    found = parse(text)
    assert isinstance(found, BallotFile), found
    assert len(found.options) in (1, MAX_CANDIDATES)
    assert list(found.groups.values()) == [1]


def test_a_name_may_be_the_longest_but_no_longer() -> None:
    refused(blt.parse(ward(1, 1, "x" * MAX_NAME)), 4, "name of candidate 1", "201 characters", "at most 200")


DAMAGED = [
    pytest.param("", GOOD, 1, "header", "the end of the file", "the numbers of candidates", id="an empty file"),
    pytest.param("4", "4 2", 2, "header", "4", "candidates and of seats", id="no seats"),
    pytest.param("four 2", "4 2", 2, "header", "four 2", "candidates and of seats", id="a number in words"),
    pytest.param("4 -2", "4 2", 2, "header", "4 -2", "candidates and of seats", id="seats below nothing"),
    pytest.param("4 0", "4 2", 2, "seats", "0", "1 to", id="no seat to fill"),
    pytest.param("0 2", "4 2", 2, "candidates", "0", f"1 to {MAX_CANDIDATES}", id="nobody stands"),
    pytest.param("999999 2", "4 2", 2, "candidates", "999999", f"1 to {MAX_CANDIDATES}", id="too many stand"),
    pytest.param("1001 2", "4 2", 2, "candidates", "1001", f"1 to {MAX_CANDIDATES}", id="one stands too many"),
    pytest.param("4 1001", "4 2", 2, "seats", "1001", "1 to 1000 seats", id="a seat too many"),
    pytest.param("x" * 60, "4 2", 2, "header", "x" * 60, "candidates and of seats", id="found in sixty characters"),
    pytest.param("x" * 61, "4 2", 2, "header", "xx… (61 char", "candidates and of seats", id="found in sixty-one"),
    pytest.param("-5", "-2", 3, "withdrawn", "5", "1 to 4", id="someone withdraws who does not stand"),
    pytest.param("-2 3 #", "-2 #", 3, "withdrawn", "3", "as -2", id="a withdrawal and something else"),
    pytest.param("3 1 3 4", "3 1 3 4 0", 4, "ballot", "3 1 3 4", "ends in 0", id="a ballot without its end"),
    pytest.param("3", "3 1 3 4 0", 4, "ballot", "3", "ends in 0", id="a ballot of its weight alone"),
    pytest.param("3 1 5 0", "3 1 3 4 0", 4, "ballot", "5", "1 to 4", id="a fifth of four candidates"),
    pytest.param("3 1 0 4 0", "3 1 3 4 0", 4, "ballot", "0", "1 to 4", id="two ballots on a line"),
    pytest.param("3 1 3 1 0", "3 1 3 4 0", 4, "ballot", "1", "once", id="a candidate twice"),
    pytest.param("3 1 03 3 0", "3 1 3 4 0", 4, "ballot", "3", "once", id="a candidate twice, spelled otherwise"),
    pytest.param("3 1=3 4 0", "3 1 3 4 0", 4, "ballot", "1=3", "equal ranks", id="equal ranks"),
    pytest.param("3 1 x 0", "3 1 3 4 0", 4, "ballot", "x", "1 to 4", id="a word for a candidate"),
    pytest.param("3 ١ 0", "3 1 3 4 0", 4, "ballot", "١", "1 to 4", id="another script's digits"),
    pytest.param("0 1 0", "3 1 3 4 0", 4, "weight", "0", "above 0", id="no weight"),
    pytest.param("-3 1 0", "3 1 3 4 0", 4, "withdrawn", "1", "as -2", id="a weight below nothing"),
    pytest.param("1e9 1 0", "3 1 3 4 0", 4, "weight", "1e9", "above 0", id="a float's weight"),
    pytest.param("9" * 19 + " 1 0", "3 1 3 4 0", 4, "weight", "9", "18 digits", id="a weight of nineteen digits"),
    pytest.param("-3 0", "4 1 3 2 0", 5, "weight", "-3", "above 0", id="a withdrawal among the ballots"),
    pytest.param("", '0\n"Ana', 9, "weight", "Roe", "above 0", id="no 0 after the ballots"),
    pytest.param("", '"Ward 2"\n', 14, "names", "the end", "candidate 4 of 4", id="a name too few"),
    pytest.param('"Ward 2"\nmore', '"Ward 2"', 15, "end", "more", "nothing after", id="a line too many"),
    pytest.param('"Ward 2', '"Ward 2"', 14, "name", '"Ward 2', "in quotes", id="a title's quote that is not closed"),
    pytest.param("Ana Roe", "Bo Li", 11, "name of candidate 2", "Ana Roe", "line 10", id="a name twice"),
    pytest.param('""', "Bo Li", 11, "name of candidate 2", "nothing", "a name", id="an empty name"),
    pytest.param('"Bo Li', "Bo Li", 11, "name", '"Bo Li', "in quotes", id="a quote that is not closed"),
    pytest.param('"Bo" "Li"', "Bo Li", 11, "name", '"Bo" "Li"', "one text", id="two names on a line"),
    pytest.param("x" * 201, "Bo Li", 11, "name of candidate 2", "201 characters", "at most 200", id="a name too long"),
]


@pytest.mark.parametrize(("new", "old", "line", "field", "found", "expected"), DAMAGED)
def test_refuses_a_damaged_blt_file(new: str, old: str, line: int, field: str, found: str, expected: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if field == "names":
        text = text.replace("Di Marco # an independent\n", "")
        line = text.count("\n") + 1
    refused(blt.parse(text), line, field, found, expected)


def refused(answer: BallotFile | Refused, line: int, field: str, found: str, expected: str) -> None:
    assert isinstance(answer, Refused), answer
    assert answer.kind is Kind.INVALID
    assert (answer.details["line"], answer.details["field"]) == (line, field), answer
    assert found in str(answer.details["found"]), answer
    assert expected in str(answer.details["expected"]), answer


def test_a_blt_file_that_ends_among_its_ballots_says_so() -> None:
    refused(blt.parse("2 1\n3 1 2 0\n"), 3, "ballots", "the end of the file", "0, alone on a line")


RANKED = """count,rank1,rank2,rank3
12,"Roe, Ana",Bo,undervote
3,Bo,overvote,UWI
2,,Bo,
1,undervote,undervote,undervote
2,"Roe, Ana",Bo,undervote
"""
GRADED = """scale,excellent,good,"so, so",poor
count,Ana,Bo
3,excellent,"so, so"
2,good,
1,,
"""


def read(text: str) -> BallotFile:
    found = ranked_csv.parse(text)
    assert isinstance(found, BallotFile), found
    return found


def test_reads_ranks_by_name_with_undervotes_and_overvotes() -> None:
    found = read(RANKED)
    assert found.names == {"1": "Bo", "2": "Roe, Ana", "UWI": "UWI"}
    assert found.groups == {
        ("2", "1", SKIPPED): 14,
        ("1", OVERVOTED, "UWI"): 3,
        (SKIPPED, "1", SKIPPED): 2,
        (SKIPPED, SKIPPED, SKIPPED): 1,
    }


def test_reads_grades_with_their_scale_and_none_where_a_cell_is_empty() -> None:
    found = read(GRADED)
    assert (found.scale, found.names) == (("excellent", "good", "so, so", "poor"), {"1": "Ana", "2": "Bo"})
    assert found.groups == {(("1", "excellent"), ("2", "so, so")): 3, (("1", "good"),): 2, (): 1}
    assert as_grades(found) is found


def test_ballots_that_come_to_the_same_choice_add_up() -> None:
    assert read(RANKED + "4,undervote,Bo,undervote\n").groups[(SKIPPED, "1", SKIPPED)] == 6
    assert read(GRADED + "5,good,\n").groups[(("1", "good"),)] == 7
    assert as_grades(read(RANKED + "4,Bo,,\n")).groups[(("1", "rank 1"),)] == 6


@pytest.mark.parametrize("text", [RANKED, GRADED])
def test_what_does_not_matter_in_a_csv_file(text: str) -> None:
    for same in ("\ufeff" + text, text.replace("\n", "\r\n"), text.replace("\n", "\r"), text.replace("\n", "\n , \n")):
        assert read(same) == read(text)


def test_a_name_is_kept_with_the_line_break_in_it() -> None:
    assert "Roe,\r\nAna" in read(RANKED.replace("Roe, Ana", "Roe,\r\nAna")).names.values()


def test_the_seed_is_the_hash_of_names_and_ballots_as_canonical_json() -> None:
    ranked = read("count,rank1,rank2\n2,Bo,UWI\n0.5,overvote,Bo\n")
    assert (
        seed_of(ranked) == sha256(b'[["Bo","UWI"],[[[["1"],["UWI"]],"2"],[[["overvoted rank"],["1"]],"1/2"]]]').digest()
    )
    graded = read("scale,good,bad\ncount,Ana,Bo\n3,good,bad\n")
    assert seed_of(graded) == sha256(b'[["Ana","Bo"],[[[["1","good"],["2","bad"]],"3"]]]').digest()


def test_the_rows_of_a_csv_file_may_stand_in_any_order() -> None:
    header, *rows = RANKED.splitlines()
    other = read("\n".join([header, *reversed(rows)]))
    assert (other.names, other.groups, seed_of(other)) == (
        read(RANKED).names,
        read(RANKED).groups,
        seed_of(read(RANKED)),
    )


def test_rankings_become_grades_for_majority_judgment() -> None:
    found = as_grades(read(RANKED))
    assert found.scale == ("rank 1", "rank 2", "rank 3", NOT_RANKED)
    assert found.groups == {
        (("1", "rank 2"), ("2", "rank 1")): 14,
        (("1", "rank 1"), ("UWI", "rank 2")): 3,
        (("1", "rank 1"),): 2,
        (): 1,
    }


DAMAGED_CSV = [
    pytest.param(RANKED, "count", "votes", 1, "header", "votes,rank1", "count,rank1", id="another header"),
    pytest.param(RANKED, "rank2", "rank3", 1, "header", "rank1,rank3", "count,rank1", id="ranks out of order"),
    pytest.param(RANKED, ",rank1,rank2,rank3", "", 1, "header", "count", "count,rank1", id="no ranks"),
    pytest.param(RANKED, "2,,Bo,", "2,Bo", 4, "row", "2 fields", "4 fields", id="a row too short"),
    pytest.param(RANKED, "2,,Bo,", "2,,Bo,,", 4, "row", "5 fields", "4 fields", id="a row too long"),
    pytest.param(RANKED, "3,Bo", "0,Bo", 3, "count", "0", "above 0", id="no ballots"),
    pytest.param(RANKED, "3,Bo", "-3,Bo", 3, "count", "-3", "above 0", id="ballots below nothing"),
    pytest.param(RANKED, "3,Bo", "three,Bo", 3, "count", "three", "above 0", id="a number in words"),
    pytest.param(RANKED, "3,Bo", f"3,{'x' * 201}", 3, "rank1", "201 characters", "at most 200", id="a name too long"),
    pytest.param(RANKED, '12,"Roe, Ana"', '12,"Roe, Ana', 2, "row", "expected after", "quoted", id="an open quote"),
    pytest.param(GRADED, ",good,", ",excellent,", 1, "scale", "excellent,excellent", "each once", id="a grade twice"),
    pytest.param(
        GRADED, ',excellent,good,"so, so",poor', ",excellent", 1, "scale", "excellent", "2 to", id="one grade"
    ),
    pytest.param(
        GRADED, ",good,", ",,", 1, "scale", "excellent,,so, so,poor", "each once", id="a grade without a word"
    ),
    pytest.param(
        graded(1, 101), "scale,", "scale,", 1, "scale", "g0,g1", "2 to 100 grades", id="a grade too many on the scale"
    ),
    pytest.param(
        graded(1001, 2), "count,", "count,", 2, "candidates", "1001", "1 to 1000", id="more to grade than can be"
    ),
    pytest.param(GRADED, "count,Ana", "votes,Ana", 2, "header", "votes,Ana,Bo", "count, and", id="no count of grades"),
    pytest.param(GRADED, "2,good", "0,good", 4, "count", "0", "above 0", id="grades on no ballots"),
    pytest.param(GRADED, ",Ana,Bo", "", 2, "header", "count", "names", id="nobody to grade"),
    pytest.param(GRADED, "Ana,Bo", "Ana,Ana", 2, "name of candidate 2", "Ana", "line 2", id="a name twice"),
    pytest.param(GRADED, "Ana,Bo", "Ana,", 2, "name of candidate 2", "nothing", "a name", id="an empty name"),
    pytest.param(
        GRADED, "2,good,", "2,great,", 4, "Ana", "great", "one of excellent, good", id="a grade not in the scale"
    ),
    pytest.param(GRADED, "2,good,", "2,good", 4, "row", "2 fields", "3 fields", id="a grade too few"),
]


@pytest.mark.parametrize(("text", "old", "new", "line", "field", "found", "expected"), DAMAGED_CSV)
def test_refuses_a_damaged_csv_file(
    text: str, old: str, new: str, line: int, field: str, found: str, expected: str
) -> None:
    assert old in text
    refused(ranked_csv.parse(text.replace(old, new, 1)), line, field, found, expected)


def test_refuses_files_without_ballots_or_candidates() -> None:
    refused(ranked_csv.parse(""), 1, "header", "nothing", "count,rank1")
    refused(ranked_csv.parse("count,rank1\n"), 1, "candidates", "0", "1 to")
    refused(ranked_csv.parse("scale,a,b\n"), 2, "header", "the end of the file", "names")


@pytest.mark.slow
@settings(max_examples=500)
@given(
    base=st.sampled_from([GOOD, RANKED, GRADED]),
    start=st.integers(0, 200),
    length=st.integers(0, 40),
    put=st.text(max_size=12) | st.sampled_from(["0", "-", "=", '"', ",", "\n", "\x00", "#", "1 2 0"]),
)
@example(GOOD, 0, 0, "\x00")
@example(RANKED, 24, 0, '"')
def test_no_damage_is_more_than_a_refusal_with_its_line(base: str, start: int, length: int, put: str) -> None:
    text = base[:start] + put + base[start + length :]
    for found in (blt.parse(text), ranked_csv.parse(text)):
        if isinstance(found, Refused):
            assert set(found.details) == {"line", "field", "found", "expected"}
            assert isinstance(found.details["line"], int)
            assert 1 <= found.details["line"] <= text.count("\n") + text.count("\r") + 2
        else:
            known = set(found.options) | {SKIPPED, OVERVOTED}
            named = {each[0] if isinstance(each, tuple) else each for said in found.groups for each in said}
            assert named <= known
            assert all(weight > 0 for weight in found.groups.values())
