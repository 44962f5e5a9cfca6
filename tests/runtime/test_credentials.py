"""Calling a service: where it is, how it is trusted, whose token goes with the call, and what is sent again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from comitia.common.v1.common_pb2 import Command
from kernel.refusal import Kind, Refused
from runtime import refusals
from runtime.credentials import PUBLIC, Credentials, NoAddress, channel, of_peers, target, token_in
from runtime.listening import CannotStart
from runtime.permissions import EVERYONE, Rule
from runtime.server import Server
from runtime.service import Servicer
from runtime.settings import Settings
from tests.entrances import anywhere
from tests.runtime.certificates import Authority
from tests.runtime.issuing import Issuer
from tests.runtime.standins import METHODS, call, refused, request, serving

METHOD = METHODS["ballots.GetBox"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("127.0.0.1:7400", "ipv4:127.0.0.1:7400"),
        ("[::1]:7400", "ipv6:[::1]:7400"),
        ("ballots-api:7400", "dns:///ballots-api:7400"),
        ("localhost:1", "dns:///localhost:1"),
        ("127.0.0.1:1+127.0.0.1:2+127.0.0.1:3", "ipv4:127.0.0.1:1,127.0.0.1:2,127.0.0.1:3"),
    ],
)
def test_an_address_is_one_host_or_several_replicas(address: str, name: str) -> None:
    assert target(address) == name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "7400",
        ":7400",
        "a",
        "a:",
        "a:x",
        "a:65536",
        "http://a:1",
        "a:1/x",
        "a:1+b:2",
        "a:1+",
        "127.0.0.1:1+b:2",
        "a b:1",
    ],
)
def test_what_is_no_address_is_none(address: str) -> None:
    with pytest.raises(NoAddress):
        target(address)


def test_several_replicas_take_turns() -> None:
    answered: list[str] = []

    def replica(name: str) -> Server:
        async def one(request: Command, context: Any) -> Command:
            answered.append(name)
            return request

        return counting(one)

    with started(replica("a"), replica("b"), replica("c")) as addresses, channel("+".join(addresses)) as opened:
        rpc: Any = opened
        for _ in range(30):
            rpc.unary_unary("/trial.Trial/One")(b"", timeout=10, wait_for_ready=True)
    assert set(answered) == {"a", "b", "c"}


def counting(one: Callable[[Command, Any], Any]) -> Server:
    """A server of one method."""
    handler = grpc.unary_unary_rpc_method_handler(
        one, request_deserializer=Command.FromString, response_serializer=Command.SerializeToString
    )

    def add(server: grpc.aio.Server) -> None:
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("trial.Trial", {"One": handler}),))

    table = {"trial.Trial/One": Rule(EVERYONE)}
    return Server((Servicer("trial.Trial", add),), anywhere(), threading.Event(), table=table)


@contextmanager
def started(*servers: Server) -> Iterator[list[str]]:
    yield [server.start() for server in servers]
    for server in servers:
        server.stop()


RETRIED = [
    pytest.param(Kind.UNAVAILABLE, 3, "OK", 4, id="unavailable three times, then not"),
    pytest.param(Kind.UNAVAILABLE, 99, "UNAVAILABLE", 4, id="unavailable for ever"),
    pytest.param(Kind.EXHAUSTED, 99, "RESOURCE_EXHAUSTED", 1, id="too much"),
    pytest.param(Kind.CONFLICT, 99, "ABORTED", 1, id="in conflict"),
    pytest.param(Kind.PRECONDITION, 99, "FAILED_PRECONDITION", 1, id="refused"),
]


@pytest.mark.parametrize(("kind", "failing", "ends", "times"), RETRIED)
def test_only_what_was_unavailable_is_sent_again_unchanged(kind: Kind, failing: int, ends: str, times: int) -> None:
    sent: list[bytes] = []

    async def one(request: Command, context: Any) -> Command:
        sent.append(request.SerializeToString())
        if len(sent) <= failing:
            await refusals.abort(context, Refused("trial", kind=kind))
        return request

    command = Command(idempotency_key="k", actor="ana").SerializeToString()
    with started(counting(one)) as (address,), channel(address) as opened:
        rpc: Any = opened
        try:
            rpc.unary_unary("/trial.Trial/One")(command, timeout=20)
            ended = "OK"
        except grpc.RpcError as error:
            ended = error.code().name
    assert (ended, len(sent), set(sent)) == (ends, times, {command})


def test_the_token_of_a_file_is_the_one_that_it_holds_now(tmp_path: Path) -> None:
    issuer, file = Issuer(tmp_path), tmp_path / "token"
    file.write_text("not.a.token\n")
    credentials = Credentials(token=lambda: token_in(file))
    with serving(issuer.entrance()) as server, channel(server.address, credentials) as opened:
        told = refused(opened, METHOD, request(METHOD, "ana"))
        assert told is not None
        assert told.reason == "token_invalid"
        file.write_text(f" {issuer.token('ana', 'member')}\n")
        assert len(call(opened, METHOD, request(METHOD, "ana"))) == 1
        for stream in ("ballots.CastBallots", "audit.Events"):
            file.write_text(issuer.token("ana", "operator"))
            assert len(call(opened, METHODS[stream], request(METHODS[stream], "ana"))) == 1


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", b"\xff\xfe", "é".encode()])
def test_a_file_that_holds_no_token(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(CannotStart, match=r"COMITIA_TOKEN_FILE: .*token") as error:
        token_in(tmp_path / "token")
    assert "two" not in str(error.value)


CLEAR = [
    pytest.param("127.0.0.1:1", False, True, id="on this machine"),
    pytest.param("[::1]:1", False, True, id="on this machine, IPv6"),
    pytest.param("localhost:1", False, True, id="on this machine, by name"),
    pytest.param("127.0.0.1:1+127.0.0.2:2", False, True, id="replicas on this machine"),
    pytest.param("192.0.2.1:1", False, False, id="beyond it"),
    pytest.param("127.0.0.1:1+192.0.2.1:1", False, False, id="one of them beyond it"),
    pytest.param("comitia.example:1", False, False, id="beyond it, by name"),
    pytest.param("comitia.example:1", True, True, id="beyond it, by peers that were told so"),
]


@pytest.mark.parametrize(("address", "in_clear", "sent"), CLEAR)
def test_a_token_is_not_sent_in_clear_beyond_this_machine(address: str, in_clear: bool, sent: bool) -> None:
    credentials = Credentials(token=lambda: "secret", in_clear=in_clear)
    if sent:
        channel(address, credentials).close()
    else:
        with pytest.raises(CannotStart, match=r"a token is not sent in clear to .*COMITIA_CA") as error:
            channel(address, credentials)
        assert "secret" not in str(error.value)


def test_the_authorities_that_everybody_trusts_do_not_vouch_for_ours(tmp_path: Path) -> None:
    pair = Authority(tmp_path).issue("server")
    with serving(anywhere(tls_cert=pair.cert, tls_key=pair.key)) as server:
        with channel(server.address, Credentials(PUBLIC), (("grpc.enable_retries", 0),)) as opened:
            told = refused(opened, METHOD, request(METHOD, "ana"))
        assert told is not None
        assert "CERTIFICATE_VERIFY_FAILED" in told.sentence


def test_several_replicas_under_tls_show_one_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.issue("server", names=())
    given: dict[str, Any] = {"tls_cert": pair.cert, "tls_key": pair.key}
    with serving(anywhere(**given)) as first, serving(anywhere(**given)) as second:
        addresses = f"{first.address}+{second.address}"
        with channel(addresses, Credentials(authority.file)) as opened:
            for _ in range(4):
                assert len(call(opened, METHOD, request(METHOD, "ana"))) == 1


def test_peers_call_each_other_as_the_settings_say(tmp_path: Path) -> None:
    servers, clients = Authority(tmp_path, "servers"), Authority(tmp_path, "clients")
    issuer, pair, own = Issuer(tmp_path / "issuer"), servers.issue("server"), clients.issue("audit")
    file = tmp_path / "token"
    file.write_text(issuer.token("audit", "auditor"))
    entrance = issuer.entrance(tls_cert=pair.cert, tls_key=pair.key, tls_client_ca=clients.file)
    peers = {"peers_ca": servers.file, "peers_cert": own.cert, "peers_key": own.key, "peers_token_file": file}
    with serving(entrance) as server, channel(server.address, of_peers(Settings.load(**peers))) as opened:
        assert len(call(opened, METHODS["ballots.GetState"], request(METHODS["ballots.GetState"], "audit"))) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"peers_ca": "missing"}, "COMITIA_PEERS_CA: cannot read missing"),
        ({"peers_token_file": "missing"}, "COMITIA_PEERS_TOKEN_FILE: cannot read missing: No such file"),
        (
            {"peers_cert": "missing", "peers_key": "missing"},
            "COMITIA_PEERS_CERT is shown over TLS only: set COMITIA_PEERS_CA",
        ),
    ],
)
def test_what_peers_cannot_use_is_named_at_the_start(given: dict[str, Any], said: str) -> None:
    assert not os.path.lexists("missing")
    with pytest.raises(CannotStart, match=said):
        of_peers(Settings.load(**given))


def test_a_certificate_goes_with_its_key() -> None:
    with pytest.raises(CannotStart, match="COMITIA_CLIENT_CERT and COMITIA_CLIENT_KEY go together"):
        channel("127.0.0.1:1", Credentials(PUBLIC, cert=Path("cert.pem")))
