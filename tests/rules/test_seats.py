"""Seats are checked against the charter, either side of each boundary."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.refusal import Refused
from rules.seats import Seats
from tests.rules.building import template


def board(name: str, **changes: Any) -> Seats:
    seats = template(name).chambers[0].seats
    assert seats is not None
    return seats.model_copy(update=changes)


def sides(first: str, ours: int, second: str, theirs: int) -> tuple[int, dict[str, int]]:
    return ours + theirs, {first: ours, second: theirs}


def parity(each: int) -> tuple[int, dict[str, int]]:
    return sides("shareholders", each, "workers", each)


MITBESTG: dict[str, tuple[int, int, bool]] = {
    "10,000 staff have six and six": (10000, 6, True),
    "10,000 staff do not have eight and eight": (10000, 8, False),
    "10,001 staff have eight and eight": (10001, 8, True),
    "10,001 staff do not have six and six": (10001, 6, False),
    "12,000 staff do not have seven and seven": (12000, 7, False),
    "20,000 staff have eight and eight": (20000, 8, True),
    "20,001 staff have ten and ten": (20001, 10, True),
    "20,001 staff do not have eight and eight": (20001, 8, False),
}


@pytest.mark.parametrize("row", MITBESTG.values(), ids=MITBESTG)
def test_de_mitbestg(row: tuple[int, int, bool]) -> None:
    staff, each, allowed = row
    assert (board("de-mitbestg", staff=staff).check(*parity(each)) is None) is allowed


def test_a_refusal_names_the_rule_and_the_numbers() -> None:
    refusal = board("de-mitbestg").check(*parity(7))
    assert isinstance(refusal, Refused)
    assert refusal.reason == "seats_not_as_declared"
    assert refusal.details == {"rule": "members exactly 16", "who": "members", "needed": 16, "got": 14}


def test_the_right_number_on_the_wrong_side_is_refused() -> None:
    refusal = board("de-mitbestg").check(*sides("shareholders", 9, "workers", 7))
    assert isinstance(refusal, Refused)
    assert refusal.details == {"rule": "shareholders exactly 8", "who": "shareholders", "needed": 8, "got": 9}


PACTE = {
    "eight directors and one employee": (8, 1, True),
    "eight directors and no employee": (8, 0, False),
    "nine directors and two employees": (9, 2, True),
    "nine directors and one employee": (9, 1, False),
}


@pytest.mark.parametrize("row", PACTE.values(), ids=PACTE)
def test_fr_pacte_board(row: tuple[int, int, bool]) -> None:
    appointed, employees, allowed = row
    found = board("fr-pacte-board").check(*sides("appointed", appointed, "employee", employees))
    assert (found is None) is allowed


OTHERS: dict[str, tuple[str, int | None, tuple[int, dict[str, int]], bool]] = {
    "a third of nine": ("de-drittelbg", 501, sides("shareholders", 6, "workers", 3), True),
    "less than a third": ("de-drittelbg", 501, sides("shareholders", 7, "workers", 2), False),
    "more than a third": ("de-drittelbg", 501, sides("shareholders", 5, "workers", 4), False),
    "none needed at 500 staff": ("de-drittelbg", 500, sides("shareholders", 3, "workers", 0), True),
    "two seats are too few": ("de-drittelbg", 500, sides("shareholders", 2, "workers", 0), False),
    "two at 25 staff in Sweden": ("se-board", 25, sides("owners", 5, "employees", 2), True),
    "one is too few at 25 staff in Sweden": ("se-board", 25, sides("owners", 5, "employees", 1), False),
    "none needed at 24 staff in Sweden": ("se-board", 24, sides("owners", 5, "employees", 0), True),
    "two at 999 staff in Sweden": ("se-board", 999, sides("owners", 5, "employees", 2), True),
    "three at 1,000 staff in Sweden": ("se-board", 1000, sides("owners", 5, "employees", 3), True),
    "two are too few at 1,000 staff in Sweden": ("se-board", 1000, sides("owners", 5, "employees", 2), False),
    "one beside a single member in Sweden": ("se-board", 25, sides("owners", 1, "employees", 1), True),
    "two beside a single member are too many in Sweden": ("se-board", 25, sides("owners", 1, "employees", 2), False),
    "two beside two in Sweden": ("se-board", 25, sides("owners", 2, "employees", 2), True),
    "one beside a single member at 1,000 staff in Sweden": (
        "se-board",
        1000,
        sides("owners", 1, "employees", 1),
        True,
    ),
    "more than half of six in Denmark": ("dk-board", 35, sides("owners", 6, "employees", 4), False),
    "three for five owners in Denmark": ("dk-board", 35, sides("owners", 5, "employees", 3), True),
    "half of fourteen in Denmark": ("dk-board", 35, sides("owners", 14, "employees", 7), True),
    "less than half of fourteen in Denmark": ("dk-board", 35, sides("owners", 14, "employees", 6), False),
    "half of six in Denmark": ("dk-board", 35, sides("owners", 6, "employees", 3), True),
    "less than half of six in Denmark": ("dk-board", 35, sides("owners", 6, "employees", 2), False),
    "half of five is rounded up in Denmark": ("dk-board", 35, sides("owners", 5, "employees", 2), False),
    "two for two owners in Denmark": ("dk-board", 35, sides("owners", 2, "employees", 2), True),
    "one for two owners in Denmark": ("dk-board", 35, sides("owners", 2, "employees", 1), False),
    "none needed at 34 staff in Denmark": ("dk-board", 34, sides("owners", 6, "employees", 0), True),
    "none needed at 30 staff in Norway": ("no-board", 30, sides("owners", 5, "employees", 0), True),
    "one at 31 staff in Norway": ("no-board", 31, sides("owners", 5, "employees", 1), True),
    "none is too few at 31 staff in Norway": ("no-board", 31, sides("owners", 5, "employees", 0), False),
    "two are too many at 31 staff in Norway": ("no-board", 31, sides("owners", 5, "employees", 2), False),
    "one at 50 staff in Norway": ("no-board", 50, sides("owners", 5, "employees", 1), True),
    "two on a board of eight in Norway": ("no-board", 51, sides("owners", 6, "employees", 2), True),
    "three on a board of eight are more than a third in Norway": (
        "no-board",
        51,
        sides("owners", 5, "employees", 3),
        False,
    ),
    "a third of nine in Norway": ("no-board", 51, sides("owners", 6, "employees", 3), True),
    "more than a third of nine in Norway": ("no-board", 51, sides("owners", 5, "employees", 4), False),
    "three at 201 staff in Norway": ("no-board", 201, sides("owners", 6, "employees", 3), True),
    "two at 51 staff in Norway": ("no-board", 51, sides("owners", 5, "employees", 2), True),
    "one is too few at 51 staff in Norway": ("no-board", 51, sides("owners", 5, "employees", 1), False),
    "two at 200 staff in Norway": ("no-board", 200, sides("owners", 5, "employees", 2), True),
    "two are too few at 201 staff in Norway": ("no-board", 201, sides("owners", 5, "employees", 2), False),
    "a quarter of eight in Finland": ("fi-board", 150, sides("owners", 8, "employees", 2), True),
    "more than a quarter of eight in Finland": ("fi-board", 150, sides("owners", 8, "employees", 3), False),
    "none is too few at 150 staff in Finland": ("fi-board", 150, sides("owners", 8, "employees", 0), False),
    "five are too many in Finland": ("fi-board", 150, sides("owners", 20, "employees", 5), False),
    "none needed at 149 staff in Finland": ("fi-board", 149, sides("owners", 8, "employees", 0), True),
    "five, five and one": ("de-montan", None, (11, {"shareholders": 5, "workers": 5, "neutral": 1}), True),
    "four in Finland": ("fi-board", 150, sides("owners", 16, "employees", 4), True),
    "one of four in Finland": ("fi-board", 150, sides("owners", 4, "employees", 1), True),
    "one of three is more than a quarter in Finland": ("fi-board", 150, sides("owners", 3, "employees", 1), False),
    "twenty-seven members of the Council": ("eu-council-qmv", None, (27, {}), True),
    "twenty-six members of the Council": ("eu-council-qmv", None, (26, {}), False),
    "twenty-eight members of the Council": ("eu-council-qmv", None, (28, {}), False),
    "two neutral members": ("de-montan", None, (11, {"shareholders": 5, "workers": 4, "neutral": 2}), False),
    "435 representatives": ("us-veto-override", None, (435, {}), True),
    "436 representatives": ("us-veto-override", None, (436, {}), False),
    "no neutral member": ("de-montan", None, (11, {"shareholders": 6, "workers": 5, "neutral": 0}), False),
}


@pytest.mark.parametrize("row", OTHERS.values(), ids=OTHERS)
def test_other_templates(row: tuple[str, int | None, tuple[int, dict[str, int]], bool]) -> None:
    name, staff, seats, allowed = row
    assert (board(name, staff=staff).check(*seats) is None) is allowed


LIMITS: dict[str, tuple[dict[str, Any], int, bool]] = {
    "exactly twelve": ({"exactly": 12}, 12, True),
    "eleven are not twelve": ({"exactly": 12}, 11, False),
    "at least three": ({"at_least": 3}, 3, True),
    "two are not three": ({"at_least": 3}, 2, False),
    "at most eighteen": ({"at_most": 18}, 18, True),
    "nineteen are too many": ({"at_most": 18}, 19, False),
    "an odd number": ({"odd": True}, 7, True),
    "an even number is not odd": ({"odd": True}, 8, False),
}


@pytest.mark.parametrize("row", LIMITS.values(), ids=LIMITS)
def test_limits(row: tuple[dict[str, Any], int, bool]) -> None:
    rule, members, allowed = row
    assert (Seats(**rule).check(members, {}) is None) is allowed


OF_NOBODY: dict[str, tuple[dict[str, Any], dict[str, int], dict[str, Any] | None]] = {
    "a half of no owners is nobody": ({"share": {"exactly": "1/2", "of": "owners"}}, {}, None),
    "one is more than a half of no owners": (
        {"share": {"exactly": "1/2", "of": "owners"}},
        {"workers": 1},
        {"rule": "workers exactly 1/2 of owners", "who": "workers", "needed": 0, "got": 1},
    ),
    "no worker is none of the one there must be": (
        {"at_least": 1},
        {},
        {"rule": "workers at least 1", "who": "workers", "needed": 1, "got": 0},
    ),
    "no worker is at most none": ({"at_most": 0}, {}, None),
}


@pytest.mark.parametrize("row", OF_NOBODY.values(), ids=OF_NOBODY)
def test_a_role_that_nobody_holds_has_no_seats(
    row: tuple[dict[str, Any], dict[str, int], dict[str, Any] | None],
) -> None:
    rule, roles, expected = row
    refusal = Seats.model_validate({"roles": {"workers": rule}}).check(3, roles)
    assert (None if refusal is None else refusal.details) == expected


def test_a_scale_by_a_role_that_nobody_holds_is_read_at_nobody() -> None:
    steps = [{"up_to": 0, "exactly": 3}, {"exactly": 5}]
    seats = Seats.model_validate({"scale": {"by": "owners", "steps": steps}})
    assert [seats.check(members, {}) is None for members in (3, 5)] == [True, False]
    assert [seats.check(members, {"owners": 1}) is None for members in (3, 5)] == [False, True]


def test_statutory_seats_are_known_when_they_are_one_number() -> None:
    assert Seats(exactly=12).statutory() == 12
    assert board("de-mitbestg").statutory() == 16
    assert Seats(at_least=3).statutory() is None


def test_nobody_employed_is_a_number_on_the_scale_too() -> None:
    steps = [{"up_to": 0, "exactly": 3}, {"exactly": 5}]
    seats = Seats.model_validate({"staff": 0, "scale": {"by": "staff", "steps": steps}})
    assert (seats.check(3, {}), seats.statutory()) == (None, 3)


def test_a_number_beyond_the_scale_is_refused() -> None:
    seats = Seats.model_validate({"staff": 11, "scale": {"by": "staff", "steps": [{"up_to": 10}]}})
    refusal = seats.check(3, {})
    assert isinstance(refusal, Refused)
    assert (refusal.details["got"], refusal.details["needed"]) == (11, 10)
    assert seats.statutory() is None


def test_a_scale_that_ends_with_nobody_names_none_as_its_limit() -> None:
    seats = Seats.model_validate({"scale": {"by": "owners", "steps": [{"up_to": 0}]}})
    refusal = seats.check(3, {"owners": 1})
    assert isinstance(refusal, Refused)
    assert (refusal.details["got"], refusal.details["needed"]) == (1, 0)


@pytest.mark.parametrize(
    "written",
    [
        {"scale": {"by": "staff", "steps": [{}]}},
        {"staff": 1, "scale": {"by": "staff", "steps": [{"up_to": 9}, {"up_to": 9}]}},
        {"staff": 1, "scale": {"by": "staff", "steps": [{}, {"up_to": 9}]}},
        {"exactly": -1},
        {"scale": {"by": "members", "steps": [{"scale": {"by": "staff", "steps": [{}]}}]}},
    ],
    ids=[
        "a scale by unknown staff",
        "steps that do not rise",
        "a step after the last",
        "a negative number",
        "a scale inside by unknown staff",
    ],
)
def test_refuses_seats_that_make_no_sense(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Seats.model_validate(written)


def test_a_share_is_named_with_its_exact_number() -> None:
    refusal = board("de-drittelbg").check(*sides("shareholders", 8, "workers", 2))
    assert isinstance(refusal, Refused)
    assert refusal.details["needed"] == Fraction(10, 3)


def test_a_scale_inside_a_scale_is_read_within_its_step() -> None:
    inner = {"by": "owners", "steps": [{"up_to": 1, "exactly": 2}, {"exactly": 5}]}
    seats = Seats.model_validate({"staff": 30, "scale": {"by": "staff", "steps": [{"up_to": 24}, {"scale": inner}]}})
    assert seats.check(2, {"owners": 1}) is None
    assert seats.check(5, {"owners": 2}) is None
    assert str(seats.check(5, {"owners": 1})).startswith("seats_not_as_declared")
    assert seats.model_copy(update={"staff": 24}).check(9, {"owners": 1}) is None


def test_seats_without_a_scale_inside_are_written_as_before() -> None:
    seats = Seats.model_validate({"staff": 30, "scale": {"by": "staff", "steps": [{"exactly": 3}]}})
    (step,) = seats.model_dump(mode="json")["scale"]["steps"]
    assert "scale" not in step
