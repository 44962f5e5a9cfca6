"""Whatever is sent to a running server: refused with reason and sentence, nothing written, and the server stays up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import Default

from ballots.domain.events import BallotArrivedLate
from cli.client import Client, CommandRefused
from cli.embedded import Engine
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.common.v1 import common_pb2
from comitia.processes.v1 import processes_pb2
from rules import templates
from runtime.refusals import refusal_of
from testkit.check_log import check_log
from tests.system import small
from tests.system.small import MATTER, MOTION_BOX, World, grades, options, points, ranking, votes

pytestmark = pytest.mark.slow

SERVICES = ("processes", "proposals", "chambers", "ballots", "audit")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Votes of each form that are open, one that is closed, and a motion; the whole log is checked at the end."""
    with Engine(tmp_path_factory.mktemp("bad-input")) as engine, Client(engine.address) as client:
        world = World(engine, client)
        small.open_vote(client, "approval", form="approval", min=1, max=2, budget_limit=True)
        small.open_vote(client, "points", form="points", points="10", max_per_option="6")
        small.open_vote(client, "ranking", form="ranking", max=2)
        small.open_vote(client, "choice", form="choose_one")
        small.open_vote(client, "quadratic", form="quadratic", credits=9)
        small.open_vote(client, "closed", form="approval")
        small.close_vote(client, "closed")
        small.open_motion(client, "firm")
        yield world
        check_log(engine.context.log)


def methods() -> list[Any]:
    """Every method of the five services."""
    files = [Default().FindFileByName(f"comitia/{service}/v1/{service}.proto") for service in SERVICES]
    return [method for file in files for service in file.services_by_name.values() for method in service.methods]


NOT_PROTOBUF = [b"\xff\xff\xff\xff", b"\x0a\xff\xff\xff\x7f", b'{"process_id": "approval"}', b"\x0a\x05ab"]


@pytest.mark.parametrize("method", methods(), ids=lambda method: f"{method.containing_service.name}.{method.name}")
def test_bytes_that_are_no_protobuf_are_refused(world: World, method: Any) -> None:
    arity = "_".join("stream" if streams else "unary" for streams in (method.client_streaming, method.server_streaming))
    with grpc.insecure_channel(world.engine.address) as channel, world.nothing_written():
        call = getattr(channel, arity)(f"/{method.containing_service.full_name}/{method.name}")
        for data in NOT_PROTOBUF:
            with pytest.raises(grpc.RpcError) as error:
                first_answer(call(iter([data]) if method.client_streaming else data, timeout=20))
            assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            refusal = refusal_of(error.value)
            assert refusal.reason == "malformed_request"
            assert "send the protobuf message of its contract" in refusal.sentence


def first_answer(answer: Any) -> Any:
    """A call without streams has raised by now; a stream raises when it is read."""
    return next(answer)


def the_ballot(process_id: str, box: str, voter: str, choice: ballots_pb2.Choice) -> ballots_pb2.CastBallotRequest:
    return ballots_pb2.CastBallotRequest(process_id=process_id, box=box, voter=voter, choice=choice, channel="web")


VOTE = ballots_pb2.Choice

