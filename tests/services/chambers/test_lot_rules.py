"""Lots: drawn when a tie asks for one, from the root at the seal of the tied box, and once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chambers.domain.case import Case
from chambers.domain.drawing import draw_lots
from chambers.domain.events import LotDrawn, MotionWithdrawn
from chambers.domain.motion_state import to_json
from chambers.domain.values import UnitCount
from kernel.events import Event
from rules.decisions import VoteCount
from tally.lots import draw_lot
from testkit.scenario import scenario
from tests.services.chambers.building import (
    BOARD,
    MOTION,
    NOON,
    STAFF,
    asked,
    counted,
    decided,
    frozen,
    happen,
    nothing_proposed,
    proposed,
    votes,
)

CASE = nothing_proposed()
TIE = votes(yes=2, no=2)
FIRST = (proposed("lottery"), frozen(BOARD), asked("board"))
TIED_TWICE = (
    *FIRST,
    counted("board", TIE, 4, 4),
    frozen(BOARD, "m1.board.2"),
    asked("board", round_=2),
    counted("board", TIE, 4, 4, 2),
)
SEEDS = {"m1.board.1": bytes(32), "m1.board.2": bytes([1]) * 32, "m1.staff.1": bytes([2]) * 32}


def given_to(rule: Any) -> Any:
    return scenario(CASE, happen, rule)


def draw(case: Case, *, seeds: dict[str, bytes] = SEEDS) -> tuple[Event, ...]:
    return draw_lots(case, seeds.get, NOON)


def drawn(box: str, chamber: str, round_: int, number: int = 1) -> LotDrawn:
    lot = draw_lot(SEEDS[box], number, ("yes", "no"))
    outcome: Any = lot.order[0]
    return LotDrawn(
        motion=MOTION, chamber=chamber, round=round_, box=box, seed=lot.seed, lot=lot.to_json(), outcome=outcome
    )


def test_a_tie_of_the_repeated_ballot_is_drawn_from_the_seal_of_its_own_box() -> None:
    when = given_to(draw)(*TIED_TWICE).when()
    assert when.decided[0] == drawn("m1.board.2", "board", 2)
    outcome = "adopted" if when.decided[0].outcome == "yes" else "rejected"
    decision = decided(when.decided)
    assert decision.outcome == outcome
    assert decision.reasons[-1]["rule"] == "lot"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((), id="nothing proposed"),
        pytest.param(FIRST, id="not counted yet"),
        pytest.param((*FIRST, counted("board", TIE, 4, 4)), id="a tie that is voted again first"),
        pytest.param((*FIRST, counted("board", votes(yes=3, no=1), 4, 4)), id="no tie"),
        pytest.param((*TIED_TWICE, MotionWithdrawn(motion=MOTION, reason="a mistake")), id="withdrawn"),
        pytest.param((*TIED_TWICE, drawn("m1.board.2", "board", 2)), id="drawn already"),
    ],
)
def test_no_lot_is_drawn_that_no_tie_asks_for(before: tuple[Event, ...]) -> None:
    events = given_to(draw)(*before).when().decided
    assert not [event for event in events if isinstance(event, LotDrawn)]


def test_no_lot_is_drawn_before_the_box_is_sealed() -> None:
    assert given_to(partial(draw, seeds={}))(*TIED_TWICE).when().decided == ()


def test_two_ties_of_one_box_are_two_lots_of_its_seed() -> None:
    one_each = votes(yes=1, no=1)
    units = {name: UnitCount(yes=1, no=1, vote="no") for name in ("north", "south")}
    sites = VoteCount(yes=one_each.yes, no=one_each.no, heads_present=2)
    case = given_to(draw)(
        proposed("lotteries"),
        frozen(STAFF),
        asked("staff"),
        counted("staff", one_each, 3, 3),
        counted("sites", sites, 2, 2, units=units),
    )
    first, second = (event for event in case.when().decided if isinstance(event, LotDrawn))
    assert (first, second) == (drawn("m1.staff.1", "staff", 1), drawn("m1.staff.1", "sites", 1, 2))
    assert first.lot["key"] != second.lot["key"]


def test_a_motions_state_has_its_lots_and_only_where_some_were_drawn() -> None:
    before, after = given_to(draw)(*TIED_TWICE), given_to(draw)(*TIED_TWICE, drawn("m1.board.2", "board", 2))
    assert "lots" not in to_json(before.state.state)
    told = to_json(after.state.state)["lots"]["board"]
    assert (told["round"], told["box"], told["outcome"]) == (2, "m1.board.2", drawn("m1.board.2", "board", 2).outcome)
