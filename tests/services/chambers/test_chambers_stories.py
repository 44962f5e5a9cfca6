"""The stories of a firm's decisions, in by the log and out by the log: what each tallied box and each deadline leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comitia.chambers.v1 import chambers_pb2 as pb
from tests.services.chambers.building import MOTION, NOON, PROCESS
from tests.services.chambers.session import Session

BOARD, WORKERS = "m1.board.1", "m1.workers.1"
ADVICE_DUE = datetime(2026, 12, 6, 12, tzinfo=UTC)


def give(session: Session, member: str, choice: Any = pb.CASTING_CHOICE_YES) -> Any:
    request = pb.GiveCastingVoteRequest(
        process_id=PROCESS, motion=MOTION, chamber="board", member=member, choice=choice
    )
    return session.running.do("GiveCastingVote", request).receipts


def test_a_motion_put_freezes_each_roll_and_asks_each_chamber_in_one_append(session: Session) -> None:
    session.everybody_is_enrolled()
    session.propose()
    receipts = session.put()
    types = [receipt.type.removeprefix("chambers.") for receipt in receipts]
    assert types == ["RollFrozen", "RollFrozen", "ChamberAsked", "ChamberAsked"]
    assert len({receipt.recorded_at for receipt in receipts}) == 1
    asked = [record.data() for record in session.records("ChamberAsked")]
    assert [(each["chamber"], each["box"], each["kind"]) for each in asked] == [
        ("board", BOARD, "vote"),
        ("workers", WORKERS, "vote"),
    ]
    frozen = [record.data() for record in session.records("RollFrozen")]
    assert [(each["box"], each["members"], each["weight"], each["on"]) for each in frozen] == [
        (BOARD, 4, "4", "2026-11-22"),
        (WORKERS, 3, "3", "2026-11-22"),
    ]


def test_both_chambers_adopt(session: Session) -> None:
    session.is_put("government")
    session.box_is_tallied(BOARD, yes=3, no=1)
    counted = session.until("ChamberCounted")
    assert counted["counts"] == {
        "yes": "3",
        "no": "1",
        "abstain": "0",
        "blank": "0",
        "invalid": "0",
        "members": "4",
        "heads_present": 4,
        "heads_members": 4,
    }
    session.box_is_tallied(WORKERS, yes=2, no=1)
    decided = session.until("MotionDecided")
    assert (decided["outcome"], decided["matter"]) == ("adopted", "government")
    assert decided["chambers"]["board"]["base"] == "4"
    assert decided["chambers"]["workers"]["yes"] == "2"
    counted_and_decided = [session.records("ChamberCounted")[1], session.records("MotionDecided")[0]]
    assert counted_and_decided[0].position + 1 == counted_and_decided[1].position
    assert {record.causation_id for record in counted_and_decided} == {session.running.log.read(after=0)[-3].event_id}
    assert {record.actor for record in counted_and_decided} == {"comitia"}


def test_the_board_adopts_and_the_workers_refuse(session: Session) -> None:
    session.is_put("government")
    session.box_is_tallied(BOARD, yes=4)
    session.box_is_tallied(WORKERS, yes=1, no=2)
    decided = session.until("MotionDecided")
    assert decided["outcome"] == "rejected"
    assert decided["chambers"]["board"]["outcome"] == "adopted"
    assert decided["chambers"]["workers"]["outcome"] == "rejected"


def test_the_board_decides_after_the_workers_advice(session: Session) -> None:
    session.is_put("management")
    assert [record.data()["chamber"] for record in session.records("ChamberAsked")] == ["workers"]
    session.box_is_tallied(WORKERS, yes=1, no=2)
    assert session.until("AdviceGiven")["opinion"] == "negative"
    assert session.until("ChamberAsked", 2)["box"] == BOARD
    session.box_is_tallied(BOARD, yes=3, no=1)
    decided = session.until("MotionDecided")
    assert decided["outcome"] == "adopted"
    assert "gave an opinion: negative" in " ".join(reason["text"] for reason in decided["reasons"])


def test_silence_becomes_an_opinion_and_an_advice_tallied_later_changes_nothing(session: Session) -> None:
    session.is_put("management")
    session.running.sleep_until(ADVICE_DUE - timedelta(seconds=1))
    assert not session.records("AdviceLapsed")
    session.running.sleep_until(ADVICE_DUE)
    lapsed = session.until("AdviceLapsed")
    assert (lapsed["meaning"], lapsed["deadline"]) == ("negative", "2026-12-06T12:00:00.000000Z")
    assert session.until("ChamberAsked", 2)["chamber"] == "board"
    session.box_is_tallied(WORKERS, yes=3)
    session.stays_quiet()
    assert not session.records("AdviceGiven")
    assert len(session.records("AdviceLapsed")) == 1
    session.box_is_tallied(BOARD, yes=3, no=1)
    assert session.until("MotionDecided")["outcome"] == "adopted"
    (advice,) = session.motion().advice
    assert (advice.opinion, advice.silent) == ("negative", True)


def test_an_advice_whose_box_was_sealed_in_time_is_no_silence_however_late_it_is_counted(session: Session) -> None:
    session.is_put("management")
    session.box_is_sealed(WORKERS)
    session.running.sleep_until(ADVICE_DUE + timedelta(days=1))
    session.stays_quiet()
    assert not session.records("AdviceLapsed")
    session.box_is_tallied(WORKERS, yes=2, no=1)
    assert session.until("AdviceGiven")["opinion"] == "positive"


@pytest.mark.parametrize(
    ("choice", "outcome"), [(pb.CASTING_CHOICE_YES, "adopted"), (pb.CASTING_CHOICE_NO, "rejected")]
)
def test_the_chairs_casting_vote_breaks_a_tie(session: Session, choice: Any, outcome: str) -> None:
    session.is_put("chaired")
    session.box_is_tallied(BOARD, yes=2, no=2)
    session.until("ChamberCounted")
    receipts = give(session, "ana", choice)
    assert [receipt.type for receipt in receipts] == ["chambers.CastingVoteGiven", "chambers.MotionDecided"]
    assert session.records("MotionDecided")[0].data()["outcome"] == outcome
    (vote,) = session.motion().casting
    assert (vote.role, vote.member, vote.choice, vote.round) == ("chair", "ana", choice, 1)


def test_a_tie_is_voted_again_with_a_new_roll(session: Session) -> None:
    session.is_put("repeated")
    session.enrol("board", "eve")
    session.box_is_tallied(BOARD, yes=2, no=2)
    assert session.until("ChamberAsked", 2)["box"] == "m1.board.2"
    assert [record.data()["members"] for record in session.records("RollFrozen")] == [4, 5]
    session.box_is_tallied("m1.board.2", yes=3, no=2)
    assert session.until("MotionDecided")["outcome"] == "adopted"


def test_an_act_stands_when_nobody_objects_in_time(session: Session) -> None:
    session.is_put("act")
    session.box_is_tallied(BOARD, yes=4)
    asked = session.until("ChamberAsked", 2)
    assert (asked["kind"], asked["box"], asked["deadline"]) == ("objections", None, "2026-11-29T12:00:00.000000Z")
    session.running.sleep_until(NOON + timedelta(days=7))
    assert session.until("MotionDecided")["outcome"] == "adopted"
    assert session.own_types()[-2:] == ["ObjectionWindowClosed", "MotionDecided"]
    session.stays_quiet()
    assert len(session.records("ObjectionWindowClosed")) == 1


def test_enough_objections_stop_an_act_at_once(session: Session) -> None:
    session.is_put("act")
    session.box_is_tallied(BOARD, yes=4)
    session.until("ChamberAsked", 2)
    session.object("tom")
    assert not session.records("MotionDecided")
    receipts = session.object("tea")
    assert [receipt.type for receipt in receipts] == ["chambers.ObjectionRaised", "chambers.MotionDecided"]
    assert session.motion().summary.outcome == "rejected"
    session.running.sleep_until(NOON + timedelta(days=8))
    session.stays_quiet()
    assert not session.records("ObjectionWindowClosed")


def test_units_vote_as_their_own_members_did(session: Session) -> None:
    session.is_put("double")
    session.box_is_tallied("m1.staff.1", yes=1, no=1, units={"north": {"yes": 1}, "south": {"no": 1}})
    assert session.until("ChamberCounted")["units"] is None
    sites = session.until("ChamberCounted", 2)
    assert sites["units"] == {
        "north": {"yes": "1", "no": "0", "vote": "yes"},
        "south": {"yes": "0", "no": "1", "vote": "no"},
    }
    assert (sites["counts"]["yes"], sites["counts"]["members"], sites["box"]) == ("1", "3/2", "m1.staff.1")
    assert session.until("MotionDecided")["outcome"] == "rejected"


def test_a_referendum_is_counted_without_a_roll(session: Session) -> None:
    session.propose("referendum")
    session.put()
    assert not session.records("RollFrozen")
    session.box_is_tallied("m1.people.1", yes=60, no=40)
    assert session.until("ChamberCounted")["counts"]["members"] == "0"
    assert session.until("MotionDecided")["outcome"] == "adopted"
