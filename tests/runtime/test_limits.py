"""One caller can ask so much of a process and no more: calls at a time, calls and messages in a second; others go on."""

from __future__ import annotations

import pytest

from runtime.limits import Limits

RATE = 8


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def limits(clock: Clock, calls: int = 1000, known: int = 10) -> Limits:
    return Limits(calls, RATE, clock, known=known)


def test_as_many_calls_at_a_time_as_there_may_be_and_not_one_more() -> None:
    tried = limits(Clock(), calls=3)
    assert [tried.begin("ana") for _ in range(3)] == [None] * 3
    refused = tried.begin("ana")
    assert refused is not None
    assert (refused.reason, refused.details) == ("too_many_calls", {"running": 3, "maximum": 3})
    assert tried.begin("ben") is None
    tried.end("ana")
    assert tried.begin("ana") is None
    assert tried.begin("ana") is not None


TIMES = [
    pytest.param(RATE, 0.0, True, id="one second's worth at once"),
    pytest.param(RATE + 1, 0.0, False, id="one more than that"),
    pytest.param(RATE + 1, 0.124, False, id="one more, a little before it is due"),
    pytest.param(RATE + 1, 0.125, True, id="one more, when it is due"),
    pytest.param(2 * RATE, 1.0, True, id="again as many a second later"),
    pytest.param(2 * RATE + 1, 60.0, False, id="one more than that, however long it was quiet"),
]


@pytest.mark.parametrize(("calls", "pause", "allowed"), TIMES)
def test_calls_in_a_second(calls: int, pause: float, allowed: bool) -> None:
    clock = Clock()
    tried = limits(clock)
    for _ in range(min(calls, RATE)):
        assert tried.begin("ana") is None
    clock.now += pause
    refused = [tried.charge("ana") for _ in range(calls - RATE)]
    assert (refused[-1:] in ([], [None])) == allowed


def test_a_refusal_says_when_to_come_again() -> None:
    clock = Clock()
    tried = limits(clock)
    for _ in range(RATE):
        tried.charge("ana")
    refused = tried.charge("ana")
    assert refused is not None
    assert refused.reason == "rate_exceeded"
    assert refused.details == {"maximum_per_second": RATE, "retry_after_milliseconds": 125}
    clock.now += 0.125
    assert tried.charge("ana") is None


def test_a_call_that_was_refused_is_not_running() -> None:
    tried = limits(Clock(), calls=20)
    for _ in range(RATE):
        assert tried.begin("ana") is None
    assert [tried.begin("ana") is None for _ in range(50)] == [False] * 50
    for _ in range(RATE):
        tried.end("ana")
    assert len(tried) == 1
    with pytest.raises(KeyError):
        tried.end("ana")


def test_only_so_many_quiet_callers_are_remembered_and_all_who_are_in_a_call() -> None:
    tried = limits(Clock(), known=10)
    for number in range(20):
        assert tried.begin(f"busy {number}") is None
    for number in range(1000):
        tried.charge(f"quiet {number}")
    assert len(tried) == 30
    for number in range(20):
        tried.end(f"busy {number}")
    assert len(tried) == 10


def test_who_comes_often_is_not_forgotten_for_those_who_came_once() -> None:
    tried = limits(Clock(), known=10)
    for _ in range(RATE):
        tried.begin("ana")
        tried.end("ana")
    for number in range(9):
        tried.charge(f"quiet {number}")
    assert tried.charge("ana") is not None


def test_what_costs_more_is_paid_for_later() -> None:
    clock = Clock()
    tried = limits(clock)
    assert tried.charge("ana", 2 * RATE) is None
    refused = tried.charge("ana")
    assert refused is not None
    assert refused.details["retry_after_milliseconds"] == 1125
    clock.now += 1.0
    assert tried.charge("ana") is not None
    clock.now += 0.125
    assert tried.charge("ana") is None