BALLOTS = [
    pytest.param("approval", "ana", options("tower"), "unknown_option", "tower", id="a project not on the shortlist"),
    pytest.param("approval", "ana", options("castle"), "unknown_option", "castle", id="a project that is none"),
    pytest.param("approval", "ana", options("well", "lamp"), "over_budget", "cost: 900, budget: 800", id="over the budget"),
    pytest.param("approval", "ana", options("well", "well"), "option_twice", "times: 2", id="a project twice"),
    pytest.param("approval", "ana", options("well", "bench", "lamp"), "too_many_options", "at most 2", id="one too many"),
    pytest.param("approval", "ana", options(), "too_few_options", "at least 1", id="no project"),
    pytest.param("approval", "ana", VOTE(), "wrong_form", "expected: options, found: nothing", id="no choice"),
    pytest.param("approval", "ana", ranking("well"), "wrong_form", "found: ranking", id="a ranking where none is asked"),
    pytest.param("approval", "eve", options("well"), "not_on_the_roll", "voter: eve", id="someone not on the roll"),
    pytest.param("approval", "", options("well"), "not_on_the_roll", "members: 3", id="nobody"),
    pytest.param("approval", "ana", options("x" * 100_000), "unknown_option", "(100000 characters)", id="an endless name"),
    pytest.param("approval", "ana", options(*["well"] * 50_000), "too_many_options", "found: 50000", id="50,000 times"),
    pytest.param("points", "ana", points(("well", "-1")), "points_negative", "more than 0 points", id="negative points"),
    pytest.param("points", "ana", points(("well", "0")), "points_zero", "more than 0 points", id="no points"),
    pytest.param("points", "ana", points(("well", f"{10**30}")), "points_over_option_limit", "at most 6", id="10^30 points"),
    pytest.param("points", "ana", points(("well", "9" * 100)), "points_not_a_number", "sixty digits", id="100 digits"),
    pytest.param("points", "ana", points(("well", "1e30")), "points_not_a_number", "write points as", id="1e30 points"),
    pytest.param("points", "ana", points(("well", "NaN")), "points_not_a_number", "write points as", id="not a number"),
    pytest.param("points", "ana", points(("well", "1,5")), "points_not_a_number", "0.5 or 1/2", id="a decimal comma"),
    pytest.param("points", "ana", points(("well", "1/0")), "points_not_a_number", "write points as", id="a division by 0"),
    pytest.param("points", "ana", points(("well", "7")), "points_over_option_limit", "maximum: 6", id="7 of at most 6"),
    pytest.param(
        "points", "ana", points(("well", "5"), ("bench", "6")), "points_over_total", "points: 11, maximum: 10",
        id="11 points of 10",
    ),
    pytest.param("points", "ana", points(("well", "1"), ("well", "2")), "option_twice", "times: 2", id="points twice"),
    pytest.param("points", "ana", points(("tower", "1")), "unknown_option", "tower", id="points off the shortlist"),
    pytest.param("ranking", "ana", ranking("well", "well"), "option_twice", "times: 2", id="ranked twice"),
    pytest.param("ranking", "ana", ranking("tower"), "unknown_option", "tower", id="ranked off the shortlist"),
    pytest.param("quadratic", "ana", votes(("well", 3), ("lamp", 1)), "over_credits", "cost: 10, credits: 9", id="10 of 9"),
    pytest.param("quadratic", "ana", votes(("well", 2**63 - 1)), "over_credits", "at most 9", id="2^63 - 1 votes"),
    pytest.param("quadratic", "ana", votes(("well", -1)), "votes_against", "no votes against", id="a vote against"),
    pytest.param("quadratic", "ana", votes(("well", 0)), "votes_zero", "leave the option out", id="no votes"),
    pytest.param("quadratic", "ana", votes(("well", 1), ("well", 1)), "option_twice", "times: 2", id="votes for one, twice"),
    pytest.param("quadratic", "ana", points(("well", "1")), "wrong_form", "found: points", id="points where votes are asked"),
    pytest.param("points", "ana", votes(("well", 1)), "wrong_form", "found: quadratic", id="votes where points are asked"),
    pytest.param("ranking", "ana", grades(("well", "good")), "wrong_form", "found: grades", id="grades for a ranking"),
    pytest.param("choice", "ana", options("well", "bench"), "too_many_options", "at most 1", id="two where one is chosen"),
    pytest.param("firm", "ana", VOTE(vote=ballots_pb2.VOTE_UNSPECIFIED), "wrong_form", "yes, no, abstain", id="no vote"),
    pytest.param("firm", "eve", VOTE(vote=ballots_pb2.VOTE_YES), "not_on_the_roll", "eve", id="not on the board"),
    pytest.param("closed", "eve", options("well"), "not_on_the_roll", "eve", id="a stranger, after the seal"),
]  # fmt: skip


@pytest.mark.parametrize(("process_id", "voter", "choice", "reason", "told"), BALLOTS)
def test_a_bad_ballot_is_refused(
    world: World, process_id: str, voter: str, choice: ballots_pb2.Choice, reason: str, told: str
) -> None:
    client, box = world.client, MOTION_BOX if process_id == "firm" else MATTER
    with world.nothing_written(), pytest.raises(CommandRefused) as refused:
        client.do(client.ballots.CastBallot, the_ballot(process_id, box, voter, choice))
    assert refused.value.reason == reason
    assert told in refused.value.sentence()
    cast = ballots_pb2.BallotToCast(idempotency_key="k", voter=voter, choice=choice, channel="web")
    with world.nothing_written():
        (result,) = client.cast(process_id, box, [cast])
    assert result.refusal.reason == reason
    assert told in result.refusal.message


