"""One trace goes from the sender of a ballot to the tally, and from the sealing of its box through every service that follows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.client import Client
from cli.embedded import Engine
from comitia.ballots.v1 import ballots_pb2 as pb
from comitia.common.v1.common_pb2 import Command
from infra.local.cluster import Cluster
from runtime import telemetry
from tests.system import small
from tests.telemetry.receiver import Receiver, Sent

PROCESS = "firm"


class Sender:
    """A platform's program: a span of its own, whose header it sends with its calls."""

    def __init__(self) -> None:
        self.trace, self.span = secrets.token_hex(16), secrets.token_hex(8)
        self._metadata = (("traceparent", f"00-{self.trace}-{self.span}-01"),)

    def send(self, rpc: Any, request: Any) -> None:
        """Give a command within the span."""
        request.command.CopyFrom(Command(idempotency_key=secrets.token_hex(8), actor="platform"))
        rpc(request, metadata=self._metadata, timeout=30)

    def stream(self, rpc: Any, *requests: Any) -> list[Any]:
        """Send requests as a stream within the span."""
        return list(rpc(iter(requests), metadata=self._metadata, timeout=30))


def ballot(voter: str) -> pb.BallotToCast:
    return pb.BallotToCast(
        idempotency_key=f"key-{voter}", voter=voter, choice=pb.Choice(vote=pb.VOTE_YES), channel="web"
    )


def vote_and_seal(client: Client, sender: Sender) -> None:
    """Open a motion; then, all in the sender's trace, cast ballots into one of its boxes and seal it."""
    small.open_motion(client, PROCESS)
    box: dict[str, Any] = {"process_id": PROCESS, "box": small.MOTION_BOX}
    sender.send(
        client.ballots.CastBallot,
        pb.CastBallotRequest(voter="ana", choice=pb.Choice(vote=pb.VOTE_YES), channel="web", **box),
    )
    messages = [pb.CastBallotsRequest(actor="platform", ballots=[ballot(voter)], **box) for voter in ("bo", "chi")]
    sender.stream(client.ballots.CastBallots, *messages)
    sender.send(client.ballots.SealBox, pb.SealBoxRequest(**box))
    small.stage_of(client, PROCESS).await_tally(small.MOTION_BOX)


def appends(spans: list[Sent], type_: str) -> list[Sent]:
    return [span for span in spans if span.name == "log append" and type_ in span.attributes["comitia.event_types"]]


def way_to(spans: list[Sent], last: Sent, first: str) -> list[str]:
    """The names of the spans from a call that the span `first` made, down to `last`."""
    known, names, at = {span.id: span for span in spans}, [last.name], last
    while at.parent != first:
        at = known[at.parent]
        names.insert(0, at.name)
    return names


SERVICE = "comitia.ballots.v1.BallotsService"
COUNTED = [
    f"{SERVICE}/SealBox",
    "ballots.reactions ballots.BoxSealed",
    "log append",
]


def check_the_trace(receiver: Receiver, sender: Sender) -> None:
    """Wait until the whole way is there, and check it."""

    def spans() -> list[Sent]:
        return receiver.of_trace(sender.trace)

    receiver.until(lambda: appends(spans(), "ballots.BoxTallied") and appends(spans(), "ballots.BoxSealed"))
    receiver.until(lambda: any(span.name == "chambers.reactions ballots.BoxTallied" for span in spans()))
    receiver.until(lambda: {f"{SERVICE}/CastBallots", f"{SERVICE}/CastBallot"} <= {span.name for span in spans()})
    found = spans()
    (tallied,) = appends(found, "ballots.BoxTallied")
    assert way_to(found, tallied, sender.span) == COUNTED
    (sealed,) = appends(found, "ballots.BoxSealed")
    assert way_to(found, sealed, sender.span) == [f"{SERVICE}/SealBox", "log append"]
    cast = {tuple(way_to(found, span, sender.span)) for span in appends(found, "ballots.BallotCast")}
    assert cast == {
        (f"{SERVICE}/CastBallot", "log append"),
        (f"{SERVICE}/CastBallots", f"{SERVICE}/CastBallots message", "log append"),
    }
    assert len(appends(found, "ballots.BallotCast")) == 3
    assert [span.error for span in found if span.error] == []


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as opened:
        yield opened


def test_through_the_embedded_engine(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_OTLP_ENDPOINT", receiver.address)
    engine, sender = Engine(tmp_path), Sender()
    with telemetry.start(engine.settings, "comitia", "engine", ready=engine.ready) as measured:
        engine.start(measured)
        try:
            with Client(engine.address) as client:
                vote_and_seal(client, sender)
            check_the_trace(receiver, sender)
            records = engine.context.log.read_process(PROCESS, types=["ballots.BallotCast", "ballots.BoxTallied"])
            assert {(record.traceparent or "")[3:35] for record in records} == {sender.trace}
        finally:
            engine.stop()


def test_a_trace_begins_with_a_timer_when_nothing_else_began_it(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the clock starts is followed too."""
    monkeypatch.setenv("COMITIA_OTLP_ENDPOINT", receiver.address)
    engine = Engine(tmp_path, timers_every=0.05)
    with telemetry.start(engine.settings, "comitia", "engine", ready=engine.ready) as measured:
        engine.start(measured)
        try:
            with Client(engine.address) as client:
                open_a_process_whose_phase_ends_soon(client)
            receiver.until(lambda: any("timer" in span.name for span in receiver.spans))
        finally:
            engine.stop()
    roots = [span for span in receiver.spans if "timer" in span.name]
    assert all(span.parent == "" for span in roots)
    assert all(appends_of(receiver, root) for root in roots)


def appends_of(receiver: Receiver, root: Sent) -> list[Sent]:
    return [span for span in receiver.of_trace(root.trace) if span.name == "log append" and span.parent == root.id]


def open_a_process_whose_phase_ends_soon(client: Client) -> None:
    """Its first phase opens at a time that has come."""
    document = yaml.safe_load(small.charter({"form": "approval"}))
    document["phases"][0]["opens"] = "2026-01-01"
    small.stage_of(client, PROCESS).open_process("Soon", "town", yaml.safe_dump(document))


@pytest.mark.slow
def test_through_processes_of_their_own_with_a_relay_and_workers(receiver: Receiver, tmp_path: Path) -> None:
    sender = Sender()
    with Cluster(tmp_path, settings={"COMITIA_OTLP_ENDPOINT": receiver.address}) as cluster:
        with Client(cluster.server) as client:
            vote_and_seal(client, sender)
        check_the_trace(receiver, sender)
        receiver.until(lambda: any(span.name == "publish" for span in receiver.of_trace(sender.trace)))
        through = {("ballots", "api"), ("ballots", "worker"), ("chambers", "worker"), ("audit", "worker")}
        receiver.until(lambda: through <= {(span.service, span.kind) for span in receiver.of_trace(sender.trace)})
    assert {span.service for span in receiver.of_trace(sender.trace) if span.name == "publish"} == {"relay"}
