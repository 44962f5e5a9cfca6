"""An integrator's client: the five services on one channel, every command framed, every refusal a `CommandRefused`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

import grpc

from cli.again import Patience, Sending
from comitia.audit.v1 import audit_pb2, audit_pb2_grpc
from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.chambers.v1 import chambers_pb2, chambers_pb2_grpc
from comitia.common.v1 import common_pb2
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from comitia.proposals.v1 import proposals_pb2, proposals_pb2_grpc
from runtime.credentials import PLAIN, Credentials, NoAddress, channel
from runtime.refusals import Refusal, refusal_of

MAX_MESSAGE = 16 * 1024 * 1024
OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
)
SERVICES = ("processes", "proposals", "chambers", "ballots", "audit")
BATCH = 500
WAIT_SECONDS = 60.0
ANSWER_SECONDS = 300.0
"""The largest state of a process takes minutes; a server that has hung takes for ever."""


class CommandRefused(Exception):
    """The server refused, or could not be reached: told in the same terms as `kernel.refusal.Refused`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.reason = refusal.reason
        self._refusal = refusal

    def sentence(self) -> str:
        return self._refusal.sentence

    def metadata(self) -> dict[str, str]:
        return self._refusal.metadata


def addresses(server: str) -> dict[str, str]:
    """Where each service is: `HOST:PORT` for all of them, or `ballots=HOST:PORT+HOST:PORT,audit=…`, replicas joined by `+`.

    Raises `NoAddress`.
    """
    if "=" not in server:
        return dict.fromkeys(SERVICES, server)
    named = {name: address for name, _, address in (part.partition("=") for part in server.split(","))}
    if set(named) != set(SERVICES):
        raise NoAddress(server)
    return named