def test_in_a_stream_only_the_bad_ballots_are_refused(world: World) -> None:
    small.open_vote(world.client, "stream", form="approval")
    sent = [("ana", options("well")), ("eve", options("well")), ("bo", options("tower")), ("chi", options("bench"))]
    ballots = [
        ballots_pb2.BallotToCast(idempotency_key=voter, voter=voter, choice=choice, channel="web")
        for voter, choice in sent
    ]
    results = list(world.client.cast("stream", MATTER, ballots))
    told = [each.refusal.reason or each.receipt.type for each in results]
    cast = "ballots.BallotCast"
    assert told == [cast, "not_on_the_roll", "unknown_option", cast]
    with world.nothing_written():
        again = list(world.client.cast("stream", MATTER, ballots))
    assert [each.receipt.position for each in again] == [each.receipt.position for each in results]


def test_a_ballot_for_a_closed_box_is_recorded_as_late_and_changes_nothing(world: World) -> None:
    client, log = world.client, world.engine.context.log
    before, length = client.state("closed"), log.length("closed")
    with pytest.raises(CommandRefused) as refused:
        client.do(client.ballots.CastBallot, the_ballot("closed", MATTER, "ana", options("well")))
    assert refused.value.reason == "ballot_late"
    assert "it is recorded and not counted" in refused.value.sentence()
    assert [record.type for record in log.read_process("closed", first=length)] == [BallotArrivedLate.TYPE]
    after = client.state("closed")
    assert after["boxes"][MATTER].pop("late") == 1
    assert before["boxes"][MATTER].pop("late") == 0
    assert after == before
    assert world.healthy()


def test_a_second_ballot_where_none_may_be_changed(world: World) -> None:
    client = world.client
    small.open_vote(world.client, "once", form="approval")
    client.do(client.ballots.CastBallot, the_ballot("once", MATTER, "ana", options("well")), key="k")
    with world.nothing_written(), pytest.raises(CommandRefused) as second:
        client.do(client.ballots.CastBallot, the_ballot("once", MATTER, "ana", options("bench")))
    with world.nothing_written(), pytest.raises(CommandRefused) as reused:
        client.do(client.ballots.CastBallot, the_ballot("once", MATTER, "ana", options("bench")), key="k")
    assert (second.value.reason, reused.value.reason) == ("already_voted", "idempotency_key_reused")


UNKNOWN = [
    pytest.param("processes", "OpenPhase", {"process_id": "nowhere", "phase": "vote"}, "unknown_process", id="phase of"),
    pytest.param("processes", "ClosePhase", {"process_id": "approval", "phase": "x"}, "unknown_phase", id="phase"),
    pytest.param("processes", "GetProcess", {"process_id": "nowhere"}, "unknown_process", id="process"),
    pytest.param("processes", "GetState", {"process_id": "nowhere"}, "unknown_process", id="state of"),
    pytest.param("processes", "GetState", {"process_id": "firm", "at": 10**9}, "index_out_of_range", id="event"),
    pytest.param("proposals", "GetProposal", {"process_id": "firm", "proposal": "x"}, "unknown_proposal", id="proposal"),
    pytest.param(
        "proposals", "SubmitProposal",
        {"process_id": "nowhere", "proposal": "x", "title": "x", "summary": "x", "author": "x"}, "unknown_process",
        id="proposal to",
    ),
    pytest.param("chambers", "GetRoll", {"process_id": "firm", "chamber": "x"}, "unknown_chamber", id="chamber"),
    pytest.param("chambers", "PutMotion", {"process_id": "firm", "motion": "x"}, "unknown_motion", id="motion"),
    pytest.param(
        "chambers", "RemoveMember", {"process_id": "firm", "chamber": "board", "member": "eve", "reason": "x"},
        "unknown_member", id="member",
    ),
    pytest.param(
        "chambers", "ProposeMotion", {"process_id": "firm", "motion": "m", "matter": "x", "title": "x", "text": "x"},
        "unknown_matter", id="matter",
    ),
    pytest.param("ballots", "SealBox", {"process_id": "firm", "box": "x"}, "unknown_box", id="box"),
    pytest.param(
        "ballots", "FileCountSheet",
        {"process_id": "approval", "box": MATTER, "station": "x", "voters": 1, "signature": bytes(64)}, "unknown_station",
        id="station",
    ),
    pytest.param("audit", "GetCheckpoint", {"process_id": "nowhere"}, "unknown_process", id="checkpoint of"),
    pytest.param("audit", "GetInclusionProof", {"process_id": "firm", "process_index": 10**9}, "index_out_of_range", id="leaf"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "method", "fields", "reason"), UNKNOWN)
def test_an_unknown_id_is_said_to_be_unknown(
    world: World, service: str, method: str, fields: dict[str, Any], reason: str
) -> None:
    with world.nothing_written():
        refused = ask(world, service, method, fields)
    assert refused.reason == reason
    assert len(refused.sentence()) > len(reason) + 20


