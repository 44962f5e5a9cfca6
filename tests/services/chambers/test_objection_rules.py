"""Objections: who may raise them, until when, what they weigh, and what stops an act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chambers.domain.commands import RaiseObjection
from chambers.domain.counting import count_the_box
from chambers.domain.deadlines import close_objections
from chambers.domain.events import ObjectionRaised, ObjectionWindowClosed
from chambers.domain.objecting import raise_objection
from kernel.events import Event
from kernel.refusal import Kind
from testkit.scenario import scenario
from tests.services.chambers.building import (
    BOARD,
    MOTION,
    NOON,
    PROCESS,
    TRIBUNES,
    asked,
    counted,
    decided,
    frozen,
    happen,
    nothing_proposed,
    proposed,
    tallied,
    votes,
)

CASE = nothing_proposed()
WINDOW_ENDS = NOON + timedelta(days=7)
ACT = (proposed("act"), frozen(BOARD), asked("board"))
BOARD_FOR = counted("board", votes(yes=3, no=1), 4, 4)
OBJECTIONS = (
    *ACT,
    BOARD_FOR,
    frozen(TRIBUNES, "m1.tribunes.objections"),
    asked("tribunes", "objections", deadline=WINDOW_ENDS),
)


def given_to(rule: Any) -> Any:
    return scenario(CASE, happen, rule)


def objection(name: str, chamber: str = "tribunes") -> RaiseObjection:
    return RaiseObjection(process_id=PROCESS, motion=MOTION, chamber=chamber, member=name, reason="it harms the plebs")


def raised(name: str) -> ObjectionRaised:
    return ObjectionRaised(motion=MOTION, chamber="tribunes", member=name, reason="it harms the plebs")


def test_objections_are_asked_for_once_the_act_is_adopted() -> None:
    given_to(count_the_box)(*ACT).when(tallied("board", votes(yes=3, no=1)), NOON).then(
        frozen(TRIBUNES, "m1.tribunes.objections"),
        BOARD_FOR,
        asked("tribunes", "objections", deadline=WINDOW_ENDS),
    )


@pytest.mark.parametrize(
    ("before", "name", "outcome"),
    [
        pytest.param((), "tom", None, id="a quarter of the weight does not stop the act"),
        pytest.param((), "tia", "rejected", id="half of the weight stops it"),
        pytest.param((raised("tom"),), "tea", "rejected", id="two quarters stop it"),
    ],
)
def test_an_objection_weighs_what_the_objector_weighs(
    before: tuple[Event, ...], name: str, outcome: str | None
) -> None:
    when = given_to(raise_objection)(*OBJECTIONS, *before).when(objection(name), NOON)
    assert when.decided[0] == raised(name)
    assert outcome == (decided(when.decided).outcome if len(when.decided) > 1 else None)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        pytest.param(WINDOW_ENDS - timedelta(microseconds=1), None, id="the last instant of the window"),
        pytest.param(WINDOW_ENDS, "window_closed", id="the deadline itself"),
    ],
)
def test_an_objection_comes_within_the_window(at: datetime, reason: str | None) -> None:
    when = given_to(raise_objection)(*OBJECTIONS).when(objection("tom"), at)
    if reason is None:
        when.then(raised("tom"))
    else:
        when.refused(reason, deadline="2026-11-29T12:00:00.000000Z")


def test_refuses_an_objection_that_cannot_count() -> None:
    given = given_to(raise_objection)(*OBJECTIONS)
    assert given.when(objection("ana"), NOON).refused("not_on_the_roll", members=3).kind is Kind.DENIED
    given.when(objection("ana", "board"), NOON).refused("objections_not_asked", chamber="board")
    given.given(raised("tom")).when(objection("tom"), NOON).refused("objection_raised", member="tom")
    given_to(raise_objection)(proposed("act")).when(objection("tom"), NOON).refused("motion_not_put")
    given_to(raise_objection)(*ACT).when(objection("tom"), NOON).refused("objections_not_asked")


def test_the_act_stands_when_the_window_closes_without_enough_objections() -> None:
    when = given_to(close_objections)(*OBJECTIONS, raised("tom")).when("tribunes", WINDOW_ENDS)
    closed = ObjectionWindowClosed(motion=MOTION, chamber="tribunes", deadline=WINDOW_ENDS)
    assert when.decided[0] == closed
    assert decided(when.decided).outcome == "adopted"
    given_to(close_objections)(*OBJECTIONS).when("tribunes", WINDOW_ENDS - timedelta(seconds=1)).then()
    given_to(close_objections)(*OBJECTIONS, *when.decided).when("tribunes", WINDOW_ENDS).then()
