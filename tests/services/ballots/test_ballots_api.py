"""The gRPC API over a running service: receipts, refusals with their numbers, retries, queries."""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest

from comitia.ballots.v1 import ballots_pb2 as pb
from comitia.common.v1.common_pb2 import Command
from runtime.refusals import refusal_of
from tests.services.ballots.life import KEY, PROCESS, PROJECTS, Life
from tests.services.processes.running import PATIENCE, Running
from transparency.merkle import hash_leaf

pytestmark = pytest.mark.slow

Code = grpc.StatusCode


def test_the_caster_gets_the_position_and_the_leaf_hash_of_the_ballot(life: Life, running: Running) -> None:
    life.open_projects()
    (receipt,) = life.cast("ana", "well").receipts
    (record,) = running.records(PROCESS, "ballots.BallotCast")
    assert (receipt.position, receipt.process_index) == (record.position, record.process_index)
    assert (receipt.leaf_hash, receipt.event_id) == (hash_leaf(record.leaf()), record.event_id)
    assert (receipt.type, receipt.stream_version) == ("ballots.BallotCast", 1)
    assert record.data() == {
        "box": PROJECTS,
        "voter": "ana",
        "choice": ["well"],
        "channel": "web",
        "replaces": None,
    }
    assert record.actor == "tester"


def test_a_retry_gets_the_first_receipt_and_writes_nothing(life: Life, running: Running) -> None:
    life.open_projects()
    first = life.cast(key="k-1")
    length = running.log.last_position()
    assert life.cast(key="k-1") == first
    assert running.log.last_position() == length


def test_a_retry_after_the_seal_still_gets_the_first_receipt(life: Life) -> None:
    life.open_projects()
    first = life.cast(key="k-1")
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    assert life.cast(key="k-1") == first


def test_a_key_used_for_another_ballot_is_refused(life: Life) -> None:
    life.open_projects()
    (receipt,) = life.cast("ana", key="k-1").receipts
    told = life.refuses("bo", key="k-1")
    assert (told.code, told.reason) == (Code.ABORTED, "idempotency_key_reused")
    assert told.metadata["position"] == str(receipt.position)


def test_a_second_ballot_is_told_where_the_first_one_is(life: Life) -> None:
    life.open_projects()
    (receipt,) = life.cast("ana").receipts
    told = life.refuses("ana", "lamp")
    assert (told.code, told.reason) == (Code.ALREADY_EXISTS, "already_voted")
    assert told.metadata["position"] == str(receipt.position)


def test_a_revised_ballot_replaces_the_one_before(life: Life) -> None:
    life.open_projects(revisable=True)
    life.cast("ana", "well")
    (receipt,) = life.cast("ana", "lamp").receipts
    assert receipt.stream_version == 2
    assert [each["replaces"] for each in life.payloads("BallotCast")] == [None, 1]
    turnout = life.box().turnout
    assert (turnout.voters, turnout.cast) == (1, 2)


def test_a_ballot_whose_caller_hangs_up_is_committed_and_a_retry_gets_its_receipt(life: Life, running: Running) -> None:
    life.open_projects()
    request = life.ballot("ana")
    request.command.CopyFrom(Command(idempotency_key="k-1", actor="tester"))
    with running.log.exclusively():
        call = running.stub.CastBallot.future(request)
        time.sleep(0.2)
        call.cancel()
    running.until(lambda: list(life.payloads("BallotCast")))
    (record,) = running.records(PROCESS, "ballots.BallotCast")
    (receipt,) = life.cast("ana", key="k-1").receipts
    assert receipt.position == record.position


def test_ballots_that_come_at_once_each_get_their_own_answer(life: Life, running: Running) -> None:
    voters = [f"v{number}" for number in range(60)]
    life.open_projects(*voters)
    calls = []
    for voter in (*voters, "zoe", *voters):
        request = life.ballot(voter)
        request.command.CopyFrom(Command(idempotency_key=f"of {voter}", actor="tester"))
        calls.append(running.stub.CastBallot.future(request, timeout=PATIENCE))
    refused = calls.pop(60).exception()
    receipts = [call.result().receipts[0] for call in calls]
    assert running_told(refused)["reason"] == "not_on_the_roll"
    assert receipts[:60] == receipts[60:]
    cast = running.records(PROCESS, "ballots.BallotCast")
    assert {each.event_id for each in cast} == {each.event_id for each in receipts}
    assert sorted(each.data()["voter"] for each in cast) == sorted(voters)


