"""A box whose motion was withdrawn, or whose time to advise lapsed, takes nothing more: nothing in it can count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import grpc
import pytest

from ballots.application import Ballots, submit
from ballots.domain.casting import CastBallot
from comitia.ballots.v1 import ballots_pb2 as pb
from eventlog.application import Change, CommandMeta, Submission
from kernel.records import Record
from kernel.refusal import Refused
from tests.services.ballots.life import Life
from tests.services.processes.running import Running

YES = pb.Choice(vote=pb.VOTE_YES)


def test_a_withdrawn_motions_box_takes_no_more_ballots_and_says_since_which_event(life: Life) -> None:
    box = life.open_law()
    life.cast("ana", box=box, choice=YES)
    withdrawn = life.motion_is_withdrawn()
    told = life.refuses("bo", box=box, choice=YES)
    assert (told.code, told.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "motion_withdrawn")
    assert told.metadata == {"box": box, "motion": "m-1", "process_index": str(withdrawn.process_index)}
    assert "withdrawn" in told.sentence


def test_a_ballot_of_before_that_is_sent_again_has_its_receipt(life: Life) -> None:
    box = life.open_law()
    first = life.cast("ana", box=box, choice=YES, key="k").receipts
    life.motion_is_withdrawn()
    assert life.cast("ana", box=box, choice=YES, key="k").receipts == first


def test_it_takes_no_more_count_sheets(life: Life, running: Running) -> None:
    box = life.open_cantons()
    life.register(box, unit="ZH")
    life.motion_is_withdrawn()
    told = running.refused("FileCountSheet", life.sheet({"yes": "1"}, voters=1, box=box, unit="ZH"))
    assert (told.reason, told.metadata["box"]) == ("motion_withdrawn", box)


def test_each_ballot_of_a_stream_is_refused(life: Life) -> None:
    box = life.open_law()
    life.motion_is_withdrawn()
    ((result,),) = life.stream(life.message(("k", "ana", ("yes",)), box=box))
    assert result.refusal.reason == "motion_withdrawn"


def test_the_boxes_of_other_motions_stay_open(life: Life) -> None:
    life.open_law()
    other = life.ask(motion="m-2")
    life.wait_for("BoxOpened", 2)
    life.motion_is_withdrawn()
    life.cast("ana", box=other, choice=YES)
    assert [(each["box"], each["voter"]) for each in life.payloads("BallotCast")] == [(other, "ana")]


def test_once_it_is_sealed_a_ballot_is_recorded_as_late_as_in_every_other_box(life: Life) -> None:
    box = life.open_law()
    life.motion_is_withdrawn()
    life.seal(box)
    with pytest.raises(grpc.RpcError):
        life.cast("ana", box=box, choice=YES)
    assert life.wait_for("BallotArrivedLate")["voter"] == "ana"


Ends = Callable[[Life], Record]
ENDS: dict[str, tuple[Ends, str]] = {
    "the motion is withdrawn": (Life.motion_is_withdrawn, "motion_withdrawn"),
    "the advice lapses": (lambda life: life.advice_lapses("council"), "advice_lapsed"),
}


@pytest.mark.parametrize(("ends", "reason"), ENDS.values(), ids=ENDS)
def test_a_ballot_that_is_decided_while_its_box_becomes_moot_is_decided_again(
    life: Life, running: Running, ends: Ends, reason: str
) -> None:
    """The append expects the motion's stream as it was when the ballot was decided."""
    box = life.open_law(kind="advice")
    running.stop_following()
    ballots = Ballots(running.log)
    execute_many, tries = ballots.execute_many, list[Change | Refused]()

    def interrupted(process_id: str, method: str, items: Any, decide: Any, expect: Any = dict) -> Any:
        def decide_slowly(waiting: Sequence[Submission]) -> Sequence[Change | Refused]:
            decided: Sequence[Change | Refused] = decide(waiting)
            if not tries:
                ends(life)
            tries.extend(decided)
            return decided

        return execute_many(process_id, method, items, decide_slowly, expect)

    ballots.execute_many = interrupted  # type: ignore[method-assign]
    ballot = submit(CommandMeta("k", "ana"), CastBallot(box, "ana", "vote", "yes", "web"), b"yes")
    (answer,) = ballots.cast_many(life.process_id, box, [ballot])
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.details["box"]) == (reason, box)
    assert [type(each) for each in tries] == [Change, Refused]
    assert not list(life.payloads("BallotCast"))


def test_a_lapse_ends_the_advice_and_not_the_vote_of_the_same_motion(life: Life) -> None:
    life.open_law(kind="advice")
    vote = life.ask("cantons")
    life.wait_for("BoxOpened", 2)
    life.advice_lapses("council")
    life.wait_for("BoxSealed")
    life.register(vote, unit="ZH")
    life.file({"yes": "1", "no": "0", "abstain": "0"}, voters=1, box=vote, unit="ZH")
    assert [(each["box"], each["unit"]) for each in life.payloads("CountSheetFiled")] == [(vote, "ZH")]
