"""The gateway's own file, run in front of real apis: TLS on both sides, tokens, replicas that come and go."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from comitia.audit.v1 import audit_pb2, audit_pb2_grpc
from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from infra.local import provision
from infra.local.ports import free_port
from infra.local.provision import CannotObtain, Docker, Installed, Wanted
from runtime.credentials import Credentials, channel, token_in
from tests.deploy import names
from tests.deploy.files import GATEWAY, ROOT, gateway_forgets
from tests.deploy.processes import Process, environment, run, running

pytestmark = pytest.mark.slow

SEEN_SECONDS = 20.0
"""In which the gateway must have noticed that a replica came: names are looked up each second, and kept for five."""


def programs() -> Path | None:
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    return Path(found) if found else None


@pytest.fixture(scope="module")
def haproxy() -> Path:
    """Where HAProxy is; installed by apt where it is not."""
    wanted = Wanted("HAProxy", "COMITIA_TEST_HAPROXY", "haproxy", "docker.io/library/haproxy:2.6.34-alpine", programs)
    try:
        found = provision.find(wanted)
    except CannotObtain as error:
        pytest.fail(str(error), pytrace=False)
    if isinstance(found, Installed):
        return found.programs
    pytest.fail(f"HAProxy is needed as a program here, found {'Docker' if isinstance(found, Docker) else found}")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Docker Compose's `keys` makes, made by the same script."""
    folder = tmp_path_factory.mktemp("keys")
    told = environment({"KEYS": str(folder), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    subprocess.run(["sh", str(ROOT / "infra/docker/keys.sh"), "localhost,127.0.0.1"], env=told, check=True)
    return folder


@dataclass
class Site:
    """Apis on loopback addresses of their own, as on machines of their own, and the gateway in front of them."""

    keys: Path
    data: Path
    addresses: dict[str, list[str]]
    port: int = field(default_factory=free_port)
    metrics: int = field(default_factory=free_port)
    calls: int = field(default_factory=free_port)
    health: int = field(default_factory=free_port)
    opened: ExitStack = field(default_factory=ExitStack)
    log: Path = Path()

    def start(self, service: str, address: str, *, linger: float = 0) -> Process:
        """A replica of a service's api; the gateway does not know of it before its address stands in `addresses`."""
        told = {
            "COMITIA_DATA_DIR": str(self.data),
            "COMITIA_LISTEN": f"{address}:{self.port}",
            "COMITIA_METRICS_LISTEN": f"{address}:{self.metrics}",
            "COMITIA_TLS_CERT": str(self.keys / "tls.crt"),
            "COMITIA_TLS_KEY": str(self.keys / "tls.key"),
            "COMITIA_AUTH_JWKS": str(self.keys / "jwks.json"),
            "COMITIA_LINGER_SECONDS": str(linger),
        }
        return self.opened.enter_context(running(service, "api", settings=told))

    def configuration(self, name_server: int) -> str:
        """The gateway's file with this site's ports in it; nothing else is changed."""
        changes = {
            "parse-resolv-conf": f"nameserver here 127.0.0.1:{name_server}",
            "bind :7400": f"bind 127.0.0.1:{self.calls}",
            "bind :7480": f"bind 127.0.0.1:{self.health}",
            "port 9464": f"port {self.metrics}",
            ':7400"': f':{self.port}"',
        }
        text = GATEWAY.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        return text

    def channel(self) -> grpc.Channel:
        """As a caller has it: the authority's certificate and a token."""
        return self.channel_with(token_in(self.keys / "peers.token"))

    def channel_with(self, token: str) -> grpc.Channel:
        return channel(f"127.0.0.1:{self.calls}", Credentials(ca=self.keys / "ca.crt", token=lambda: token))


@contextmanager
def gateway(program: Path, site: Site, folder: Path) -> Iterator[Path]:
    """HAProxy as it is started in a container; gives the file of its log."""
    with names.serving(site.addresses) as name_server:
        (folder / "haproxy.cfg").write_text(site.configuration(name_server), encoding="utf-8")
        log = folder / "haproxy.log"
        told = {**os.environ, "GATEWAY_KEYS": str(site.keys)}
        with log.open("w") as output:
            process = subprocess.Popen([program, "-f", folder / "haproxy.cfg"], env=told, stdout=output, stderr=output)
        try:
            yield log
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def site(keys: Path, haproxy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("gateway")
    addresses = {"ballots-api": ["127.0.0.2", "127.0.0.3"], "processes-api": ["127.0.0.4"]}
    site = Site(keys, folder / "data", addresses)
    with site.opened, gateway(haproxy, site, folder) as log:
        site.log = log
        for address in addresses["ballots-api"]:
            site.start("ballots", address)
        site.start("processes", "127.0.0.4")
        await_replicas(site, 2)
        yield site


def await_replicas(site: Site, number: int) -> None:
    """Until calls of the ballots service go to so many replicas, and those of the processes service to its one."""
    deadline = time.monotonic() + SEEN_SECONDS
    with site.channel() as open_channel:
        while len(used(site, 10)) < number or ask(open_channel, "processes") is not grpc.StatusCode.NOT_FOUND:
            assert time.monotonic() < deadline, site.log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.2)


def used(site: Site, calls: int) -> Counter[str]:
    """How many of so many calls each replica of the ballots service got, as the gateway's log has it."""
    before = site.log.stat().st_size
    with site.channel() as open_channel:
        for _ in range(calls):
            ask(open_channel)
    deadline = time.monotonic() + 5
    while True:
        found = re.findall(r" ballots/(\S+) ", site.log.read_text(encoding="utf-8")[before:])
        if len(found) >= calls or time.monotonic() > deadline:
            return Counter(name for name in found if name != "<NOSRV>")
        time.sleep(0.05)


def ask(open_channel: grpc.Channel, service: str = "ballots") -> grpc.StatusCode:
    """Ask a service for a process that there is not; its refusal is its answer."""
    try:
        if service == "ballots":
            ballots_pb2_grpc.BallotsServiceStub(open_channel).ListBoxes(
                ballots_pb2.ListBoxesRequest(process_id="nobodys"), timeout=10
            )
        else:
            processes_pb2_grpc.ProcessesServiceStub(open_channel).GetProcess(
                processes_pb2.GetProcessRequest(process_id="nobodys"), timeout=10
            )
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def test_the_file_is_one_that_haproxy_takes(haproxy: Path, keys: Path) -> None:
    told = {**os.environ, "GATEWAY_KEYS": str(keys)}
    checked = subprocess.run(
        [haproxy, "-c", "-f", GATEWAY], env=told, capture_output=True, text=True, timeout=30, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_each_call_of_one_connection_goes_to_the_next_replica(site: Site) -> None:
    found = used(site, 20)
    assert sorted(found.values()) == [10, 10]


@pytest.mark.parametrize("service", ["ballots", "processes"])
def test_a_service_is_reached_by_the_path_of_its_calls(site: Site, service: str) -> None:
    with site.channel() as open_channel:
        assert ask(open_channel, service) is grpc.StatusCode.NOT_FOUND


def test_a_service_without_a_replica_is_unavailable(site: Site) -> None:
    with site.channel() as open_channel, pytest.raises(grpc.RpcError) as raised:
        audit_pb2_grpc.AuditServiceStub(open_channel).GetCheckpoint(audit_pb2.GetCheckpointRequest(), timeout=10)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("path", ["/grpc.health.v1.Health/Check", "/comitia.ballots.v2.BallotsService/CastBallot"])
def test_what_the_gateway_does_not_know_is_unimplemented(site: Site, path: str) -> None:
    with site.channel() as open_channel, pytest.raises(grpc.RpcError) as raised:
        open_channel.unary_unary(path, bytes, bytes)(b"", timeout=10)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_call_without_a_good_token_is_refused_by_the_service(site: Site) -> None:
    with site.channel_with("no.such.token") as open_channel:
        assert ask(open_channel) is grpc.StatusCode.UNAUTHENTICATED


def test_a_stream_is_answered_message_by_message(site: Site) -> None:
    """Nothing on the way waits for the stream's end."""
    asked: Any = queue.Queue()
    with site.channel_with(a_token(site.keys, "operator")) as open_channel:
        stream = ballots_pb2_grpc.BallotsServiceStub(open_channel).CastBallots(iter(asked.get, None), timeout=30)
        for number in range(3):
            ballot = ballots_pb2.BallotToCast(voter=f"v{number}", idempotency_key=f"key-{number}")
            asked.put(ballots_pb2.CastBallotsRequest(process_id="nobodys", box="b", actor="hall", ballots=[ballot]))
            assert len(next(stream).results) == 1
        asked.put(None)


def a_token(keys: Path, role: str) -> str:
    """Issued as an operator does, with the key of the deployment."""
    issued = run(
        "cli", "token", "issue", "--key", str(keys / "token.key"), "--sub", "hall", "--role", role, settings={}
    )
    assert issued.returncode == 0, issued.stderr
    return issued.stdout.strip()


def test_no_call_is_lost_when_a_replica_goes_and_another_comes(site: Site) -> None:
    told, answers = threading.Event(), Counter[grpc.StatusCode]()

    def calling() -> None:
        with site.channel() as open_channel:
            while not told.is_set():
                answers[ask(open_channel)] += 1

    callers = [threading.Thread(target=calling) for _ in range(4)]
    for caller in callers:
        caller.start()
    going = site.start("ballots", "127.0.0.5", linger=gateway_forgets() + 1)
    site.addresses["ballots-api"].append("127.0.0.5")
    await_replicas(site, 3)
    going.process.terminate()
    assert going.process.wait(30) == 0
    time.sleep(1)
    told.set()
    for caller in callers:
        caller.join()
    assert set(answers) == {grpc.StatusCode.NOT_FOUND}
    assert answers.total() > 100
