"""CastBallots: each ballot is answered as if it had come alone, in order; none ends the stream."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import grpc
import pytest

from ballots.api import MAX_BALLOTS
from comitia.ballots.v1 import ballots_pb2 as pb
from tests.services.ballots.life import PROCESS, Life
from tests.services.processes.running import PATIENCE, Running

pytestmark = pytest.mark.slow


def told(results: list[pb.BallotResult]) -> list[str | int]:
    """The version of each ballot that was cast, the reason of each that was refused."""
    return [each.receipt.stream_version if each.HasField("receipt") else each.refusal.reason for each in results]


def test_every_ballot_of_a_message_is_answered_in_its_place(life: Life) -> None:
    life.open_projects()
    message = life.message(
        ("1", "ana", ("well",)), ("2", "zoe", ("well",)), ("3", "bo", ("castle",)), ("4", "chi", ("lamp", "well"))
    )
    (results,) = life.stream(message)
    assert told(results) == [1, "not_on_the_roll", "unknown_option", 1]
    assert results[1].refusal.metadata["members"] == "3"
    assert "roll" in results[1].refusal.message
    assert [each["voter"] for each in life.payloads("BallotCast")] == ["ana", "chi"]


def test_messages_are_answered_in_their_order(life: Life) -> None:
    voters = [f"v{number}" for number in range(60)]
    life.open_projects(*voters)
    messages = [life.message(*((v, v, ("well",)) for v in voters[first : first + 6])) for first in range(0, 60, 6)]
    answers = life.stream(*messages)
    assert [told(results) for results in answers] == [[1] * 6] * 10
    positions = [each.receipt.position for results in answers for each in results]
    assert positions == sorted(positions)


def test_a_message_is_answered_before_the_next_one_is_sent(life: Life, running: Running) -> None:
    life.open_projects()
    answered, versions = threading.Event(), []

    def one_after_the_other() -> Iterator[pb.CastBallotsRequest]:
        for voter in ("ana", "bo", "chi"):
            yield life.message((voter, voter, ("well",)))
            assert answered.wait(PATIENCE)
            answered.clear()

    for answer in running.stub.CastBallots(one_after_the_other(), timeout=PATIENCE):
        versions += told(list(answer.results))
        answered.set()
    assert versions == [1, 1, 1]


def test_a_stream_that_is_cut_off_has_committed_what_it_began(life: Life, running: Running) -> None:
    life.open_projects()
    message = life.message(("1", "ana", ("well",)))
    with running.log.exclusively():
        call = running.stub.CastBallots(iter([message]), timeout=PATIENCE)
        time.sleep(0.2)
        call.cancel()
    running.until(lambda: list(life.payloads("BallotCast")))
    assert told(life.stream(message)[0]) == [1]


def test_two_ballots_of_one_voter_in_a_message_are_one_after_the_other(life: Life) -> None:
    life.open_projects()
    message = life.message(("1", "ana", ("well",)), ("2", "ana", ("lamp",)), ("3", "bo", ("well",)), ("4", "ana", ()))
    (results,) = life.stream(message)
    assert told(results) == [1, "already_voted", 1, "too_few_options"]
    assert results[1].refusal.metadata["position"] == str(results[0].receipt.position)


def test_a_refused_first_ballot_does_not_spoil_the_second_of_its_voter(life: Life) -> None:
    life.open_projects()
    (results,) = life.stream(life.message(("1", "ana", ("castle",)), ("2", "ana", ("lamp",)), ("3", "ana", ("well",))))
    assert told(results) == ["unknown_option", 1, "already_voted"]


def test_revised_ballots_in_one_message_replace_each_other_without_a_gap(life: Life) -> None:
    life.open_projects(revisable=True)
    (results,) = life.stream(life.message(*((str(n), "ana", ("well",)) for n in range(5))))
    assert told(results) == [1, 2, 3, 4, 5]
    assert [each["replaces"] for each in life.payloads("BallotCast")] == [None, 1, 2, 3, 4]


def test_one_key_twice_in_a_message_is_one_ballot(life: Life) -> None:
    life.open_projects(revisable=True)
    message = life.message(("1", "ana", ("well",)), ("1", "ana", ("well",)), ("1", "ana", ("lamp",)))
    (results,) = life.stream(message)
    assert told(results) == [1, 1, "idempotency_key_reused"]
    assert results[0] == results[1]


def test_a_stream_sent_again_gets_the_first_receipts(life: Life, running: Running) -> None:
    life.open_projects()
    message = life.message(("1", "ana", ("well",)), ("2", "bo", ("well",)))
    first = life.stream(message)
    length = running.log.last_position()
    assert life.stream(message) == first
    assert running.log.last_position() == length


def test_a_ballot_sent_alone_and_again_in_a_stream_is_one_ballot(life: Life) -> None:
    life.open_projects()
    (receipt,) = life.cast("ana", "well", key="k").receipts
    (results,) = life.stream(life.message(("k", "ana", ("well",)), actor="tester"))
    assert results[0].receipt == receipt


def test_ballots_after_the_seal_are_each_recorded_as_late(life: Life) -> None:
    life.open_projects()
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    message = life.message(("1", "ana", ("well",)), ("2", "zoe", ("well",)), ("3", "ana", ("lamp",)))
    (results,) = life.stream(message)
    assert told(results) == ["ballot_late", "not_on_the_roll", "ballot_late"]
    assert [each["choice"] for each in life.payloads("BallotArrivedLate")] == [["well"], ["lamp"]]
    assert life.stream(message) == [results]


def test_a_message_that_is_wrong_as_a_whole_refuses_each_of_its_ballots_and_the_stream_goes_on(life: Life) -> None:
    life.open_projects()
    ballot = ("1", "ana", ("well",))
    messages = [
        life.message(ballot, box="palace"),
        life.message(ballot, actor="two words"),
        life.message(("", "ana", ("well",)), ("k" * 129, "ana", ("well",)), ("9", "bo", ("well",))),
        life.message(*[ballot] * (MAX_BALLOTS + 1)),
        life.message(),
        life.message(ballot),
    ]
    answers = [told(results) for results in life.stream(*messages)]
    assert answers == [
        ["unknown_box"],
        ["invalid_argument"],
        ["invalid_argument", "invalid_argument", 1],
        ["too_many_ballots"] * (MAX_BALLOTS + 1),
        [],
        [1],
    ]


def test_a_full_message_is_taken(life: Life) -> None:
    voters = [f"v{number}" for number in range(MAX_BALLOTS)]
    life.open_projects(*voters)
    (results,) = life.stream(life.message(*((v, v, ("well",)) for v in voters)))
    assert told(results) == [1] * MAX_BALLOTS


def test_malformed_bytes_end_the_stream_with_a_reason_and_what_came_before_stands(life: Life, running: Running) -> None:
    life.open_projects()
    method = "/comitia.ballots.v1.BallotsService/CastBallots"
    call = running._channel.stream_stream(method, request_serializer=bytes, response_deserializer=None)
    sent = [life.message(("1", "ana", ("well",))).SerializeToString(), b"\xff\xff"]
    with pytest.raises(grpc.RpcError) as error:
        list(call(iter(sent), timeout=PATIENCE))
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert life.cast("bo").receipts
    running.until(lambda: {each["voter"] for each in life.payloads("BallotCast")} == {"ana", "bo"})


def test_a_trace_is_kept_with_each_ballot_of_its_stream(life: Life, running: Running) -> None:
    life.open_projects()
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    message = life.message(("1", "ana", ("well",)), correlation_id="import-7")
    list(running.stub.CastBallots(iter([message]), timeout=PATIENCE, metadata=(("traceparent", trace),)))
    (record,) = running.records(PROCESS, "ballots.BallotCast")
    assert (record.traceparent, record.correlation_id, record.actor) == (trace, "import-7", "kiosk-7")
