"""Given, when, then holds what it says, and fails when it does not hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.refusal import Refused
from testkit.scenario import scenario


def _evolve(total: int, event: int) -> int:
    return total + event


def _decide(total: int, command: int, *, limit: int = 10) -> tuple[int, ...] | Refused:
    if total + command > limit:
        return Refused("over_limit", limit=limit, got=total + command)
    return (command,) if command else ()


given = scenario(0, _evolve, _decide)


def test_events_follow_from_what_was_given() -> None:
    given(1, 2).given(3).when(4).then(4)
    assert given(1, 2).given(3).state == 6


def test_nothing_to_do_is_no_event() -> None:
    given().when(0).then()
    assert given().when(0).decided == ()


def test_a_refusal_is_named_with_its_numbers() -> None:
    refused = given(8).when(4, limit=11).refused("over_limit", got=12)
    assert refused.details == {"limit": 11, "got": 12}


@pytest.mark.parametrize(
    "claim",
    [
        lambda: given(1).when(4).then(5),
        lambda: given(1).when(4).then(4, 4),
        lambda: given(9).when(4).then(4),
        lambda: given(1).when(4).refused("over_limit"),
        lambda: given(9).when(4).refused("under_limit"),
        lambda: given(9).when(4).refused("over_limit", got=14),
        lambda: given(9).when(4).refused("over_limit", colour="red"),
    ],
    ids=["another event", "one more", "refused", "not refused", "another reason", "another number", "no such number"],
)
def test_a_false_claim_fails(claim: Callable[[], object]) -> None:
    with pytest.raises(AssertionError):
        claim()
