"""What a tallied box, a casting vote, an objection or a deadline leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from chambers.domain.casting import give
from chambers.domain.commands import GiveCastingVote
from chambers.domain.counting import count_the_box
from chambers.domain.deadlines import lapse_advice
from chambers.domain.events import (
    AdviceGiven,
    AdviceLapsed,
    CastingVoteGiven,
    ChamberAsked,
    ChamberCounted,
    MotionDecided,
    MotionWithdrawn,
    RollFrozen,
)
from chambers.domain.values import UnitCount
from kernel.events import Event
from kernel.refusal import Kind
from rules.decisions import VoteCount
from testkit.scenario import scenario
from tests.services.chambers.building import (
    BOARD,
    MOTION,
    NOON,
    PROCESS,
    STAFF,
    WORKERS,
    asked,
    counted,
    decided,
    enrolled,
    frozen,
    happen,
    nothing_proposed,
    proposed,
    tallied,
    votes,
)

CASE = nothing_proposed()
ADVICE_DUE = datetime(2026, 12, 6, 12, tzinfo=UTC)
TIE = votes(yes=2, no=2)
BOARD_FOR = counted("board", votes(yes=3, no=1), 4, 4)
GOVERNMENT = (proposed(), frozen(BOARD), frozen(WORKERS), asked("board"), asked("workers"))
MANAGEMENT = (proposed("management"), frozen(WORKERS), asked("workers", "advice", deadline=ADVICE_DUE))
CHAIRED = (proposed("chaired"), frozen(BOARD), asked("board"))
REPEATED = (proposed("repeated"), frozen(BOARD), asked("board"))


def given_to(rule: Any) -> Any:
    return scenario(CASE, happen, rule)


def test_a_chamber_is_counted_against_its_frozen_roll_and_the_others_are_awaited() -> None:
    given_to(count_the_box)(*GOVERNMENT).when(tallied("board", votes(yes=3, no=1)), NOON).then(BOARD_FOR)


@pytest.mark.parametrize(
    ("workers", "outcome"),
    [
        pytest.param(votes(yes=2, no=1), "adopted", id="both adopt"),
        pytest.param(votes(yes=1, no=2), "rejected", id="the workers refuse"),
        pytest.param(votes(yes=1, no=1, abstain=1), "rejected", id="a tie in one chamber rejects"),
        pytest.param(votes(), "rejected", id="nobody voted"),
    ],
)
def test_the_last_chamber_completes_a_double_majority(workers: VoteCount, outcome: str) -> None:
    when = given_to(count_the_box)(*GOVERNMENT, BOARD_FOR).when(tallied("workers", workers), NOON)
    decision = decided(when.decided)
    assert when.decided[0] == counted("workers", workers, 3, 3)
    assert (decision.outcome, decision.matter) == (outcome, "government")
    assert set(decision.chambers) == {"board", "workers"}
    assert (decision.reasons[0]["rule"], decision.reasons[0]["chamber"]) == ("majority", "board")
    assert decision.reasons[-1]["rule"] == "all_of"


@pytest.mark.parametrize(
    "tally",
    [
        pytest.param(tallied("board", TIE), id="counted already"),
        pytest.param(tallied("senate", TIE), id="a box nobody was asked in"),
        pytest.param(tallied("board", TIE, 2), id="a round nobody was asked for"),
    ],
)
def test_a_box_that_answers_nothing_changes_nothing(tally: Any) -> None:
    given_to(count_the_box)(*GOVERNMENT, BOARD_FOR).when(tally, NOON).then()


def test_a_box_tallied_after_the_motion_was_withdrawn_changes_nothing() -> None:
    withdrawn = MotionWithdrawn(motion=MOTION, reason="a mistake")
    given_to(count_the_box)(*GOVERNMENT, withdrawn).when(tallied("board", TIE), NOON).then()
    given_to(count_the_box)().when(tallied("board", TIE), NOON).then()


@pytest.mark.parametrize(
    ("count", "opinion"),
    [
        pytest.param(votes(yes=2, no=1), "positive", id="more yes than no"),
        pytest.param(votes(yes=1, no=1), "negative", id="as many yes as no"),
        pytest.param(votes(yes=1, no=2), "negative", id="more no than yes"),
    ],
)
def test_an_advice_is_heard_and_the_board_is_asked_next(count: VoteCount, opinion: Any) -> None:
    given = AdviceGiven(motion=MOTION, chamber="workers", opinion=opinion, box="m1.workers.1")
    given_to(count_the_box)(*MANAGEMENT).when(tallied("workers", count), NOON).then(
        frozen(BOARD), given, asked("board")
    )


@pytest.mark.parametrize("opinion", ["positive", "negative"])
def test_the_board_decides_whatever_the_advice(opinion: Any) -> None:
    advised = AdviceGiven(motion=MOTION, chamber="workers", opinion=opinion, box="m1.workers.1")
    history = (*MANAGEMENT, advised, frozen(BOARD), asked("board"))
    when = given_to(count_the_box)(*history).when(tallied("board", votes(yes=3, no=1)), NOON)
    assert decided(when.decided).outcome == "adopted"
    assert any(reason["rule"] == "advice" and opinion in reason["text"] for reason in decided(when.decided).reasons)


def test_the_next_chamber_is_asked_later_when_its_roll_cannot_be_frozen_now() -> None:
    case = nothing_proposed()
    empty = {**case.rolls, "board": case.rolls["council"]}
    given = scenario(type(case)(MOTION, case.state, case.charter, empty), happen, count_the_box)
    advised = AdviceGiven(motion=MOTION, chamber="workers", opinion="positive", box="m1.workers.1")
    given(*MANAGEMENT).when(tallied("workers", votes(yes=2)), NOON).then(advised)


def test_nobody_is_asked_once_the_process_has_ended() -> None:
    case = nothing_proposed()
    ended = type(case)(MOTION, case.state, case.charter, case.rolls, may_ask=False)
    advised = AdviceGiven(motion=MOTION, chamber="workers", opinion="positive", box="m1.workers.1")
    scenario(ended, happen, count_the_box)(*MANAGEMENT).when(tallied("workers", votes(yes=2)), NOON).then(advised)


def test_silence_means_what_the_charter_says_and_the_board_is_asked() -> None:
    lapsed = AdviceLapsed(motion=MOTION, chamber="workers", deadline=ADVICE_DUE, meaning="negative")
    on = frozen(BOARD, on=ADVICE_DUE.date())
    given_to(lapse_advice)(*MANAGEMENT).when("workers", ADVICE_DUE, box_sealed=False).then(on, lapsed, asked("board"))


@pytest.mark.parametrize(
    ("at", "sealed"),
    [
        pytest.param(ADVICE_DUE - timedelta(microseconds=1), False, id="before the deadline"),
        pytest.param(ADVICE_DUE, True, id="the box was sealed in time and is being counted"),
    ],
)
def test_an_advice_does_not_lapse(at: datetime, sealed: bool) -> None:
    given_to(lapse_advice)(*MANAGEMENT).when("workers", at, box_sealed=sealed).then()


def test_an_advice_lapses_once_and_what_is_tallied_later_changes_nothing() -> None:
    lapsed = AdviceLapsed(motion=MOTION, chamber="workers", deadline=ADVICE_DUE, meaning="negative")
    history = (*MANAGEMENT, lapsed, frozen(BOARD), asked("board"))
    given_to(lapse_advice)(*history).when("workers", ADVICE_DUE, box_sealed=False).then()
    given_to(count_the_box)(*history).when(tallied("workers", votes(yes=3)), ADVICE_DUE).then()


def test_an_advice_given_does_not_lapse() -> None:
    advised = AdviceGiven(motion=MOTION, chamber="workers", opinion="positive", box="m1.workers.1")
    given_to(lapse_advice)(*MANAGEMENT, advised).when("workers", ADVICE_DUE, box_sealed=True).then()
    given_to(lapse_advice)(proposed("management")).when("workers", ADVICE_DUE, box_sealed=False).then()


def casting(name: str, choice: Any = "yes", chamber: str = "board") -> GiveCastingVote:
    return GiveCastingVote(process_id=PROCESS, motion=MOTION, chamber=chamber, member=name, choice=choice)


TIED = (*CHAIRED, counted("board", TIE, 4, 4))


def test_a_tie_waits_for_the_chair() -> None:
    given_to(count_the_box)(*CHAIRED).when(tallied("board", TIE), NOON).then(counted("board", TIE, 4, 4))


@pytest.mark.parametrize(("choice", "outcome"), [("yes", "adopted"), ("no", "rejected")])
def test_the_chair_breaks_the_tie(choice: Any, outcome: str) -> None:
    when = given_to(give)(*TIED).when(casting("ana", choice), NOON)
    assert decided(when.decided).outcome == outcome
    assert when.decided[0] == CastingVoteGiven(
        motion=MOTION, chamber="board", round=1, role="chair", member="ana", choice=choice
    )


@pytest.mark.parametrize("name", ["bo", "eve"], ids=["a member who is not the chair", "nobody on the roll"])
def test_only_the_chair_has_the_casting_vote(name: str) -> None:
    refused = given_to(give)(*TIED).when(casting(name), NOON).refused("not_the_holder_of_the_role", holders="ana")
    assert refused.kind is Kind.DENIED


def test_the_casting_vote_is_that_of_the_chair_when_the_chamber_voted() -> None:
    later = enrolled("board", "eve")
    given_to(give)(*TIED, later).when(casting("eve"), NOON).refused("not_the_holder_of_the_role", member="eve")


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        pytest.param((), "unknown_motion", id="no such motion"),
        pytest.param((proposed("chaired"),), "motion_not_put", id="not put yet"),
        pytest.param(CHAIRED, "casting_vote_not_asked", id="not counted yet"),
        pytest.param(GOVERNMENT, "casting_vote_not_asked", id="the charter gives none"),
        pytest.param(
            (*CHAIRED, MotionWithdrawn(motion=MOTION, reason="a mistake")), "motion_withdrawn", id="withdrawn"
        ),
    ],
)
def test_a_casting_vote_must_be_asked_for(history: tuple[Event, ...], reason: str) -> None:
    given_to(give)(*history).when(casting("ana"), NOON).refused(reason)


def test_a_casting_vote_is_given_once() -> None:
    settled = given_to(give)(*TIED).when(casting("ana"), NOON).decided
    given_to(give)(*TIED, *settled).when(casting("ana"), NOON).refused("motion_decided", outcome="adopted")
    given_to(give)(*TIED, settled[0]).when(casting("ana", "no"), NOON).refused("casting_vote_given", choice="yes")


def test_a_tie_is_voted_again_and_then_the_chair_has_a_second_vote() -> None:
    second_roll = frozen(BOARD, "m1.board.2")
    first, second = counted("board", TIE, 4, 4), counted("board", TIE, 4, 4, round_=2)
    given_to(count_the_box)(*REPEATED).when(tallied("board", TIE), NOON).then(
        second_roll, first, asked("board", round_=2)
    )
    again = (*REPEATED, first, second_roll, asked("board", round_=2))
    given_to(count_the_box)(*again).when(tallied("board", TIE, 2), NOON).then(second)
    when = given_to(give)(*again, second).when(casting("ana"), NOON)
    assert when.decided[0].round == 2
    assert decided(when.decided).outcome == "adopted"


DOUBLE = (proposed("double"), frozen(STAFF), asked("staff"))


@pytest.mark.parametrize(
    ("north", "south", "vote", "outcome"),
    [
        pytest.param(votes(yes=2, no=1), votes(yes=0, no=1), ("yes", "no"), "adopted", id="the heavier site carries"),
        pytest.param(
            votes(yes=1, no=1), votes(yes=3, no=0), ("no", "yes"), "rejected", id="equality in a site is a no"
        ),
        pytest.param(
            votes(), votes(yes=3, no=0), ("no", "yes"), "rejected", id="a site with blank ballots only says no"
        ),
    ],
)
def test_sites_vote_as_their_own_staff_did(
    north: VoteCount, south: VoteCount, vote: tuple[Any, Any], outcome: str
) -> None:
    whole = votes(yes=3, no=1)
    when = given_to(count_the_box)(*DOUBLE).when(tallied("staff", whole, north=north, south=south), NOON)
    staff, sites, decision = when.decided
    assert staff == counted("staff", whole, 3, 3)
    assert isinstance(sites, ChamberCounted)
    assert sites.units == {
        "north": UnitCount(yes=north.yes, no=north.no, vote=vote[0]),
        "south": UnitCount(yes=south.yes, no=south.no, vote=vote[1]),
    }
    assert (sites.counts.members, sites.counts.heads_members) == (Fraction(3, 2), 2)
    assert isinstance(decision, MotionDecided)
    assert decision.outcome == outcome


def test_rolls_are_frozen_before_anything_else_in_every_answer() -> None:
    events = given_to(count_the_box)(*REPEATED).when(tallied("board", TIE), NOON).decided
    assert [event.TYPE for event in events] == [RollFrozen.TYPE, ChamberCounted.TYPE, ChamberAsked.TYPE]
