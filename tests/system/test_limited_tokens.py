"""What a token is limited to holds through the whole engine: by the box's chamber, the motion's, the proposal's author."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.bundles import fetch_bundle
from cli.client import Client, CommandRefused
from cli.embedded import Engine
from comitia.audit.v1 import audit_pb2
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from rules import templates
from runtime.credentials import Credentials
from tests.docs.conftest import EXAMPLES
from tests.runtime.issuing import Issuer

pytestmark = pytest.mark.slow

FIRM, SCHOOL = "firm", "school"


class Town:
    """An engine that asks for tokens, and clients that have them."""

    def __init__(self, engine: Engine, issuer: Issuer) -> None:
        self.engine, self.issuer = engine, issuer
        self._opened: list[Client] = []

    def client(self, sub: str, *roles: str, **limits: Any) -> Client:
        """Who has a token that says this."""
        token = self.issuer.token(sub, *roles, **limits)
        client = Client(self.engine.address, actor=sub, credentials=Credentials(token=lambda: token))
        self._opened.append(client)
        return client

    def close(self) -> None:
        for client in self._opened:
            client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """With a firm in which motions are put, and a school in which pupils propose."""
    folder = tmp_path_factory.mktemp("town")
    issuer = Issuer(folder / "issuer")
    os.environ["COMITIA_AUTH_JWKS"] = str(issuer.file)
    try:
        engine = Engine(folder / "data")
    finally:
        del os.environ["COMITIA_AUTH_JWKS"]
    with engine:
        found = Town(engine, issuer)
        operator = found.client("office", "operator")
        open_firm(operator)
        open_school(operator)
        yield found
        found.close()


def open_process(client: Client, process: str, charter: str, phase: str) -> None:
    opening = processes_pb2.OpenProcessRequest(process_id=process, title="T", organiser="o", charter_yaml=charter)
    client.do(client.processes.OpenProcess, opening)
    client.do(client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(process_id=process, phase=phase))


def open_firm(client: Client) -> None:
    """Two chambers, and a motion put to both."""
    open_process(client, FIRM, templates.text("bicameral-firm"), "decisions")
    for chamber, names in (("board", ("bea", "bob")), ("workers", ("wim", "wen"))):
        members = [chambers_pb2.Member(member=name) for name in names]
        enrol = chambers_pb2.EnrolMembersRequest(process_id=FIRM, chamber=chamber, members=members)
        client.do(client.chambers.EnrolMembers, enrol)
    client.do(client.chambers.ProposeMotion, motion("purpose", "bea"))
    client.do(client.chambers.PutMotion, chambers_pb2.PutMotionRequest(process_id=FIRM, motion="purpose"))
    for box in ("purpose.board.1", "purpose.workers.1"):
        client.await_event(FIRM, "ballots.BoxOpened", lambda data, box=box: data["box"] == box)  # type: ignore[misc]


def open_school(client: Client) -> None:
    """Pupils, one of whom has proposed something."""
    open_process(client, SCHOOL, (EXAMPLES / "school-budget.yaml").read_text(encoding="utf-8"), "ideas")
    client.do(client.proposals.SubmitProposal, proposal("bench", "ana"))


def motion(name: str, mover: str) -> chambers_pb2.ProposeMotionRequest:
    return chambers_pb2.ProposeMotionRequest(
        process_id=FIRM, motion=name, matter="government", title="T", text="T.", mover=mover
    )


def proposal(name: str, author: str) -> proposals_pb2.SubmitProposalRequest:
    return proposals_pb2.SubmitProposalRequest(process_id=SCHOOL, proposal=name, title="T", summary="T.", author=author)


def ballot(box: str, voter: str) -> ballots_pb2.CastBallotRequest:
    choice = ballots_pb2.Choice(vote=ballots_pb2.VOTE_YES)
    return ballots_pb2.CastBallotRequest(process_id=FIRM, box=box, voter=voter, choice=choice, channel="web")


def reason(act: Callable[..., object], *given: object) -> str:
    """Why something was refused; '' when it was done, to the end of what it yields."""
    try:
        done = act(*given)
        if isinstance(done, Iterator):
            list(done)
    except CommandRefused as refused:
        return refused.reason
    return ""


CASTS = [
    pytest.param("bea", {}, "purpose.board.1", "bea", "", id="their own ballot"),
    pytest.param("bob", {}, "purpose.board.1", "bea", "scope_denied", id="another's"),
    pytest.param("bob", {"chambers": ["board"]}, "purpose.board.1", "bob", "", id="in a box of their chamber"),
    pytest.param("wim", {"chambers": ["board"]}, "purpose.workers.1", "wim", "scope_denied", id="in another's box"),
    pytest.param("wim", {"chambers": ["board"]}, "no.such.box", "wim", "scope_denied", id="in a box that is not there"),
    pytest.param("wim", {}, "no.such.box", "wim", "unknown_box", id="in a box that is not there, without a limit"),
    pytest.param("login-7", {"member": "wen"}, "purpose.workers.1", "wen", "", id="as the member that the token names"),
    pytest.param("wim", {"processes": [SCHOOL]}, "purpose.workers.1", "wim", "scope_denied", id="in another process"),
]


@pytest.mark.parametrize(("sub", "limits", "box", "voter", "refused"), CASTS)
def test_who_may_cast_into_which_box(
    town: Town, sub: str, limits: dict[str, Any], box: str, voter: str, refused: str
) -> None:
    client = town.client(sub, "member", **limits)
    assert reason(client.do, client.ballots.CastBallot, ballot(box, voter)) == refused


def test_a_stream_is_limited_like_a_single_ballot(town: Town) -> None:
    one = ballots_pb2.BallotToCast(
        idempotency_key="s", voter="wim", choice=ballots_pb2.Choice(vote=ballots_pb2.VOTE_NO), channel="web"
    )
    for limits, refused in (({"chambers": ["board"]}, "scope_denied"), ({"chambers": ["workers"]}, "")):
        client = town.client("wim", "member", **limits)
        assert reason(client.cast, FIRM, "purpose.workers.1", [one]) == refused


MOTIONS = [
    pytest.param("bea", {}, "bea", "", id="their own motion"),
    pytest.param("bob", {}, "bea", "scope_denied", id="in another's name"),
    pytest.param("wim", {"chambers": ["workers"]}, "wim", "", id="a matter that asks their chamber too"),
    pytest.param("tom", {"chambers": ["tribunes"]}, "tom", "scope_denied", id="a matter of other chambers"),
]


@pytest.mark.parametrize(("sub", "limits", "mover", "refused"), MOTIONS)
def test_who_may_move_what(town: Town, sub: str, limits: dict[str, Any], mover: str, refused: str) -> None:
    client = town.client(sub, "member", **limits)
    assert reason(client.do, client.chambers.ProposeMotion, motion(f"by-{sub}", mover)) == refused


def test_a_motion_is_withdrawn_by_its_mover(town: Town) -> None:
    mine = town.client("bea", "member")
    mine.do(mine.chambers.ProposeMotion, motion("mine", "bea"))
    other = town.client("bob", "member")
    asked = chambers_pb2.WithdrawMotionRequest(process_id=FIRM, motion="mine", reason="r")
    assert reason(other.do, other.chambers.WithdrawMotion, asked) == "scope_denied"
    assert reason(mine.do, mine.chambers.WithdrawMotion, asked) == ""


def test_a_motion_is_read_by_whose_chamber_it_asks(town: Town) -> None:
    asked = chambers_pb2.GetMotionRequest(process_id=FIRM, motion="purpose")
    for chambers, refused in ((["workers"], ""), (["tribunes"], "scope_denied")):
        client = town.client("x", "reviewer", chambers=chambers)
        assert reason(client.ask, client.chambers.GetMotion, asked) == refused


def test_a_registrar_of_one_chamber_keeps_the_roll_of_that_one(town: Town) -> None:
    client = town.client("clerk", "registrar", chambers=["workers"])
    for chamber, refused in (("board", "scope_denied"), ("workers", "")):
        member = chambers_pb2.Member(member=f"late-{chamber}")
        asked = chambers_pb2.EnrolMembersRequest(process_id=FIRM, chamber=chamber, members=[member])
        assert reason(client.do, client.chambers.EnrolMembers, asked) == refused


def test_a_proposal_is_revised_by_its_author_whoever_else_there_is(town: Town) -> None:
    asked = proposals_pb2.WithdrawProposalRequest(process_id=SCHOOL, proposal="bench", reason="r")
    for sub, refused in (("ben", "scope_denied"), ("ana", "action_not_allowed_in_phase")):
        client = town.client(sub, "member")
        assert reason(client.do, client.proposals.WithdrawProposal, asked) == refused
    unknown = proposals_pb2.WithdrawProposalRequest(process_id=SCHOOL, proposal="no-such", reason="r")
    client = town.client("ana", "member")
    assert reason(client.do, client.proposals.WithdrawProposal, unknown) == "scope_denied"


def test_a_platform_acts_for_its_users_and_says_whose_act_it_is(town: Town) -> None:
    platform = town.client("platform", "member", on_behalf=True)
    platform.do(platform.proposals.SubmitProposal, proposal("books", "user-7"), actor="user-7")
    auditor = town.client("auditor", "auditor")
    (event,) = [each for each in auditor.events(SCHOOL) if '"books"' in each.payload]
    assert event.actor == "user-7"
    plain = town.client("platform", "organiser")
    again = proposal("goal", "user-8")
    assert reason(partial(plain.do, plain.proposals.SubmitProposal, again, actor="user-8")) == "scope_denied"


def test_a_bundle_is_for_who_may_hold_all_of_one_process(town: Town, tmp_path: Path) -> None:
    for limits, refused in (({}, ""), ({"processes": [FIRM]}, ""), ({"processes": [SCHOOL]}, "scope_denied")):
        client = town.client("auditor", "auditor", **limits)
        assert reason(fetch_bundle, client, FIRM, tmp_path / "b.comitia") == refused
    client = town.client("auditor", "auditor", processes=[FIRM])
    assert reason(client.ask_many, client.audit.Events, audit_pb2.EventsRequest()) == "scope_denied"
    assert reason(client.ask, client.processes.ListProcesses, processes_pb2.ListProcessesRequest()) == ("scope_denied")
