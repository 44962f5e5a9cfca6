"""A stream that breaks off goes on where it was: every ballot is answered once, every event told once, in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from cli import importing
from cli.again import ATTEMPTS, Sending
from cli.client import BATCH, Client, CommandRefused
from cli.demo.stage import Stage
from cli.embedded import Engine
from cli.importing import MATTER
from cli.output import progress
from comitia.audit.v1 import audit_pb2, audit_pb2_grpc
from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.chambers.v1 import chambers_pb2
from comitia.common.v1 import common_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from runtime.credentials import STREAMS
from tests.cli.running import COMMAND, ELECTION, PATIENCE, written

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses."""
    monkeypatch.setattr("cli.again.FIRST_SECONDS", 0.01)


def ballots(number: int) -> Iterator[ballots_pb2.BallotToCast]:
    return (ballots_pb2.BallotToCast(idempotency_key=str(place), voter=f"v{place}") for place in range(number))


class Breaking(ballots_pb2_grpc.BallotsServiceServicer, audit_pb2_grpc.AuditServiceServicer):
    """Answers with each ballot's key as its event; each stream breaks after so many messages, the last not at all."""

    def __init__(self, *breaks: int, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> None:
        self.breaks, self.code = iter(breaks), code
        self.seen: list[str] = []
        self.answers = -1
        self.asked_after: list[int] = []

    def CastBallots(self, request_iterator: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        left = next(self.breaks, None)
        for request in request_iterator:
            self.seen += [each.idempotency_key for each in request.ballots]
            if left == 0:
                context.abort(self.code, "broken off")
            if not self.answers:
                return
            self.answers -= 1
            left = None if left is None else left - 1
            receipts = [common_pb2.Receipt(event_id=each.idempotency_key) for each in request.ballots]
            yield ballots_pb2.CastBallotsResponse(
                results=[ballots_pb2.BallotResult(receipt=receipt) for receipt in receipts]
            )

    def Events(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        self.asked_after.append(request.after_position)
        left = next(self.breaks, None)
        for position in range(request.after_position + 1, 11):
            if left == 0:
                context.abort(self.code, "broken off")
            if not self.answers:
                return
            self.answers -= 1
            left = None if left is None else left - 1
            yield audit_pb2.EventsResponse(event=audit_pb2.Event(position=position))
        yield audit_pb2.EventsResponse(caught_up=audit_pb2.CaughtUp(position=10))

    def GetBundle(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        left = next(self.breaks, None)
        for chunk in (b"1", b"2", b"3"):
            if left == 0:
                context.abort(self.code, "broken off")
            left = None if left is None else left - 1
            yield audit_pb2.GetBundleResponse(chunk=chunk)


@contextmanager
def served(servicer: Breaking) -> Iterator[Client]:
    server = grpc.server(ThreadPoolExecutor(4))
    ballots_pb2_grpc.add_BallotsServiceServicer_to_server(servicer, server)
    audit_pb2_grpc.add_AuditServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with Client(f"127.0.0.1:{port}") as client:
        yield client
    server.stop(None)


@pytest.mark.parametrize("breaks", [(), (0,), (1,), (3,), (2, 1, 1), (0, 0, 0)], ids=str)
def test_every_ballot_is_answered_once_and_in_order(breaks: tuple[int, ...]) -> None:
    number = 5 * BATCH + 7
    servicer = Breaking(*breaks)
    with served(servicer) as client:
        answered = [result.receipt.event_id for result in client.cast("p", "b", ballots(number))]
    assert answered == [str(place) for place in range(number)]
    assert set(servicer.seen) == set(answered)


def test_it_is_not_begun_again_for_ever() -> None:
    servicer = Breaking(*[0] * 100)
    with served(servicer) as client, pytest.raises(CommandRefused) as refused:
        list(client.cast("p", "b", ballots(10)))
    assert refused.value.reason == "unreachable"
    assert len(list(servicer.breaks)) == 100 - ATTEMPTS, "gRPC itself begins none of them again"


def test_events_are_not_begun_again_for_ever() -> None:
    servicer = Breaking(*[0] * 100)
    with served(servicer) as client, pytest.raises(CommandRefused) as refused:
        list(client.events("p"))
    assert refused.value.reason == "unreachable"
    assert servicer.asked_after == [0] * ATTEMPTS, "gRPC itself begins none of them again"


@pytest.mark.parametrize("breaks", [(), (0,), (0, 0, 0)], ids=str)
def test_a_bundle_that_breaks_off_before_its_first_chunk_is_begun_again(breaks: tuple[int, ...]) -> None:
    with served(Breaking(*breaks)) as client:
        answers = list(client.ask_many(client.audit.GetBundle, audit_pb2.GetBundleRequest()))
    assert [answer.chunk for answer in answers] == [b"1", b"2", b"3"]


@pytest.mark.parametrize("breaks", [(1,), (0, 2), (0,) * ATTEMPTS], ids=str)
def test_a_bundle_that_breaks_off_later_or_too_often_is_refused(breaks: tuple[int, ...]) -> None:
    servicer = Breaking(*breaks)
    with served(servicer) as client, pytest.raises(CommandRefused) as refused:
        list(client.ask_many(client.audit.GetBundle, audit_pb2.GetBundleRequest()))
    assert refused.value.reason == "unreachable"
    assert list(servicer.breaks) == [], "gRPC itself begins none of them again"


def test_grpc_itself_begins_no_stream_again() -> None:
    """Where it does, it can lose a message, or never end the stream (docs/decisions/0042)."""
    files = (audit_pb2, ballots_pb2, chambers_pb2, processes_pb2, proposals_pb2)
    methods = [
        method
        for file in files
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
        if method.client_streaming or method.server_streaming
    ]
    assert sorted((method.containing_service.full_name, method.name) for method in methods) == sorted(STREAMS)


def test_a_refusal_ends_it_at_once() -> None:
    servicer = Breaking(1, code=grpc.StatusCode.PERMISSION_DENIED)
    with served(servicer) as client, pytest.raises(CommandRefused) as refused:
        list(client.cast("p", "b", ballots(2 * BATCH)))
    assert refused.value.reason == "permission_denied"


def test_a_stream_that_ends_early_is_no_success() -> None:
    servicer = Breaking()
    servicer.answers = 2
    with served(servicer) as client, pytest.raises(CommandRefused) as refused:
        list(client.cast("p", "b", ballots(5 * BATCH)))
    assert refused.value.reason == "answers_missing"


@pytest.mark.parametrize("breaks", [(), (4,), (1, 1, 1, 1), (0, 3)], ids=str)
def test_every_event_is_told_once(breaks: tuple[int, ...]) -> None:
    servicer = Breaking(*breaks)
    with served(servicer) as client:
        assert [event.position for event in client.events("p")] == list(range(1, 11))
    assert servicer.asked_after[0] == 0


@pytest.mark.parametrize(("answers", "follow"), [(0, False), (4, False), (4, True), (10, True)], ids=str)
def test_events_that_end_before_the_log_does_are_no_success(answers: int, follow: bool) -> None:
    servicer = Breaking()
    servicer.answers = answers
    with served(servicer) as client, pytest.raises(CommandRefused) as refused:
        list(client.events("p", follow=follow))
    assert (refused.value.reason, refused.value.metadata()) == ("answers_missing", {"position": str(answers)})


def test_messages_are_taken_by_the_last_stream_only() -> None:
    """The thread of one that broke may be waiting for its next message when the other begins."""
    waiting, go_on = threading.Event(), threading.Event()

    def messages() -> Iterator[int]:
        yield 1
        waiting.set()
        go_on.wait(10)
        yield from (2, 3)

    sending = Sending(messages())
    taken: list[int] = []
    first = threading.Thread(target=lambda: taken.extend(sending.stream()))
    first.start()
    assert waiting.wait(10)
    begun: list[Iterator[int]] = []
    second = threading.Thread(target=lambda: begun.append(sending.stream()))
    second.start()
    go_on.set()
    second.join(10)
    first.join(10)
    assert taken in ([1, 2], [1, 2, 3])
    assert list(begun[0]) == [1, 2, 3]


class Killable:
    """`comitia serve` on one folder and one port, killed and started again."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.started = 0
        self._words = [str(COMMAND), "serve", "--data", str(data), "--listen", self.address]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._words, env=os.environ, stdout=subprocess.PIPE, text=True)
        self.started += 1
        assert self.process.stdout is not None
        assert self.process.stdout.readline()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def end(self) -> None:
        """Killed if it was not stopped: nothing is left running where a test failed."""
        if self.process.poll() is None:
            self.kill()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE)


def test_a_server_that_is_killed_while_ballots_come_in_loses_none_and_counts_none_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr("cli.again.FIRST_SECONDS", 1.0)
    monkeypatch.setattr("cli.again.ATTEMPTS", 20)
    monkeypatch.setattr("cli.client.BATCH", 10)
    waiting = voters_before_an_open_box(tmp_path)
    server = Killable(tmp_path / "data")
    request.addfinalizer(server.end)

    def coming() -> Iterator[ballots_pb2.BallotToCast]:
        for place, ballot in enumerate(waiting):
            if place in (60, 140):
                server.kill()
                threading.Thread(target=server.start).start()
            yield ballot

    with Client(server.address) as client:
        results = list(client.cast(PROCESS, MATTER, coming()))
        assert [result.WhichOneof("result") for result in results] == ["receipt"] * VOTERS
        assert len({result.receipt.position for result in results}) == VOTERS
        assert len(list(client.events(PROCESS, types=["ballots.BallotCast"]))) == VOTERS
    assert server.started == 3
    server.stop()


VOTERS, PROCESS = 200, "benches"


def voters_before_an_open_box(folder: Path) -> list[ballots_pb2.BallotToCast]:
    """An election up to the open box, in the folder `data`; and the ballots that are still to be cast."""
    head = ELECTION.partition("VOTES\n")[0].replace("num_votes;5", f"num_votes;{VOTERS}")
    votes = "".join(f"v{place};p1;30\n" for place in range(VOTERS))
    file = written(folder / "many.pb", f"{head}VOTES\nvoter_id;vote;age\n{votes}")
    source, held, _ = importing.read_election(file, None, None, as_json=False)
    with Engine(folder / "data") as engine, Client(engine.address) as client, progress() as bar:
        importing.prepare(Stage(client, PROCESS, bar, bar.add_task("")), source, held)
    return list(importing.ballots_of(source, held))
