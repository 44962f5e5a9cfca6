"""Delegations over gRPC: receipts, retries, refusals, and that none is given or taken back once its member has voted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import grpc
import pytest

from chambers.application import Chambers
from chambers.domain.commands import GiveDelegation
from comitia.chambers.v1 import chambers_pb2 as pb
from eventlog.application import Changes, CommandMeta
from kernel.ids import stream_id
from kernel.refusal import Refused
from tests.services.chambers.building import FIRM, MOTION, NOON, PROCESS
from tests.services.chambers.session import Session
from tests.services.processes.running import Running

TEXT = FIRM.replace("roles: [chair, director]}", "roles: [chair, director], delegation: {proxies: 1, liquid: true}}", 1)
ADVISED = FIRM.replace("title: The workers}", "title: The workers, delegation: {liquid: true}}", 1)
BOX = f"{MOTION}.board.1"
LIQUID, PROXY = pb.DELEGATION_KIND_LIQUID, pb.DELEGATION_KIND_PROXY


@pytest.fixture
def session(running: Running) -> Session:
    """A firm whose board has delegations, with everybody enrolled."""
    session = Session(running)
    session.process_opens(TEXT)
    session.phase_opens("session")
    session.everybody_is_enrolled()
    return session


def giving(member: str = "ana", delegate: str = "bo", **more: Any) -> pb.GiveDelegationRequest:
    fields: dict[str, Any] = {"process_id": PROCESS, "chamber": "board", "kind": LIQUID} | more
    return pb.GiveDelegationRequest(member=member, delegate=delegate, **fields)


def revoking(member: str = "ana", **more: Any) -> pb.RevokeDelegationRequest:
    return pb.RevokeDelegationRequest(process_id=PROCESS, chamber="board", member=member, **more)


def give(session: Session, *names: str, key: str = "", **more: Any) -> Any:
    return session.running.do("GiveDelegation", giving(*names, **more), key=key).receipts


def revoke(session: Session, member: str = "ana", key: str = "", **more: Any) -> Any:
    return session.running.do("RevokeDelegation", revoking(member, **more), key=key).receipts


def vote(session: Session, member: str = "ana", box: str = BOX, type_: str = "ballots.BallotCast") -> None:
    stream = stream_id("ballots", PROCESS, box, member)
    session.running.happen(PROCESS, stream, type_, {"box": box, "voter": member, "choice": "yes", "channel": "web"})


def test_a_delegation_given_and_taken_back_is_in_the_log_and_in_the_state(session: Session) -> None:
    (receipt,) = give(session, matter="chaired")
    give(session, "cy", "di", kind=PROXY)
    assert receipt.type == "chambers.DelegationGiven"
    (record,) = session.running.log.read_stream(stream_id("delegations", PROCESS, "board"))[:1]
    told = {"chamber": "board", "member": "ana", "delegate": "bo", "kind": "liquid", "matter": "chaired"}
    assert (record.data(), record.process_index) == (told, receipt.process_index)
    assert session.state()["delegations"] == {
        "board": {
            "ana": [{"delegate": "bo", "kind": "liquid", "matter": "chaired"}],
            "cy": [{"delegate": "di", "kind": "proxy", "matter": None}],
        }
    }
    revoke(session, matter="chaired")
    revoke(session, "cy")
    assert "delegations" not in session.state()


def test_a_page_of_the_roll_shows_what_its_members_delegated(session: Session) -> None:
    give(session, "bo", "cy", matter="chaired")
    give(session, "bo", "di", kind=PROXY)
    give(session, "di", "ana")
    page = session.running.ask("GetRoll", pb.GetRollRequest(process_id=PROCESS, chamber="board", page_size=2))
    assert [each.member for each in page.members] == ["ana", "bo"]
    assert list(page.delegations) == [
        pb.Delegation(member="bo", delegate="cy", kind=LIQUID, matter="chaired"),
        pb.Delegation(member="bo", delegate="di", kind=PROXY),
    ]
    assert not page.delegations[1].HasField("matter")


def test_a_command_sent_again_is_carried_out_once_and_answered_the_same(session: Session) -> None:
    first = give(session, key="k-1")
    assert list(give(session, key="k-1")) == list(first)
    back = revoke(session, key="k-1")
    assert list(revoke(session, key="k-1")) == list(back)
    assert list(give(session, key="k-1")) == list(first), "also once it is revoked"
    assert (
        session.running.refused("GiveDelegation", giving(delegate="cy"), key="k-1").reason == "idempotency_key_reused"
    )
    assert len(session.records("DelegationGiven")) == 1


def test_nobody_may_give_or_take_back_once_they_have_voted_until_the_box_is_sealed(session: Session) -> None:
    give(session, matter="chaired")
    session.propose("chaired")
    session.put()
    revoke(session, matter="chaired")
    give(session, matter="chaired")
    vote(session)
    for method, request in (
        ("RevokeDelegation", revoking(matter="chaired")),
        ("GiveDelegation", giving(delegate="cy")),
        ("GiveDelegation", giving(delegate="cy", matter="chaired")),
    ):
        told = session.running.refused(method, request)
        assert (told.code, told.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "voted_personally")
        assert told.metadata == {"member": "ana", "box": BOX}
    give(session, delegate="cy", matter="government")
    give(session, "bo", "cy")
    session.box_is_sealed(BOX)
    revoke(session, matter="chaired")
    vote(session, type_="ballots.BallotArrivedLate")
    give(session, matter="chaired")


def test_a_vote_on_a_motion_that_was_withdrawn_bars_nobody_from_giving_or_taking_back(session: Session) -> None:
    session.propose("chaired")
    session.put()
    session.propose("chaired", "m2")
    session.put("m2")
    vote(session)
    vote(session, "bo", "m2.board.1")
    session.withdraw()
    give(session)
    revoke(session)
    assert session.running.refused("GiveDelegation", giving("bo", "cy")).metadata["box"] == "m2.board.1"


def test_a_ballot_for_an_advice_that_lapsed_bars_nobody_from_giving(running: Running) -> None:
    session = Session(running)
    session.process_opens(ADVISED)
    session.phase_opens("session")
    session.is_put("management")
    vote(session, "wu", f"{MOTION}.workers.1")
    asked = giving("wu", "wy", chamber="workers")
    assert running.refused("GiveDelegation", asked).reason == "voted_personally"
    running.sleep_until(NOON + timedelta(days=14))
    session.until("AdviceLapsed")
    give(session, "wu", "wy", chamber="workers")


def test_a_ballot_that_comes_while_it_is_decided_makes_it_decide_again(session: Session) -> None:
    session.propose("chaired")
    session.put()
    log = session.running.log
    chambers = Chambers(log, lambda: session.running.now)
    execute, tries = chambers.execute, list[Changes | Refused]()

    def interrupted(
        process_id: str, method: str, meta: CommandMeta, content: bytes, decide: Callable[[], Changes | Refused]
    ) -> Any:
        def decide_slowly() -> Changes | Refused:
            decided = decide()
            if not tries:
                vote(session)
            tries.append(decided)
            return decided

        return execute(process_id, method, meta, content, decide_slowly)

    chambers.execute = interrupted  # type: ignore[method-assign]
    command = GiveDelegation(
        process_id=PROCESS, chamber="board", member="ana", delegate="bo", kind="liquid", matter=None
    )
    found = chambers.delegate(CommandMeta("k", "ana"), b"", command)
    assert isinstance(found, Refused)
    assert found.reason == "voted_personally"
    assert [type(each) for each in tries] == [Changes, Refused]
    assert not session.records("DelegationGiven")


def test_a_box_asked_for_while_it_is_decided_makes_it_decide_again(session: Session) -> None:
    chambers = Chambers(session.running.log, lambda: session.running.now)
    session.propose("chaired")
    before = chambers.roll(PROCESS, "board")
    session.put()
    assert chambers.roll(PROCESS, "board").version == before.version + 1, "the roll's stream moves, which is expected"


@pytest.mark.parametrize(
    ("method", "request_", "code", "reason"),
    [
        ("GiveDelegation", giving(delegate="wu"), grpc.StatusCode.PERMISSION_DENIED, "not_on_the_roll"),
        ("GiveDelegation", giving(delegate="ana"), grpc.StatusCode.INVALID_ARGUMENT, "delegation_to_oneself"),
        ("GiveDelegation", giving(kind=0), grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument"),
        ("GiveDelegation", giving(delegate=""), grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument"),
        ("GiveDelegation", giving(matter=""), grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument"),
        ("GiveDelegation", giving(matter="war"), grpc.StatusCode.NOT_FOUND, "unknown_matter"),
        ("GiveDelegation", giving(process_id="other"), grpc.StatusCode.NOT_FOUND, "unknown_process"),
        ("GiveDelegation", giving("wu", "wy", chamber="workers"), grpc.StatusCode.FAILED_PRECONDITION, "delegation_not_allowed"),
        ("RevokeDelegation", revoking(), grpc.StatusCode.NOT_FOUND, "unknown_delegation"),
        ("RevokeDelegation", revoking("a b"), grpc.StatusCode.INVALID_ARGUMENT, "invalid_argument"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(
    session: Session, method: str, request_: Any, code: grpc.StatusCode, reason: str
) -> None:
    told = session.running.refused(method, request_)
    assert (told.code, told.reason) == (code, reason)
    assert told.sentence


def test_a_proxy_over_the_limit_and_a_circle_are_refused_with_their_numbers(session: Session) -> None:
    give(session, "ana", "di", kind=PROXY)
    told = session.running.refused("GiveDelegation", giving("bo", "di", kind=PROXY))
    assert (told.reason, told.metadata) == ("proxy_limit", {"delegate": "di", "limit": "1", "held": "1"})
    give(session, "di", "cy")
    told = session.running.refused("GiveDelegation", giving("cy", "ana"))
    assert (told.reason, told.metadata) == ("delegation_cycle", {"chain": "cy → ana → di → cy"})


def test_a_delegation_may_be_given_while_no_phase_is_open_and_not_once_the_process_has_ended(session: Session) -> None:
    session.phase_closes("session")
    give(session)
    session.process_is_cancelled()
    assert session.running.refused("RevokeDelegation", revoking()).reason == "process_cancelled"
    assert session.running.refused("GiveDelegation", giving("bo", "cy")).reason == "process_cancelled"
