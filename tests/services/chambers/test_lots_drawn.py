"""Whatever answer leaves a tie to a lot, the engine draws it: in by the log, out by the lot and the decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chambers.reactions import ANSWERS
from chambers.seeds import seed_at_the_seal
from comitia.chambers.v1 import chambers_pb2 as pb
from kernel import canonical
from tally.lots import draw_lot
from tests.services.chambers.building import MOTION, NOON, PROCESS
from tests.services.chambers.session import Session
from tests.services.processes.running import Running

pytestmark = pytest.mark.slow

MAJORITY = {"more_than": "1/2"}
CRITERIA = ["it is paramount", "it is reasoned"]
STAFF = {"chamber": "staff", "majority": MAJORITY}
SITES = {"chamber": "sites", "majority": MAJORITY, "tie": ["lot"]}
WEEK_LATER = NOON + timedelta(days=7)

Answer = Callable[[Session], None]


def charter(*steps: Any) -> str:
    """Staff vote, then comes what the steps say, then the sites, whose tie goes to a lot."""
    units = [{"code": "north"}, {"code": "south"}]
    document = {
        "comitia": 1,
        "name": "lots",
        "title": "Lots",
        "phases": [{"name": "session", "title": "Session", "allows": ["enrol", "move"]}],
        "chambers": [
            {"name": "board", "title": "The board", "roles": ["chair"]},
            {"name": "staff", "title": "Staff", "units": units},
            {"name": "sites", "title": "The sites", "derived": {"from": "staff"}},
        ],
        "matters": [
            {
                "name": "government",
                "title": "Government",
                "kind": "motion",
                "ballot": {"form": "yes_no_abstain"},
                "decision": {"sequence": list(steps)},
            }
        ],
    }
    return json.dumps(document)


def consent(*criteria: str) -> dict[str, Any]:
    tested = {"criteria": list(criteria), "tester": "chair"} if criteria else {}
    return {"consent": {"chamber": "board", "window": "P7D", **tested}}


def advice_given(session: Session) -> None:
    session.until("ChamberAsked", 2)
    session.box_is_sealed("m1.board.1")
    session.box_is_tallied("m1.board.1", yes=1)


def advice_lapses(session: Session) -> None:
    session.until("ChamberAsked", 2)
    session.running.sleep_until(WEEK_LATER)


def tied_board(session: Session) -> None:
    session.box_is_sealed("m1.board.1")
    session.box_is_tallied("m1.board.1", yes=1, no=1)


def tied_and_cast(session: Session) -> None:
    session.until("ChamberAsked", 2)
    session.box_is_tallied("m1.board.1", yes=1, no=1)
    session.until("ChamberCounted", 3)
    request = pb.GiveCastingVoteRequest(
        process_id=PROCESS, motion=MOTION, chamber="board", member="ana", choice=pb.CASTING_CHOICE_YES
    )
    session.running.do("GiveCastingVote", request)


def objected(session: Session) -> None:
    session.until("ChamberAsked", 2)
    request = pb.RaiseObjectionRequest(
        process_id=PROCESS, motion=MOTION, chamber="board", member="bo", reason="it harms us"
    )
    session.running.do("RaiseObjection", request)


def objected_and_tested(session: Session) -> None:
    objected(session)
    advice_lapses(session)
    session.until("ObjectionWindowClosed")
    criteria = [pb.Criterion(criterion=each, met=False) for each in CRITERIA]
    request = pb.TestObjectionRequest(
        process_id=PROCESS,
        motion=MOTION,
        chamber="board",
        member="bo",
        tester="ana",
        criteria=criteria,
        reason="no reason was given",
    )
    session.running.do("TestObjection", request)


def nothing(session: Session) -> None:
    """The staff's own ballot is enough."""


STORIES: dict[str, tuple[str, Answer]] = {
    "ChamberCounted": (charter(STAFF, SITES), nothing),
    "AdviceGiven": (
        charter(STAFF, {"advice": {"chamber": "board", "deadline": "P7D", "silence": "none"}}, SITES),
        advice_given,
    ),
    "AdviceLapsed": (
        charter(STAFF, {"advice": {"chamber": "board", "deadline": "P7D", "silence": "none"}}, SITES),
        advice_lapses,
    ),
    "CastingVoteGiven": (
        charter(STAFF, {"chamber": "board", "majority": MAJORITY, "tie": [{"casting_vote": "chair"}]}, SITES),
        tied_and_cast,
    ),
    "LotDrawn": (
        charter(
            {"any_of": [{**STAFF, "tie": ["reject"]}, {"chamber": "board", "majority": MAJORITY, "tie": ["lot"]}]},
            SITES,
        ),
        tied_board,
    ),
    "ObjectionRaised": (charter(STAFF, {"override": {"of": consent(), "by": SITES}}), objected),
    "ObjectionTested": (charter(STAFF, consent(*CRITERIA), SITES), objected_and_tested),
    "ObjectionWindowClosed": (charter(STAFF, consent(), SITES), advice_lapses),
}


def test_every_answer_has_its_story() -> None:
    assert {f"chambers.{name}" for name in STORIES} == {answer.TYPE for answer in ANSWERS}


@pytest.mark.parametrize("name", STORIES)
def test_a_lot_is_drawn_after_any_answer(running: Running, name: str) -> None:
    text, answer = STORIES[name]
    session = Session(running)
    session.process_opens(text)
    session.phase_opens("session")
    session.enrol("board", pb.Member(member="ana", roles=["chair"]), "bo")
    session.enrol("staff", pb.Member(member="nia", unit="north"), pb.Member(member="sam", unit="south"), "zoe")
    session.propose()
    session.put()
    session.box_is_sealed("m1.staff.1")
    session.box_is_tallied("m1.staff.1", yes=2, no=1, units={"north": {"yes": 2}, "south": {"no": 1}})
    answer(session)
    decided = session.until("MotionDecided")
    drawn = [record for record in session.records("LotDrawn") if record.data()["chamber"] == "sites"]
    (record,) = drawn
    lot = record.data()
    seed = seed_at_the_seal(running.log, PROCESS, "m1.staff.1")
    assert seed is not None
    assert lot["lot"] == draw_lot(seed, 1, ("yes", "no")).to_json()
    assert decided["outcome"] == ("adopted" if lot["outcome"] == "yes" else "rejected")
    session.stays_quiet()
    assert [each for each in session.records("LotDrawn") if each.data()["chamber"] == "sites"] == drawn
    (told,) = [each for each in session.motion().lots if each.chamber == "sites"]
    assert (told.seed, told.outcome, told.box) == (seed.hex(), lot["outcome"], "m1.staff.1")
    assert canonical.loads_canonical(told.lot_json.encode()) == lot["lot"]
