"""Objections tested against criteria: who tests, how often, what an objection must meet, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chambers.domain import commands
from chambers.domain.assessing import assess
from chambers.domain.commands import PutMotion
from chambers.domain.deadlines import close_objections
from chambers.domain.events import MotionDecided, ObjectionRaised, ObjectionTested, ObjectionWindowClosed
from chambers.domain.motion_state import to_json
from chambers.domain.moving import put
from chambers.domain.values import Criterion
from kernel.refusal import Kind
from testkit.scenario import scenario
from tests.services.chambers.building import (
    BOARD,
    MOTION,
    NOON,
    PROCESS,
    asked,
    decided,
    enrolled,
    frozen,
    happen,
    member,
    nothing_proposed,
    proposed,
)

CASE = nothing_proposed()
CRITERIA = ("it is paramount", "it is reasoned")
ENDS = NOON + timedelta(days=7)
ASKED = (proposed("consent"), frozen(BOARD, "m1.board.objections"), asked("board", "objections", deadline=ENDS))
CLOSED = ObjectionWindowClosed(motion=MOTION, chamber="board", deadline=ENDS)


def given_to(rule: Any) -> Any:
    return scenario(CASE, happen, rule)


def raised(name: str) -> ObjectionRaised:
    return ObjectionRaised(motion=MOTION, chamber="board", member=name, reason="it harms us")


def found(*met: str) -> tuple[Criterion, ...]:
    return tuple(Criterion(criterion=each, met=each in met) for each in CRITERIA)


def the_test(
    objector: str, *met: str, tester: str = "ana", criteria: tuple[Criterion, ...] | None = None, chamber: str = "board"
) -> Any:
    return commands.TestObjection(
        process_id=PROCESS,
        motion=MOTION,
        chamber=chamber,
        member=objector,
        tester=tester,
        criteria=found(*met) if criteria is None else criteria,
        reason="as argued",
    )


def finding(objector: str, *met: str) -> ObjectionTested:
    return ObjectionTested(
        motion=MOTION,
        chamber="board",
        member=objector,
        role="chair",
        tester="ana",
        criteria=found(*met),
        reason="as argued",
        stands=len(met) == len(CRITERIA),
    )


def test_an_objection_that_meets_all_criteria_stands_and_rejects_at_once() -> None:
    when = given_to(assess)(*ASKED, raised("bo")).when(the_test("bo", *CRITERIA), NOON)
    assert when.decided[0] == finding("bo", *CRITERIA)
    assert decided(when.decided).outcome == "rejected"


@pytest.mark.parametrize("met", [(), CRITERIA[:1], CRITERIA[1:]], ids=["none met", "first met", "second met"])
def test_an_objection_that_misses_a_criterion_does_not_stand(met: tuple[str, ...]) -> None:
    given_to(assess)(*ASKED, raised("bo")).when(the_test("bo", *met), NOON).then(finding("bo", *met))
    when = given_to(close_objections)(*ASKED, raised("bo"), finding("bo", *met)).when("board", ENDS)
    assert decided(when.decided).outcome == "adopted"


def test_the_decision_waits_for_a_test_after_the_window_has_closed() -> None:
    given_to(close_objections)(*ASKED, raised("bo")).when("board", ENDS).then(CLOSED)
    when = given_to(assess)(*ASKED, raised("bo"), CLOSED).when(the_test("bo"), ENDS)
    assert [type(event) for event in when.decided] == [ObjectionTested, MotionDecided]
    assert decided(when.decided).outcome == "adopted"


def test_each_objection_is_tested_before_a_decision() -> None:
    both = (*ASKED, raised("bo"), raised("cy"), CLOSED)
    given_to(assess)(*both).when(the_test("bo"), ENDS).then(finding("bo"))
    when = given_to(assess)(*both, finding("bo")).when(the_test("cy", *CRITERIA), ENDS)
    assert decided(when.decided).outcome == "rejected"


def test_what_was_found_is_written_in_the_charters_order() -> None:
    backwards = tuple(reversed(found(CRITERIA[0])))
    given_to(assess)(*ASKED, raised("bo")).when(the_test("bo", criteria=backwards), NOON).then(
        finding("bo", CRITERIA[0])
    )


def test_only_the_holder_of_the_role_tests() -> None:
    when = given_to(assess)(*ASKED, raised("bo")).when(the_test("bo", tester="cy"), NOON)
    assert when.refused("not_the_holder_of_the_role", role="chair", holders="ana", member="cy").kind is Kind.DENIED


def test_an_objection_is_tested_once() -> None:
    when = given_to(assess)(*ASKED, raised("bo"), finding("bo")).when(the_test("bo", *CRITERIA), NOON)
    assert when.refused("objection_tested", member="bo", by="ana", stands=False).kind is Kind.EXISTS


def test_refuses_a_test_that_answers_nothing() -> None:
    given_to(assess)(*ASKED).when(the_test("bo"), NOON).refused("unknown_objection", objections="none")
    given_to(assess)(*ASKED, raised("cy")).when(the_test("bo"), NOON).refused("unknown_objection", objections="cy")
    given_to(assess)(proposed("consent")).when(the_test("bo"), NOON).refused("motion_not_put")


def test_refuses_to_test_an_objection_to_what_is_not_tested() -> None:
    objection = ObjectionRaised(motion=MOTION, chamber="tribunes", member="tom", reason="it harms the plebs")
    asked_them = asked("tribunes", "objections", deadline=ENDS)
    when = given_to(assess)(proposed("act"), asked_them, objection).when(the_test("tom", chamber="tribunes"), NOON)
    when.refused("test_not_asked", chamber="tribunes")


@pytest.mark.parametrize(
    ("criteria", "details"),
    [
        pytest.param(found()[:1], {"missing": "it is reasoned", "unknown": "none"}, id="one is missing"),
        pytest.param((*found(), Criterion(criterion="it rains", met=True)), {"unknown": "it rains"}, id="one too many"),
        pytest.param((*found(), *found()), {"declared": 2, "given": 4}, id="each twice"),
    ],
)
def test_every_criterion_is_answered_once(criteria: tuple[Criterion, ...], details: dict[str, Any]) -> None:
    when = given_to(assess)(*ASKED, raised("bo")).when(the_test("bo", criteria=criteria), NOON)
    assert when.refused("criteria_not_as_declared", **details).kind is Kind.INVALID


def test_objections_are_not_asked_for_where_nobody_could_test_them() -> None:
    given = scenario(CASE, happen, put)
    command = PutMotion(process_id=PROCESS, motion=MOTION)
    given(proposed("consent")).when(command, NOON).then(*ASKED[1:])
    without_a_role = enrolled("board", member("ana"))
    given(without_a_role, proposed("consent")).when(command, NOON).refused("role_vacant", chamber="board", role="chair")


def test_a_motions_state_tells_who_tested_what() -> None:
    before, after = (given_to(assess)(*ASKED, raised("bo"), *more).state.state for more in ((), (finding("bo"),)))
    assert to_json(before)["objections"] == [{"chamber": "board", "member": "bo", "reason": "it harms us"}]
    (told,) = to_json(after)["objections"]
    assert (told["tested"]["tester"], told["tested"]["stands"]) == ("ana", False)
