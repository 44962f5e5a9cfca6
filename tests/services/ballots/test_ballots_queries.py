"""What may be asked of the ballots service: a box, the list of boxes, the state after any event."""

from __future__ import annotations

import sqlite3

import grpc
import pytest

from ballots.projections import BoxList
from comitia.ballots.v1 import ballots_pb2 as pb
from comitia.common.v1.common_pb2 import Command
from kernel import canonical
from replay.replay import Replay
from runtime.refusals import refusal_of
from tests.services.ballots.life import KEY, PROCESS, PROJECTS, Life
from tests.services.processes.running import PATIENCE, Running, rows

pytestmark = pytest.mark.slow

Code = grpc.StatusCode


def test_a_box_shows_all_that_is_known_of_it(life: Life) -> None:
    life.open_projects()
    life.cast()
    shown = life.box()
    assert (shown.box, shown.matter, shown.chamber, shown.status) == (
        PROJECTS,
        PROJECTS,
        "residents",
        pb.BOX_STATUS_OPEN,
    )
    assert not shown.HasField("motion")
    well = shown.options[0]
    assert (well.option, well.cost, well.submitted) == ("well", "500", 1)
    assert (shown.turnout.members, shown.turnout.weight, shown.turnout.voters) == (3, "3", 1)
    assert canonical.loads(shown.ballot_json.encode())["form"] == "approval"
    assert not shown.HasField("count_json")
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    tallied = life.box()
    assert tallied.status == pb.BOX_STATUS_TALLIED
    assert canonical.loads(tallied.count_json.encode())["voters"] == 1
    assert canonical.loads(tallied.allocation_json.encode())["winners"] == ["well"]


def test_the_list_of_boxes_shows_each_turnout_in_the_order_of_opening(life: Life, running: Running) -> None:
    life.open_projects()
    life.enrol("ana", chamber="council")
    box = life.ask()
    life.wait_for("BoxOpened", 2)
    life.cast("ana")
    listed = life.boxes()
    assert [each.box for each in listed] == [PROJECTS, box]
    assert [(each.turnout.voters, each.turnout.cast, each.turnout.members) for each in listed] == [(1, 1, 3), (0, 0, 1)]
    first = running.ask("ListBoxes", pb.ListBoxesRequest(process_id=PROCESS, page_size=1))
    second = running.ask("ListBoxes", pb.ListBoxesRequest(process_id=PROCESS, page_token=first.next_page_token))
    assert [each.box for page in (first, second) for each in page.boxes] == [PROJECTS, box]
    assert second.next_page_token == ""


@pytest.mark.parametrize(
    ("method", "request_", "reason"),
    [
        ("GetBox", pb.GetBoxRequest(process_id=PROCESS, box="palace"), "unknown_box"),
        ("ListBoxes", pb.ListBoxesRequest(process_id="other"), "unknown_process"),
        ("ListBoxes", pb.ListBoxesRequest(process_id=PROCESS, page_size=1001), "invalid_argument"),
        ("ListBoxes", pb.ListBoxesRequest(process_id=PROCESS, page_token="x"), "invalid_argument"),
        ("GetState", pb.GetStateRequest(process_id="other"), "unknown_process"),
        ("GetState", pb.GetStateRequest(process_id=PROCESS, at=-1), "index_out_of_range"),
        ("GetState", pb.GetStateRequest(process_id=PROCESS, at=10_000), "index_out_of_range"),
        ("RegisterStation", pb.RegisterStationRequest(process_id=PROCESS, box=PROJECTS, key=KEY), "invalid_argument"),
        (
            "RegisterStation",
            pb.RegisterStationRequest(process_id=PROCESS, box=PROJECTS, station="s", key=b"short"),
            "invalid_argument",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "asked",
)
def test_what_is_not_there_is_refused(life: Life, running: Running, method: str, request_: object, reason: str) -> None:
    life.open_projects()
    assert running.refused(method, request_).reason == reason


def test_a_command_without_a_key_or_an_actor_is_refused(life: Life, running: Running) -> None:
    life.open_projects()
    for frame in (Command(actor="ana"), Command(idempotency_key="k"), Command(idempotency_key="k" * 129, actor="ana")):
        request = life.ballot()
        request.command.CopyFrom(frame)
        with pytest.raises(grpc.RpcError) as error:
            running.stub.CastBallot(request, timeout=PATIENCE)
        assert refusal_of(error.value).reason == "invalid_argument"
    assert list(life.payloads("BallotCast")) == []


def test_the_state_after_every_event_is_what_the_auditors_replay_says(life: Life, running: Running) -> None:
    life.open_projects("ana", "bo", revisable=True)
    life.register()
    life.cast("ana", "well")
    life.cast("ana", "lamp")
    life.file({"well": "2"}, voters=2)
    life.file({"well": "3"}, voters=3, replaces=1)
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    with pytest.raises(grpc.RpcError):
        life.cast("bo", "bench")
    replay = Replay()
    records = list(running.log.read_process(PROCESS))
    assert life.state(0) == {}
    for at, record in enumerate(records, start=1):
        replay.apply(record)
        assert life.state(at) == replay.state()["boxes"], f"after event {at - 1}, {record.type}"
    assert life.state() == replay.state()["boxes"]
    assert life.state()[PROJECTS]["cast"] == 2


def test_the_read_model_rebuilt_is_the_read_model_as_it_grew(life: Life, running: Running) -> None:
    life.open_projects(revisable=True)
    life.register()
    life.cast("ana")
    life.cast("ana", "lamp")
    life.file({"well": "2"}, voters=2)
    life.file({"well": "3"}, voters=3, replaces=1)
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    with pytest.raises(grpc.RpcError):
        life.cast("bo")
    (projection,) = running.service.projections
    running.until(lambda: running.views.position(projection.name) == running.log.last_position())
    grown = [rows(running.views, table) for table in ("ballots_boxes", "ballots_sheets")]
    shown = life.box().turnout
    assert life.boxes()[0].turnout == shown
    records = list(running.log.read_process(PROCESS, types=projection.types))
    for pages in ([records], [[record] for record in records]):
        running.views.rebuild(projection)
        for page in pages:
            after = running.views.position(projection.name)
            running.views.apply(projection, page, page[-1].position, after=after)
        assert [rows(running.views, table) for table in ("ballots_boxes", "ballots_sheets")] == grown


def test_a_page_of_ballots_is_folded_as_they_are_one_by_one(life: Life, running: Running) -> None:
    life.open_projects(revisable=True)
    for voter in ("ana", "bo", "ana"):
        life.cast(voter)
    cursor, listing = sqlite3.connect(":memory:").cursor(), BoxList()
    for statement in listing.tables:
        cursor.execute(statement)
    for record in running.log.read_process(PROCESS, types=listing.types):
        listing.apply(record, cursor)
    found = cursor.execute("SELECT voters, ballots FROM ballots_boxes").fetchall()
    turnout = life.boxes()[0].turnout
    assert found == [(turnout.voters, turnout.cast)] == [(2, 3)]
