"""Moving a motion, putting it to its chambers, and taking it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chambers.domain.case import Case
from chambers.domain.commands import ProposeMotion, PutMotion, WithdrawMotion
from chambers.domain.events import MotionDecided, MotionProposed, MotionWithdrawn
from chambers.domain.moving import propose, put, withdraw
from kernel.refusal import Kind
from rules import templates
from rules.carrying import what_never_ends
from testkit.scenario import scenario
from tests.services.chambers.building import (
    BOARD,
    MOTION,
    NOON,
    PROCESS,
    STAFF,
    WORKERS,
    asked,
    charter,
    enrolled,
    frozen,
    happen,
    member,
    nothing_proposed,
    proposed,
    with_decision,
)

CASE = nothing_proposed()
DECIDED = MotionDecided(motion=MOTION, matter="government", outcome="adopted", reasons=(), chambers={})
WITHDRAWN = MotionWithdrawn(motion=MOTION, reason="a mistake")
MAJORITY = {"more_than": "1/2", "of": "expressed"}


def proposal(matter: str = "government", motion: str = MOTION) -> ProposeMotion:
    return ProposeMotion(process_id=PROCESS, **dict(proposed(matter, motion)))


PUT = PutMotion(process_id=PROCESS, motion=MOTION)
WITHDRAW = WithdrawMotion(process_id=PROCESS, motion=MOTION, reason="a mistake")


def given_to(rule: Any, case: Case = CASE) -> Any:
    return scenario(case, happen, rule)


def test_a_motion_is_moved() -> None:
    given_to(propose)().when(proposal()).then(proposed())


def test_an_id_is_one_motions() -> None:
    assert given_to(propose)(proposed("management")).when(proposal()).refused("motion_exists").kind is Kind.EXISTS
    given_to(propose)(proposed(), WITHDRAWN).when(proposal()).refused("motion_exists", motion=MOTION)


def test_refuses_a_matter_that_no_motion_decides() -> None:
    unknown = given_to(propose)().when(proposal("war")).refused("unknown_matter", matter="war")
    assert "government" in str(unknown.details["motions"])
    given_to(propose)().when(proposal("projects")).refused("matter_is_not_a_motion", matter_kind="selection")


@pytest.mark.parametrize(("length", "accepted"), [(102, True), (103, False)])
def test_a_motions_boxes_have_names_that_are_short_enough(length: int, accepted: bool) -> None:
    name = "m" * length
    when = given_to(propose)().when(proposal(motion=name))
    if accepted:
        when.then(proposed(motion=name))
    else:
        when.refused("motion_name_too_long", length=103, maximum=102)


def test_no_two_motions_have_boxes_of_one_name() -> None:
    case = nothing_proposed(charter(YAML_WITH_A_DOT))
    given_to(propose, case)().when(proposal(motion="a.b")).refused("motion_name_with_dot", chamber="the.board")
    given_to(propose, case)().when(proposal(motion="a-b")).then(proposed(motion="a-b"))
    given_to(propose)().when(proposal(motion="a.b")).then(proposed(motion="a.b"))


YAML_WITH_A_DOT = """\
comitia: 1
name: dot
title: A dot
phases: [{name: session, title: Session, allows: [enrol, move]}]
chambers: [{name: the.board, title: The board}]
matters:
  - name: government
    title: Government
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: the.board, majority: {more_than: 1/2, of: expressed}}
"""


@pytest.mark.parametrize(
    ("decision", "chamber"),
    [
        pytest.param(
            {"advice": {"chamber": "sites", "deadline": "P1D", "silence": "none"}},
            "sites",
            id="a derived chamber has nobody to advise",
        ),
        pytest.param(
            {"consent": {"chamber": "people", "window": "P1D"}}, "people", id="nobody is known to object without a roll"
        ),
        pytest.param(
            {"chamber": "people", "majority": {"more_than": "1/2", "of": "members"}},
            "people",
            id="a majority of members needs a roll",
        ),
        pytest.param(
            {"chamber": "people", "majority": MAJORITY, "quorum": {"at_least": "1/2"}},
            "people",
            id="a quorum of members needs a roll",
        ),
        pytest.param(
            {"chamber": "people", "majority": MAJORITY, "quorum": {"at_least": "1/2", "seats": 3}},
            "people",
            id="a quorum of members and of seats needs a roll",
        ),
        pytest.param(
            {"chamber": "people", "majority": MAJORITY, "quorum": {"seats": 9, "second_call": {"at_least": "1/3"}}},
            "people",
            id="a quorum of members at the second call needs a roll",
        ),
        pytest.param(
            {
                "sequence": [
                    {"chamber": "board", "majority": MAJORITY},
                    {
                        "advice": {
                            "chamber": "people",
                            "deadline": "P1D",
                            "silence": "none",
                            "quorum": {"more_than": "1/3"},
                        }
                    },
                ]
            },
            "people",
            id="an advice with a quorum of members needs a roll",
        ),
    ],
)
def test_refuses_a_decision_that_would_never_end(decision: dict[str, Any], chamber: str) -> None:
    case = nothing_proposed(with_decision(decision))
    given_to(propose, case)().when(proposal()).refused("decision_not_carried", chamber=chamber)


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param({"chamber": "board", "majority": MAJORITY, "tie": ["lot"]}, id="a tie goes to a lot"),
        pytest.param(
            {"consent": {"chamber": "board", "window": "P1D", "criteria": ["harm"], "tester": "chair"}},
            id="objections are tested against criteria",
        ),
        pytest.param(
            {"chamber": "people", "majority": MAJORITY, "quorum": {"seats": 3}}, id="heads are counted without a roll"
        ),
    ],
)
def test_takes_a_motion_whose_decision_comes_to_an_end(decision: dict[str, Any]) -> None:
    given_to(propose, nothing_proposed(with_decision(decision)))().when(proposal()).then(proposed())


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param({"chamber": "people", "majority": MAJORITY, "quorum": {"seats": 40}}, id="a number of voters"),
        pytest.param({"chamber": "sites", "majority": {"at_least": "1/2", "of": "members"}}, id="a number of units"),
        pytest.param({"consent": {"chamber": "board", "window": "P1D"}}, id="consent without criteria"),
    ],
)
def test_takes_a_decision_whose_bases_are_known(decision: dict[str, Any]) -> None:
    case = nothing_proposed(with_decision(decision))
    given_to(propose, case)().when(proposal()).then(proposed())


def test_motions_of_every_template_can_be_held() -> None:
    taken = 0
    for name in templates.names():
        rules = charter(templates.text(name))
        assert what_never_ends(rules) is None
        for matter in (each for each in rules.matters if each.kind == "motion"):
            case = nothing_proposed(rules)
            assert isinstance(propose(case, proposal(matter.name)), tuple), (name, matter.name)
            taken += 1
    assert taken > 20


def test_all_chambers_asked_at_once_have_their_rolls_frozen_before() -> None:
    given_to(put)(proposed()).when(PUT, NOON).then(frozen(BOARD), frozen(WORKERS), asked("board"), asked("workers"))


def test_advice_comes_first_and_has_a_deadline() -> None:
    deadline = datetime(2026, 12, 6, 12, tzinfo=UTC)
    given_to(put)(proposed("management")).when(PUT, NOON).then(
        frozen(WORKERS), asked("workers", "advice", deadline=deadline)
    )


def test_a_derived_chamber_is_asked_through_the_chamber_it_is_derived_from() -> None:
    given_to(put)(proposed("double")).when(PUT, NOON).then(frozen(STAFF), asked("staff"))


def test_a_counted_chamber_is_asked_without_a_roll() -> None:
    given_to(put)(proposed("referendum")).when(PUT, NOON).then(asked("people"))


def test_a_motion_is_not_put_while_a_seat_is_empty() -> None:
    two = enrolled("council", member("ana", "chair"), "bo")
    refused = given_to(put)(proposed("seated"), two).when(PUT, NOON).refused("seats_not_as_declared", needed=3, got=2)
    assert "fill the roll" in refused.sentence()
    full = enrolled("council", member("ana", "chair"), "bo", "cy")
    given_to(put)(proposed("seated"), full).when(PUT, NOON).then(frozen(full), asked("council"))


def test_a_motion_is_put_to_all_its_chambers_or_none() -> None:
    case = Case(MOTION, nothing_proposed().state, charter(), {**CASE.rolls, "workers": CASE.rolls["council"]})
    given_to(put, case)(proposed()).when(PUT, NOON).refused("roll_empty", chamber="workers")


def test_a_motion_is_put_once_but_what_could_not_be_asked_is_asked_when_it_is_put_again() -> None:
    waiting = given_to(put)(proposed(), frozen(BOARD), frozen(WORKERS), asked("board"), asked("workers"))
    refused = waiting.when(PUT, NOON).refused("motion_already_put")
    assert refused.details["awaited"] == "board: vote, workers: vote"
    half = given_to(put)(proposed(), frozen(BOARD), asked("board"))
    half.when(PUT, NOON).then(frozen(WORKERS), asked("workers"))


@pytest.mark.parametrize(("rule", "command"), [(put, (PUT, NOON)), (withdraw, (WITHDRAW,))], ids=["put", "withdraw"])
def test_what_is_not_there_or_has_ended_is_neither_put_nor_withdrawn(rule: Any, command: tuple[Any, ...]) -> None:
    given = given_to(rule)
    assert given().when(*command).refused("unknown_motion", motion=MOTION).kind is Kind.NOT_FOUND
    given(proposed(), WITHDRAWN).when(*command).refused("motion_withdrawn")
    given(proposed(), DECIDED).when(*command).refused("motion_decided", outcome="adopted")


@pytest.mark.parametrize("history", [(proposed(),), (proposed(), frozen(BOARD), asked("board"))])
def test_a_motion_is_withdrawn_until_it_is_decided(history: tuple[Any, ...]) -> None:
    given_to(withdraw)(*history).when(WITHDRAW).then(WITHDRAWN)


def test_the_matter_must_still_be_there_when_the_motion_is_put() -> None:
    case = nothing_proposed(charter(YAML_WITH_A_DOT))
    moved = MotionProposed(motion=MOTION, matter="management", title="A title", text="", mover="ana")
    given_to(put, case)(moved).when(PUT, NOON).refused("unknown_matter", matter="management")
