"""What a frozen roll holds, and what later changes of the roll do to it: nothing."""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from chambers.domain.events import MemberLeft, MemberUpdated, RollFrozen
from chambers.domain.freezing import digest, freeze
from chambers.domain.rolls import Roll
from chambers.domain.values import Member
from kernel.numbers import show
from kernel.refusal import Refused
from rules.charter import Chamber
from tests.services.chambers.building import BOARD, TODAY, charter, enrolled, frozen, member, rolls


def chamber(name: str) -> Chamber:
    found = charter().chamber(name)
    assert found is not None
    return found


def test_a_frozen_roll_says_how_many_members_of_what_weight() -> None:
    roll = rolls(enrolled("board", member("ana", weight="5/2"), member("bo", weight="1/3")))["board"]
    event = freeze(roll, chamber("board"), "m1.board.1", TODAY)
    assert isinstance(event, RollFrozen)
    assert (event.box, event.on, event.members, event.weight) == ("m1.board.1", TODAY, 2, Fraction(17, 6))


def test_the_digest_is_of_the_members_sorted_in_canonical_json() -> None:
    members = [member("bo", "director", "chair", weight="0.5"), member("ana", unit="north")]
    written = b'[["ana","1","north",[]],["bo","1/2",null,["chair","director"]]]'
    assert digest(members) == hashlib.sha256(written).hexdigest()
    assert digest(reversed(members)) == digest(members)


@pytest.mark.parametrize(
    ("begins", "until", "covered"),
    [
        pytest.param(None, None, True, id="a mandate without bounds covers every day"),
        pytest.param("2026-11-22", None, True, id="the first day is covered"),
        pytest.param("2026-11-23", None, False, id="the day before the first is not"),
        pytest.param(None, "2026-11-22", True, id="the last day is covered"),
        pytest.param(None, "2026-11-21", False, id="the day after the last is not"),
        pytest.param("2026-11-22", "2026-11-22", True, id="a mandate of one day covers that day"),
    ],
)
def test_only_members_in_office_are_electors(begins: str | None, until: str | None, covered: bool) -> None:
    dated = Member.model_validate({"member": "eve", "weight": "3", "mandate": {"from": begins, "until": until}})
    roll = rolls(enrolled("board", "ana", dated), frozen(enrolled("board", "ana", dated)))["board"]
    (kept,) = roll.frozen
    assert (kept.members, show(kept.weight)) == ((2, "4") if covered else (1, "1"))
    assert (kept.elector("eve") is not None) is covered
    assert kept.elector("nobody") is None


def test_later_changes_count_for_later_boxes_only() -> None:
    updated = MemberUpdated(chamber="board", **dict(member("ana", weight="9")))
    left = MemberLeft(chamber="board", member="bo", reason="moved away")
    roll = rolls(BOARD, frozen(BOARD), updated, left)["board"]
    (first,) = roll.frozen
    assert (first.members, show(first.weight)) == (4, "4")
    assert first.holders("chair") == ["ana"]
    assert first.elector("bo") is not None
    second = freeze(roll, chamber("board"), "m2.board.1", TODAY)
    assert isinstance(second, RollFrozen)
    assert (second.members, show(second.weight)) == (3, "11")
    assert second.digest != first.digest


def test_a_box_has_one_electorate() -> None:
    roll = rolls(BOARD, frozen(BOARD))["board"]
    refused = freeze(roll, chamber("board"), "m1.board.1", TODAY)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details["members"]) == ("roll_frozen", 4)


@pytest.mark.parametrize(
    ("roll", "enrolled_number"),
    [
        pytest.param(Roll(), 0, id="nobody was ever enrolled"),
        pytest.param(
            rolls(enrolled("board", member("ana", mandate={"from": None, "until": "2026-11-21"})))["board"],
            1,
            id="the only mandate ended yesterday",
        ),
    ],
)
def test_refuses_a_roll_with_nobody_in_office(roll: Roll, enrolled_number: int) -> None:
    refused = freeze(roll, chamber("board"), "m1.board.1", TODAY)
    assert isinstance(refused, Refused)
    assert refused.reason == "roll_empty"
    assert refused.details == {"chamber": "board", "on": "2026-11-22", "enrolled": enrolled_number, "in_office": 0}


@pytest.mark.parametrize(
    ("members", "numbers"),
    [
        pytest.param([("ana", "chair"), ("bo",)], {"needed": 3, "got": 2}, id="two of three seats"),
        pytest.param([("ana", "chair"), ("bo",), ("cy",)], None, id="three of three seats"),
        pytest.param([("ana", "chair"), ("bo",), ("cy",), ("di",)], {"needed": 3, "got": 4}, id="four of three seats"),
        pytest.param([("ana",), ("bo",), ("cy",)], {"needed": 1, "got": 0}, id="nobody in the chair"),
        pytest.param([("ana", "chair"), ("bo", "chair"), ("cy",)], {"needed": 1, "got": 2}, id="two in the chair"),
    ],
)
def test_seats_are_checked_when_the_roll_is_frozen(
    members: list[tuple[str, ...]], numbers: dict[str, int] | None
) -> None:
    roll = rolls(enrolled("council", *(member(*each) for each in members)))["council"]
    event = freeze(roll, chamber("council"), "m1.council.1", TODAY)
    if numbers is None:
        assert isinstance(event, RollFrozen)
        return
    assert isinstance(event, Refused)
    assert event.reason == "seats_not_as_declared"
    assert {name: event.details[name] for name in numbers} == numbers
    assert event.details["chamber"] == "council"


def test_seats_count_members_in_office_only() -> None:
    past: dict[str, Any] = {"from": None, "until": "2026-01-01"}
    three = [member("ana", "chair"), member("bo"), member("cy", mandate=past)]
    event = freeze(rolls(enrolled("council", *three))["council"], chamber("council"), "b", date(2026, 11, 22))
    assert isinstance(event, Refused)
    assert event.details["got"] == 2
