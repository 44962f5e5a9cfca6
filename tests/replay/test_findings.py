"""A difference is named by its smallest part, and every check stands in the report."""

from __future__ import annotations

from typing import Any

import pytest

from replay.findings import CHECKS, MAX_FINDINGS_PER_CHECK, MISSING, Findings, differences

DIFFERENCES: dict[str, tuple[Any, Any, list[tuple[str, Any, Any]]]] = {
    "equal values have none": ({"a": [1, "x"]}, {"a": [1, "x"]}, []),
    "a number in an object": ({"a": {"b": 1}}, {"a": {"b": 2}}, [("p.a.b", 1, 2)]),
    "an item of a list": ([1, 2], [1, 3], [("p[1]", 2, 3)]),
    "lists of other lengths differ as a whole": ([1], [1, 2], [("p", [1], [1, 2])]),
    "a field too few": ({"a": 1}, {}, [("p.a", 1, MISSING)]),
    "a field too many": ({}, {"a": 1}, [("p.a", MISSING, 1)]),
    "true is not 1": (1, True, [("p", 1, True)]),
    "a number is not its text": (1, "1", [("p", 1, "1")]),
    "null is not a missing field": ({"a": None}, {}, [("p.a", None, MISSING)]),
}


@pytest.mark.parametrize(("expected", "found", "named"), DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_names_each_difference(expected: Any, found: Any, named: list[tuple[str, Any, Any]]) -> None:
    assert list(differences(expected, found, "p")) == named


def test_counts_every_wrong_thing_and_lists_the_first_of_them() -> None:
    findings = Findings()
    for index in range(MAX_FINDINGS_PER_CHECK + 5):
        findings.expect("tallies", index, "score", "1", "2")
    check = findings.checks["tallies"]
    assert (check.count, check.wrong, len(check.findings)) == (25, 25, MAX_FINDINGS_PER_CHECK)
    assert check.findings[3].sentence() == "tallies: event 3: score: expected 1, found 2"
    assert not findings.held()


def test_every_check_is_in_the_report_even_when_nothing_was_counted() -> None:
    assert list(Findings().checks) == list(CHECKS)
    assert Findings().held()
