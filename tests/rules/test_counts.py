"""A file of counts is read exactly, or refused with line, column, what was found and what is expected."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.refusal import Kind, Refused
from rules.charter import Charter
from rules.counts import decide_counts
from tests.rules.building import chamber, charter_data, motion, parsed, selection, template

HEADER = "chamber,voter,option,count\n"


def club(written: dict[str, Any] | None = None, **board: Any) -> Charter:
    chambers = [{"name": "board", "title": "The board", "roles": ["chair", "deputy"], **board}]
    return parsed(charter_data(chambers=chambers, matters=[motion(written or chamber())]))


def decided(charter: Charter, body: str, matter: str | None = None) -> dict[str, Any]:
    found = decide_counts(charter, HEADER + body, matter)
    assert not isinstance(found, Refused), found
    return found


def refusal(charter: Charter, text: str, matter: str | None = None) -> Refused:
    found = decide_counts(charter, text, matter)
    assert isinstance(found, Refused), found
    return found


ABSOLUTE = chamber(majority={"more_than": "1/2", "of": "members"})


def test_reads_totals() -> None:
    found = decided(club(), "board,,yes,7\nboard,,no,5\nboard,,abstain,1\n")
    assert (found["matter"], found["outcome"]) == ("motion", "adopted")
    board = found["chambers"]["board"]
    assert (board["yes"], board["no"], board["abstain"], board["base"]) == ("7", "5", "1", "12")


def test_reads_members_with_their_weights() -> None:
    found = decided(club(), "board,ana,yes,3/2\nboard,bo,no,1\nboard,cy,abstain,0.5\n")
    board = found["chambers"]["board"]
    assert (found["outcome"], board["yes"], board["no"], board["abstain"]) == ("adopted", "3/2", "1", "1/2")


MEMBERS = {
    "as many as voted, where nothing else is known": ({}, "board,,yes,6\nboard,,abstain,5\n", "11", "adopted"),
    "the absent count as members": ({}, "board,,yes,6\nboard,,absent,6\n", "12", "rejected"),
    "the declared seats count as members": ({"seats": {"exactly": 12}}, "board,,yes,6\n", "12", "rejected"),
    "seven of the declared seats": ({"seats": {"exactly": 12}}, "board,,yes,7\n", "12", "adopted"),
    "vacant seats count beside the absent": (
        {"seats": {"exactly": 12}},
        "board,,yes,6\nboard,,absent,2\n",
        "12",
        "rejected",
    ),
}


@pytest.mark.parametrize("row", MEMBERS.values(), ids=MEMBERS)
def test_who_the_members_are(row: tuple[dict[str, Any], str, str, str]) -> None:
    board, body, base, expected = row
    found = decided(club(ABSOLUTE, **board), body)
    assert (found["outcome"], found["chambers"]["board"]["base"]) == (expected, base)


def test_a_chamber_without_rows_has_not_voted() -> None:
    found = decided(template("bicameral-firm"), "board,,yes,7\n", "government")
    assert found["outcome"] == "pending"
    assert [(ask["chamber"], ask["kind"]) for ask in found["asks"]] == [("workers", "vote")]


def test_an_adviser_without_rows_has_kept_silent() -> None:
    found = decided(template("bicameral-firm"), "board,,yes,7\n", "management")
    assert found["advice"] == {"workers": {"opinion": "negative", "silent": True}}
    assert found["outcome"] == "adopted"


CASTING = {
    "the chair's row is the casting vote too": ("board,chair,yes,1\nboard,ana,no,1\n", "adopted"),
    "the chair's no rejects": ("board,chair,no,1\nboard,ana,yes,1\n", "rejected"),
    "a deputy's row is not": ("board,deputy,yes,1\nboard,ana,no,1\n", "tied"),
    "the chair among totals": ("board,,yes,6\nboard,,no,6\nboard,chair,yes,1\n", "adopted"),
}


@pytest.mark.parametrize("row", CASTING.values(), ids=CASTING)
def test_a_casting_vote_is_read_from_the_row_of_its_role(row: tuple[str, str]) -> None:
    body, expected = row
    assert decided(club(chamber(tie=[{"casting_vote": "chair"}])), body)["outcome"] == expected


def test_a_tie_that_wants_another_ballot_is_tied() -> None:
    assert decided(club(chamber(tie=["revote"])), "board,,yes,6\nboard,,no,6\n")["outcome"] == "tied"


SPELLINGS = {
    "a byte-order mark": "\ufeff" + HEADER + "board,,yes,7\n",
    "carriage returns": (HEADER + "board,,yes,7\n").replace("\n", "\r\n"),
    "empty lines and spaces": "\n" + HEADER + "\n board , ,yes, 7 \n\n",
    "quotes": '"chamber","voter","option","count"\n"board","","yes","7"\n',
    "columns in another order": "count,option,voter,chamber\n7,yes,,board\n",
    "a column more": "chamber,voter,option,count,source\nboard,,yes,7,minutes\n",
    "no end of line": HEADER + "board,,yes,7",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_reads_other_spellings_of_the_same_counts(text: str) -> None:
    found = decide_counts(club(), text)
    assert not isinstance(found, Refused), found
    assert found["chambers"]["board"]["yes"] == "7"


REFUSALS: dict[str, tuple[str, str, int, str, str]] = {
    "nothing at all": ("", "counts_empty", 1, "", "nothing"),
    "semicolons": ("chamber;voter;option;count\n", "wrong_delimiter", 1, "", "semicolons"),
    "tabs": ("chamber\tvoter\toption\tcount\n", "wrong_delimiter", 1, "", "tabs"),
    "a column missing": ("chamber,voter,option\n", "column_missing", 1, "count", "no such column"),
    "a column twice": ("chamber,voter,option,count,count\n", "column_twice", 1, "count", "2 times"),
    "a field missing": (HEADER + "board,,yes\n", "row_length", 2, "", "3 columns"),
    "an unknown chamber": (HEADER + "senate,,yes,1\n", "unknown_chamber", 2, "chamber", "'senate'"),
    "an unknown option": (HEADER + "board,,yes,1\nboard,,maybe,1\n", "unknown_option", 3, "option", "'maybe'"),
    "a negative count": (HEADER + "board,,yes,-1\n", "negative_count", 2, "count", "-1"),
    "a count in words": (HEADER + "board,,yes,many\n", "not_a_number", 2, "count", "'many'"),
    "a count with an exponent": (HEADER + "board,,yes,1e3\n", "not_a_number", 2, "count", "'1e3'"),
    "no count": (HEADER + "board,,yes,\n", "not_a_number", 2, "count", "''"),
    "a number twice": (HEADER + "board,,yes,1\nboard,,yes,1\n", "row_twice", 3, "option", "line 2"),
    "a member with two votes": (HEADER + "board,ana,yes,1\nboard,ana,no,1\n", "voter_twice", 3, "voter", "'ana'"),
    "totals below the members": (
        HEADER + "board,,yes,1\nboard,ana,yes,1\nboard,bo,yes,1\n",
        "totals_differ",
        2,
        "count",
        "1 yes",
    ),
    "counts whose sum could not be written": (
        HEADER + "board,ana,yes,1/1000000000000000000000000000003\nboard,bo,no,1/1000000000000000000000000000007\n"
        "board,cy,no,1/3\n",
        "counts_too_fine",
        3,
        "count",
        "1/1000000000000000000000000000007",
    ),
    "an unclosed quote": (HEADER + 'board,"ana,yes,1\n', "counts_not_csv", 3, "", ""),
}


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS)
def test_refuses_and_names_line_and_column(row: tuple[str, str, int, str, str]) -> None:
    text, reason, line, column, found = row
    refused = refusal(club(), text)
    assert (refused.reason, refused.kind, refused.details["column"]) == (reason, Kind.INVALID, column)
    assert found in str(refused.details["found"])
    assert refused.details["line"] in (line, line + 1 if reason == "counts_not_csv" else line)
    assert refused.details["expected"]


def test_a_file_is_read_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEADER + "board,,yes,7\n"
    monkeypatch.setattr("rules.counts_csv.MAX_CHARACTERS", len(text))
    assert not isinstance(decide_counts(club(), text), Refused)
    assert refusal(club(), text + "\n") == Refused(
        "counts_too_long",
        kind=Kind.INVALID,
        say="these counts cannot be used as they are",
        line=1,
        column="",
        found=f"{len(text) + 1} characters",
        expected=f"at most {len(text)} characters",
    )


FINE = {
    "as fine as can be": (2**60, None),
    "nearly so, and odd": (10**18 - 1, None),
    "a digit finer": (10**19 - 1, "counts_too_fine"),
}


@pytest.mark.parametrize(("part", "reason"), FINE.values(), ids=FINE)
def test_counts_are_as_fine_as_their_sum_can_be_written(part: int, reason: str | None) -> None:
    found = decide_counts(club(), f"{HEADER}board,,yes,1/{5**60}\nboard,,no,1/{part}\n")
    assert (found.reason if isinstance(found, Refused) else None) == reason


def test_refuses_more_votes_than_seats() -> None:
    refused = refusal(club(seats={"exactly": 2}), HEADER + "board,,yes,2\nboard,,no,1\n")
    assert (refused.reason, refused.details["found"]) == ("more_votes_than_seats", "3 in board")


SWISS = {
    "rows of the derived chamber itself": ("cantons,,yes,12\n", "chamber_not_counted", "by unit"),
    "totals without units": ("people,,yes,12\n", "units_missing", "rows by unit"),
    "an unknown unit": ("people,XX,yes,12\n", "unknown_voter", "one of ZH"),
    "totals that are not the sum of the units": ("people,,yes,3\npeople,ZH,yes,2\n", "totals_differ", "2, the sum"),
    "totals that no unit has": ("people,,yes,3\npeople,ZH,yes,0\n", "totals_differ", "0, the sum"),
}


@pytest.mark.parametrize("row", SWISS.values(), ids=SWISS)
def test_refuses_what_a_derived_chamber_cannot_be_counted_from(row: tuple[str, str, str]) -> None:
    body, reason, expected = row
    refused = refusal(template("ch-double-majority"), HEADER + body)
    assert refused.reason == reason
    assert expected in str(refused.details["expected"])


def test_totals_that_are_the_sum_of_the_units_are_read_once() -> None:
    body = "people,,yes,5\npeople,,blank,9\npeople,ZH,yes,2\npeople,BE,yes,3\npeople,BE,no,1\n"
    people = decided(template("ch-double-majority"), body)["chambers"]["people"]
    assert (people["yes"], people["no"]) == ("5", "1")


def test_units_without_rows_did_not_vote_and_remain_members() -> None:
    found = decided(template("ch-double-majority"), "people,ZH,yes,2\npeople,BE,yes,3\npeople,OW,no,1\n")
    cantons = found["chambers"]["cantons"]
    assert (cantons["yes"], cantons["no"], cantons["base"]) == ("2", "1/2", "23")
    assert "no count: LU" in found["reasons"][0]["text"]


def test_a_matter_is_needed_where_there_are_several() -> None:
    firm = template("bicameral-firm")
    assert refusal(firm, HEADER).reason == "matter_needed"
    unknown = refusal(firm, HEADER, "war")
    assert (unknown.reason, unknown.details["matters"]) == ("unknown_matter", "government, management")


def test_a_selection_is_not_decided_so() -> None:
    charter = parsed(charter_data(matters=[selection()]))
    assert refusal(charter, HEADER).reason == "matter_needed"
    assert refusal(charter, HEADER, "projects").reason == "unknown_matter"