class Client:
    """The five services at `address`: see `addresses`. Use it as a context manager.

    Raises `NoAddress`, or `CannotStart` for certificates or a token that cannot be read.
    """

    def __init__(self, address: str, *, actor: str = "organiser", credentials: Credentials = PLAIN) -> None:
        self.address = address
        self.actor = actor
        where = addresses(address)
        self._channels = {each: channel(each, credentials, OPTIONS) for each in set(where.values())}
        of = {service: self._channels[each] for service, each in where.items()}
        self.processes = processes_pb2_grpc.ProcessesServiceStub(of["processes"])
        self.proposals = proposals_pb2_grpc.ProposalsServiceStub(of["proposals"])
        self.chambers = chambers_pb2_grpc.ChambersServiceStub(of["chambers"])
        self.ballots = ballots_pb2_grpc.BallotsServiceStub(of["ballots"])
        self.audit = audit_pb2_grpc.AuditServiceStub(of["audit"])

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in self._channels.values():
            opened.close()

    def do(
        self, rpc: Callable[..., Any], request: Any, *, actor: str | None = None, key: str | None = None
    ) -> list[common_pb2.Receipt]:
        """Give a command and return its receipts; raises `CommandRefused`. The same `key` again is a safe retry."""
        frame = common_pb2.Command(idempotency_key=key or uuid.uuid4().hex, actor=actor or self.actor)
        request.command.CopyFrom(frame)
        return list(self.ask(rpc, request).receipts)

    def ask(self, rpc: Callable[..., Any], request: Any) -> Any:
        """Make a call and return its answer; raises `CommandRefused`."""
        try:
            return rpc(request, timeout=ANSWER_SECONDS)
        except grpc.RpcError as error:
            raise self._refused(error) from error

    def ask_many(self, rpc: Callable[[Any], Any], request: Any) -> Iterator[Any]:
        """Make a call that streams its answers; raises `CommandRefused`. One that breaks before the first is begun again."""
        patience, begun = Patience(), False
        while True:
            stream = rpc(request)
            try:
                for answer in stream:
                    begun = True
                    yield answer
                return
            except grpc.RpcError as error:
                if begun or not patience.waited(error):
                    raise self._refused(error) from error
            finally:
                stream.cancel()

    def cast(
        self, process_id: str, box: str, ballots: Iterable[ballots_pb2.BallotToCast]
    ) -> Iterator[ballots_pb2.BallotResult]:
        """Stream ballots in batches and yield one result each, in order; a stream that breaks off is begun again.

        A ballot's key is its own: one that was cast before the stream broke is answered with its receipt.
        """
        sending, patience = Sending(self._batches(process_id, box, ballots)), Patience()
        while True:
            stream = self.ballots.CastBallots(sending.stream())
            try:
                for answer in stream:
                    sending.answered()
                    patience.answered()
                    yield from answer.results
                if sending.unanswered:
                    said = "the server ended the stream before it had answered all of it: send it again"
                    raise CommandRefused(Refusal("answers_missing", said, {"messages": str(sending.unanswered)}))
                return
            except grpc.RpcError as error:
                if not patience.waited(error):
                    raise self._refused(error) from error
            finally:
                stream.cancel()

    def _batches(
        self, process_id: str, box: str, ballots: Iterable[ballots_pb2.BallotToCast]
    ) -> Iterator[ballots_pb2.CastBallotsRequest]:
        batch: list[ballots_pb2.BallotToCast] = []
        for ballot in ballots:
            batch.append(ballot)
            if len(batch) == BATCH:
                yield ballots_pb2.CastBallotsRequest(process_id=process_id, box=box, actor=self.actor, ballots=batch)
                batch = []
        if batch:
            yield ballots_pb2.CastBallotsRequest(process_id=process_id, box=box, actor=self.actor, ballots=batch)

    def events(
        self, process_id: str, *, after: int = 0, types: Iterable[str] = (), follow: bool = False
    ) -> Iterator[Any]:
        """The process's events after a log position: `audit.v1.Event` messages, ending at the log's end or never."""
        request, patience = audit_pb2.EventsRequest(process_id=process_id, types=list(types), follow=follow), Patience()
        whole = False
        while True:
            request.after_position = after
            stream = self.audit.Events(request, timeout=WAIT_SECONDS if follow else None)
            try:
                for answer in stream:
                    patience.answered()
                    kind = answer.WhichOneof("message")
                    after = getattr(answer, kind).position
                    whole = kind == "caught_up" and not follow
                    if kind == "event":
                        yield answer.event
                if not whole:
                    said = "the server ended the stream before the log's end: ask again after the position"
                    raise CommandRefused(Refusal("answers_missing", said, {"position": str(after)}))
                return
            except grpc.RpcError as error:
                if not patience.waited(error):
                    raise self._refused(error) from error
            finally:
                stream.cancel()

    def await_event(
        self, process_id: str, type_: str, match: Callable[[dict[str, Any]], bool] = lambda data: True
    ) -> dict[str, Any]:
        """Wait until an event of this type that matches is in the log, and return its payload."""
        try:
            for event in self.events(process_id, types=[type_], follow=True):
                data: dict[str, Any] = json.loads(event.payload)
                if match(data):
                    return data
        except CommandRefused as refused:
            if refused.reason != "deadline_exceeded":
                raise
        raise CommandRefused(Refusal("event_awaited", f"no {type_} came within {WAIT_SECONDS:.0f} s", {}))

    def state(self, process_id: str, at: int | None = None) -> dict[str, Any]:
        """The whole state of a process after its first `at` events, from all services.

        By default that is after all events there are now: the same number for every service.
        """
        if at is None:
            at = self.ask(self.audit.GetCheckpoint, audit_pb2.GetCheckpointRequest(process_id=process_id)).size
        parts: dict[str, Any] = {}
        for stub, module in (
            (self.processes, processes_pb2),
            (self.proposals, proposals_pb2),
            (self.chambers, chambers_pb2),
            (self.ballots, ballots_pb2),
        ):
            answer = self.ask(stub.GetState, module.GetStateRequest(process_id=process_id, at=at))
            parts |= json.loads(answer.state_json)
        return parts

    def _refused(self, error: grpc.RpcError) -> CommandRefused:
        return CommandRefused(told(refusal_of(error), self.address))


def told(refusal: Refusal, address: str) -> Refusal:
    """What a caller is told of a refusal; of one that no service gave, what is likely wrong and what to do."""
    if refusal.reason.startswith("token_"):
        said = f"{refusal.sentence} (a token is named in COMITIA_TOKEN, or its file in COMITIA_TOKEN_FILE)"
        return Refusal(refusal.reason, said, refusal.metadata)
    if refusal.reason != "unavailable":
        return refusal
    found = {"found": refusal.sentence}
    for trace, said in UNTRUSTED.items():
        if trace in refusal.sentence:
            return Refusal("untrusted", f"{said.format(address)}", found)
    hint = (
        " (one that expects TLS wants COMITIA_CA, and perhaps COMITIA_CLIENT_CERT)"
        if CLOSED in refusal.sentence
        else ""
    )
    said = f"no server answers at {address}: start one with `comitia serve`, or name another{hint}"
    return Refusal("unreachable", said, found)


CLOSED = "Socket closed"
UNTRUSTED = {
    "certificate has expired": "the certificate of the server at {} has expired: its operator renews it",
    "CERTIFICATE_VERIFY_FAILED": "the server at {} shows a certificate that COMITIA_CA does not vouch for: name its authorities",
    "Hostname Verification": "the server at {} shows a certificate of another name: name the server as its certificate does",
    "WRONG_VERSION_NUMBER": "the server at {} speaks in clear: unset COMITIA_CA, or name another server",
}
"""What gRPC says of a connection that came to nothing, and what it means."""