def test_a_late_ballot_is_recorded_and_refused_with_its_receipt(life: Life, running: Running) -> None:
    life.open_projects()
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    with pytest.raises(grpc.RpcError) as refused:
        life.cast("ana", key="late")
    with pytest.raises(grpc.RpcError) as again:
        life.cast("ana", key="late")
    (record,) = running.records(PROCESS, "ballots.BallotArrivedLate")
    told = running_told(refused.value)
    assert told["code"] == Code.FAILED_PRECONDITION.name
    assert told["reason"] == "ballot_late"
    assert told["position"] == str(record.position)
    assert told["leaf_hash"] == hash_leaf(record.leaf()).hex()
    assert running_told(again.value) == told
    assert (life.box().turnout.late, life.box().turnout.voters) == (1, 0)


def running_told(error: BaseException) -> dict[str, str]:
    """Code, reason and metadata of a refusal."""
    assert isinstance(error, grpc.RpcError)
    told = refusal_of(error)
    return {"code": error.code().name, "reason": told.reason, **told.metadata}


@pytest.mark.parametrize(
    ("request_", "code", "reason"),
    [
        pytest.param({"voter": "zoe"}, Code.PERMISSION_DENIED, "not_on_the_roll", id="not on the roll"),
        pytest.param({"box": "palace"}, Code.NOT_FOUND, "unknown_box", id="an unknown box"),
        pytest.param({"process_id": "other"}, Code.NOT_FOUND, "unknown_box", id="an unknown process"),
        pytest.param({"process_id": "../../x"}, Code.NOT_FOUND, "unknown_box", id="a process that is a path"),
        pytest.param({"box": "b" * 10_000}, Code.NOT_FOUND, "unknown_box", id="a box of ten thousand letters"),
        pytest.param({"channel": ""}, Code.INVALID_ARGUMENT, "channel_unnamed", id="no channel"),
        pytest.param({"choice": pb.Choice()}, Code.INVALID_ARGUMENT, "wrong_form", id="no choice"),
        pytest.param({"choice": pb.Choice(vote=pb.VOTE_YES)}, Code.INVALID_ARGUMENT, "wrong_form", id="another form"),
    ],
)
def test_a_ballot_that_may_not_be_cast_is_refused_and_nothing_is_written(
    life: Life, request_: dict[str, Any], code: grpc.StatusCode, reason: str
) -> None:
    life.open_projects()
    told = life.refuses(**request_)
    assert (told.code, told.reason) == (code, reason)
    assert len(told.sentence) > 20


def test_a_vote_that_the_contract_does_not_know_is_refused(life: Life) -> None:
    box = life.open_law()
    for choice in (pb.Choice(vote=pb.VOTE_UNSPECIFIED), pb.Choice.FromString(b"\x08\x63")):
        told = life.refuses(box=box, choice=choice)
        assert (told.reason, told.code) == ("wrong_form", Code.INVALID_ARGUMENT)


def test_every_vote_can_be_cast(life: Life) -> None:
    box = life.open_law("a", "b", "c", "d")
    for voter, vote in zip("abcd", (pb.VOTE_YES, pb.VOTE_NO, pb.VOTE_ABSTAIN, pb.VOTE_BLANK), strict=True):
        life.cast(voter, box=box, choice=pb.Choice(vote=vote))
    assert [each["choice"] for each in life.payloads("BallotCast")] == ["yes", "no", "abstain", "blank"]


def test_points_and_rankings_arrive_as_they_were_given(life: Life) -> None:
    life.open_projects(form="points", points="3", max=None)
    given = pb.PointList(
        points=[pb.OptionPoints(option="well", points="1.5"), pb.OptionPoints(option="lamp", points="1")]
    )
    life.cast("ana", choice=pb.Choice(points=given))
    assert life.wait_for("BallotCast")["choice"] == {"lamp": "1", "well": "3/2"}
    twice = pb.PointList(points=[pb.OptionPoints(option="well", points="1")] * 2)
    assert life.refuses("bo", choice=pb.Choice(points=twice)).reason == "option_twice"