def ask(world: World, service: str, method: str, fields: dict[str, Any]) -> CommandRefused:
    """What a call with these fields is refused with."""
    module = __import__(f"comitia.{service}.v1.{service}_pb2", fromlist=["x"])
    request = getattr(module, f"{method}Request")(**fields)
    rpc = getattr(getattr(world.client, service), method)
    call = world.client.do if "command" in request.DESCRIPTOR.fields_by_name else world.client.ask
    with pytest.raises(CommandRefused) as refused:
        call(rpc, request)
    return refused.value


FIRM = templates.text("bicameral-firm")
CHARTERS = [
    pytest.param(FIRM + "colour: red\n", "charter_invalid", "the unknown field 'colour'", id="an unknown field"),
    pytest.param(FIRM.replace("next: null", "next: decisions"), "phase_cycle", "decisions → decisions", id="a cycle"),
    pytest.param(FIRM.replace("1/2", "3/2"), "charter_invalid", "a share from 0 to 1", id="a share of 3/2"),
    pytest.param(FIRM.replace("name: workers\n", "name: board\n"), "name_twice", "'board' 2 times", id="one name twice"),
    pytest.param(FIRM.replace("title: The board", "title: x\n    title: y"), "charter_not_yaml", "'title'", id="a key twice"),
    pytest.param("", "charter_not_yaml", "an empty document", id="nothing"),
    pytest.param(FIRM + "#" * 3_000_000, "charter_not_yaml", "at most 262144 characters", id="a huge one"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "told"), CHARTERS)
def test_a_bad_charter_opens_no_process(world: World, text: str, reason: str, told: str) -> None:
    fields = {"process_id": "new", "title": "New", "organiser": "town", "charter_yaml": text}
    with world.nothing_written():
        refused = ask(world, "processes", "OpenProcess", fields)
    assert refused.reason == reason
    assert told in refused.sentence()
    assert "line" in refused.metadata()


@pytest.mark.parametrize(
    ("weight", "reason"),
    [
        pytest.param("-1", "weight_not_positive", id="negative"),
        pytest.param("0", "weight_not_positive", id="zero"),
        pytest.param("1/0", "invalid_argument", id="a division by zero"),
        pytest.param("1e9", "invalid_argument", id="a power of ten"),
        pytest.param("1,5", "invalid_argument", id="a decimal comma"),
        pytest.param("∞", "invalid_argument", id="no number"),
    ],
)
def test_a_weight_that_cannot_be_is_refused_with_its_whole_batch(world: World, weight: str, reason: str) -> None:
    members = [chambers_pb2.Member(member="dan"), chambers_pb2.Member(member="eva", weight=weight)]
    fields = {"process_id": "firm", "chamber": "board", "members": members}
    with world.nothing_written():
        refused = ask(world, "chambers", "EnrolMembers", fields)
    assert refused.reason == reason
    assert weight in refused.metadata().values() or f"'{weight}'" in refused.metadata().values()


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        pytest.param({}, "command.idempotency_key", id="no frame"),
        pytest.param({"actor": "town"}, "command.idempotency_key", id="no key"),
        pytest.param({"idempotency_key": "k" * 129, "actor": "town"}, "command.idempotency_key", id="a long key"),
        pytest.param({"idempotency_key": "k"}, "command.actor", id="no actor"),
        pytest.param({"idempotency_key": "k", "actor": "a b"}, "command.actor", id="an actor with a space"),
        pytest.param(
            {"idempotency_key": "k", "actor": "a", "correlation_id": "c" * 129},
            "command.correlation_id",
            id="a long id",
        ),
    ],
)
def test_a_command_must_say_who_gives_it_and_under_which_key(world: World, frame: dict[str, str], field: str) -> None:
    request = processes_pb2.ClosePhaseRequest(command=common_pb2.Command(**frame), process_id="approval", phase="vote")
    with world.nothing_written(), pytest.raises(CommandRefused) as refused:
        world.client.ask(world.client.processes.ClosePhase, request)
    assert (refused.value.reason, refused.value.metadata()["field"]) == ("invalid_argument", field)


def test_a_message_of_five_megabytes_is_not_read(world: World) -> None:
    fields = {"process_id": "new", "title": "New", "organiser": "town", "charter_yaml": "x" * 5_000_000}
    with world.nothing_written():
        refused = ask(world, "processes", "OpenProcess", fields)
    assert refused.reason == "resource_exhausted"
