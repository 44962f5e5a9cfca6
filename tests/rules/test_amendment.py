"""A running process's charter changes only where it says so itself."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.refusal import Refused
from rules.charter import Charter, amendment_changes, check_amendment
from tests.rules.building import chamber, charter_data, motion, parsed, selection


def club(allows: list[str] | None = None, **more: Any) -> Charter:
    amendment = None if allows is None else {"allows": allows}
    base = {
        "phases": [
            {"name": "ideas", "title": "Ideas", "closes": "2026-01-31", "next": "vote"},
            {"name": "vote", "title": "Vote", "votes": "projects", "closes": "2026-02-28"},
        ],
        "matters": [selection(), motion(chamber())],
        "amendment": amendment,
    }
    return parsed(charter_data(**{**base, **more}))


def with_budget(budget: str) -> list[dict[str, Any]]:
    return [selection(allocation={"rule": "greedy", "budget": budget}), motion(chamber())]


def with_vote_closing(day: str) -> list[dict[str, Any]]:
    data = [dict(phase) for phase in club().to_json()["phases"]]
    data[1]["closes"] = day
    return data


BUDGET, CLOSES = "/matters/projects/allocation/budget", "/phases/vote/closes"


def test_names_each_path_that_differs() -> None:
    changed = club(matters=with_budget("2000"), phases=with_vote_closing("2026-03-31"))
    assert amendment_changes(club(), changed) == [BUDGET, CLOSES]


def test_names_what_is_added_and_what_is_gone() -> None:
    fewer = club(matters=[selection()])
    assert amendment_changes(club(), fewer) == ["/matters/motion"]
    assert amendment_changes(fewer, club()) == ["/matters/motion"]


def test_names_a_list_whose_order_differs() -> None:
    swapped = club(matters=[motion(chamber()), selection()])
    assert amendment_changes(club(), swapped) == ["/matters"]


def test_names_the_items_that_an_empty_list_got() -> None:
    phases = club().to_json()["phases"]
    quiet = [{**phase, "allows": []} for phase in phases]
    busy = [{**quiet[0], "allows": ["enrol"]}, quiet[1]]
    assert amendment_changes(club(phases=quiet), club(phases=busy)) == ["/phases/ideas/allows"]


def test_escapes_slashes_in_names() -> None:
    old = parsed(charter_data(matters=[motion(chamber(), "a/b~c")]))
    new = parsed(charter_data(matters=[motion(chamber(majority={"more_than": "2/3"}), "a/b~c")]))
    assert amendment_changes(old, new) == ["/matters/a~1b~0c/decision/majority/more_than"]


GLOBS: dict[str, tuple[list[str], bool]] = {
    "the path itself": ([BUDGET], True),
    "a star for one part": (["/matters/*/allocation/budget"], True),
    "two stars for all that follows": (["/matters/**"], True),
    "two stars for all that follows a star": (["/matters/*/**"], True),
    "one star is not two parts": (["/matters/*"], False),
    "a parent is not its parts": (["/matters/projects/allocation"], False),
    "two stars are at least one part": ([BUDGET + "/**"], False),
    "another path": ([CLOSES], False),
    "two stars in the middle are a name": (["/matters/**/budget"], False),
    "a path longer than the glob": (["/matters/projects"], False),
    "a glob longer than the path": ([BUDGET + "/more"], False),
    "one of several": ([CLOSES, BUDGET], True),
}


@pytest.mark.parametrize("row", GLOBS.values(), ids=GLOBS)
def test_a_glob_allows_what_it_matches(row: tuple[list[str], bool]) -> None:
    globs, allowed = row
    found = check_amendment(club(globs), club(globs, matters=with_budget("2000")))
    assert isinstance(found, tuple) is allowed
    assert found == (BUDGET,) if allowed else isinstance(found, Refused)


def test_refuses_and_names_only_the_paths_that_are_not_allowed() -> None:
    changed = club([BUDGET], matters=with_budget("2000"), phases=with_vote_closing("2026-03-31"))
    found = check_amendment(club([BUDGET]), changed)
    assert isinstance(found, Refused)
    assert (found.reason, found.details["paths"]) == ("amendment_not_allowed", CLOSES)


def test_nothing_changes_without_an_amendment_clause() -> None:
    found = check_amendment(club(), club(matters=with_budget("2000")))
    assert isinstance(found, Refused)
    assert found.reason == "amendment_not_allowed"


def test_the_name_never_changes_whatever_is_allowed() -> None:
    found = check_amendment(club(["/**"]), club(["/**"], name="other"))
    assert isinstance(found, Refused)
    assert found.details["paths"] == "/name"


def test_the_charter_in_force_decides_and_not_the_new_one() -> None:
    found = check_amendment(club([CLOSES]), club([CLOSES, BUDGET], matters=with_budget("2000")))
    assert isinstance(found, Refused)
    assert found.details["paths"] == f"/amendment/allows, {BUDGET}"


def test_refuses_an_amendment_that_changes_nothing() -> None:
    found = check_amendment(club([BUDGET]), club([BUDGET]))
    assert isinstance(found, Refused)
    assert found.reason == "amendment_changes_nothing"