def test_bytes_that_are_no_message_are_refused_and_the_server_stays_up(life: Life, running: Running) -> None:
    life.open_projects()
    length = running.log.last_position()
    for method in ("CastBallot", "FileCountSheet", "SealBox", "GetBox"):
        call = running._channel.unary_unary(f"/comitia.ballots.v1.BallotsService/{method}", None, None)
        with pytest.raises(grpc.RpcError) as error:
            call(b"\xff\xff\xff", timeout=PATIENCE)
        assert running_told(error.value)["reason"] == "malformed_request"
    assert running.log.last_position() == length
    assert life.cast().receipts


def test_a_cancelled_process_takes_no_more_ballots_or_sheets(life: Life, running: Running) -> None:
    life.open_projects()
    life.register()
    life.cast("ana")
    life.process_is_cancelled()
    assert life.refuses("bo").reason == "process_cancelled"
    request = life.sheet({"well": "1"}, voters=1)
    assert running.refused("FileCountSheet", request).reason == "process_cancelled"


def test_paper_votes_are_filed_corrected_and_added(life: Life) -> None:
    life.open_projects()
    life.register()
    life.file({"well": "2"}, voters=2, note="first")
    life.file({"well": "2", "lamp": "1"}, voters=3, replaces=1)
    life.cast("ana", "well")
    shown = life.box()
    assert (shown.turnout.sheets, shown.turnout.sheet_voters) == (1, 3)
    assert (shown.stations[0].station, shown.stations[0].key, shown.stations[0].sheet_version) == ("hall", KEY, 2)
    life.vote_phase_closes()
    assert life.wait_for("BoxSealed")["sheets"] == 1
    count = life.wait_for("BoxTallied")["count"]
    assert count["scores"] == {"bench": "0", "lamp": "1", "well": "3"}
    assert (count["ballots"], count["sheets"], count["voters"]) == (1, 1, 4)


def test_a_sheet_that_cannot_be_right_is_refused(life: Life, running: Running) -> None:
    life.open_projects()
    life.register()
    forged = life.sheet({"well": "2"}, voters=2)
    forged.voters = 1
    assert running.refused("FileCountSheet", forged).reason == "signature_wrong"
    twice = life.sheet({"well": "2"}, voters=2)
    twice.totals.append(twice.totals[0])
    assert running.refused("FileCountSheet", twice).reason == "option_twice"
    malformed = life.sheet({"well": "2"}, voters=2)
    malformed.totals[0].total = "two"
    told = running.refused("FileCountSheet", malformed)
    assert (told.code, told.metadata["field"]) == (Code.INVALID_ARGUMENT, "totals.well")
    assert running.refused("FileCountSheet", life.sheet({"well": "2"}, voters=2, replaces=1)).code is Code.ABORTED


def test_cantons_are_counted_by_their_signed_sheets(life: Life) -> None:
    box = life.open_cantons()
    life.register(box, "zurich", "ZH")
    life.register(box, "uri", "UR")
    life.file({"yes": "3", "no": "2", "abstain": "0"}, voters=5, box=box, station="zurich", unit="ZH")
    life.file({"yes": "1", "no": "2", "abstain": "0"}, voters=4, box=box, station="uri", unit="UR", blank=1)
    life.seal(box)
    count = life.wait_for("BoxTallied")["count"]
    assert count["scores"] == {"yes": "4", "no": "4", "abstain": "0"}
    assert {unit: part["scores"]["no"] for unit, part in count["units"].items()} == {"ZH": "2", "UR": "2"}
    assert life.refuses("ana", box=box).reason == "no_roll"


def test_a_motions_box_is_sealed_by_command_once(life: Life, running: Running) -> None:
    box = life.open_law()
    life.cast("ana", box=box, choice=pb.Choice(vote=pb.VOTE_YES))
    first = life.seal(box, key="seal")
    assert life.seal(box, key="seal") == first
    assert life.wait_for("BoxSealed") == {"box": box, "ballots": 1, "sheets": 0, "trigger": "command"}
    life.wait_for("BoxTallied")
    told = running.refused("SealBox", pb.SealBoxRequest(process_id=PROCESS, box=box))
    assert (told.code, told.reason) == (Code.ALREADY_EXISTS, "box_sealed")


def test_a_selections_box_is_not_sealed_by_command(life: Life, running: Running) -> None:
    life.open_projects()
    told = running.refused("SealBox", pb.SealBoxRequest(process_id=PROCESS, box=PROJECTS))
    assert (told.code, told.reason) == (Code.FAILED_PRECONDITION, "sealed_by_its_phase")
