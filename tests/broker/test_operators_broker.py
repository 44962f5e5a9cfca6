"""A broker as infra/rabbitmq sets it up: TLS by good certificates only, and users who may do what they must and no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import amqp.exceptions
import pytest
from typer.testing import CliRunner

from cli.main import app
from infra.local.ports import free_port
from infra.local.rabbitmq import RabbitMQ, obtain_rabbitmq
from infra.rabbitmq import definitions
from runtime.broker import BROKEN, Broker, Link, broker_at
from runtime.listening import CannotStart
from runtime.publishing import Confirmed
from runtime.topology import DEAD_LETTERS, EVENTS, SERVICES, Depths, declare, hints_name, subscribe
from tests.broker.support import Programs, until
from tests.broker.test_hints import CHILD, GOOD, SEALED
from tests.broker.test_publishing import send
from tests.runtime.certificates import Authority, Pair
from tests.servers import obtained

pytestmark = pytest.mark.slow

FOLDER = definitions.FILE.parent
PASSWORD = "a pass/word: ü"


class Operated:
    """The broker, the authority that its certificate comes from, and another that nobody trusts."""

    def __init__(self, server: RabbitMQ, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.authority, self.stranger = Authority(folder), Authority(folder, "stranger")
        self._server = server
        served = self.authority.issue("broker", names=())
        self.client = self.authority.issue("comitia-ballots", file="client")
        server.stop()
        self._configure(server.folder, served)
        server.start()
        for user in (f"comitia-{name}" for name in ("relay", "operator", *SERVICES)):
            server.call("PUT", f"/api/users/{user}", json.dumps({"password": PASSWORD, "tags": ""}).encode())

    def url(self, user: str, host: str = "127.0.0.1", query: str = "") -> str:
        return f"amqps://comitia-{user}:{quote(PASSWORD, safe='')}@{host}:{self.port}/{query}"

    def broker(self, user: str, **files: Path | None) -> Broker:
        return broker_at(self.url(user), **{"ca": self.authority.file, **files})

    def settings(self, user: str) -> dict[str, str]:
        return {"broker": self.url(user), "broker_ca": str(self.authority.file)}

    def _configure(self, folder: Path, served: Pair) -> None:
        """With the operator's file as it is, but for where things are here."""
        told = (FOLDER / "rabbitmq.conf").read_text(encoding="utf-8")
        for there, here in (
            ("listeners.tcp = none\n", ""),
            ("ssl.default = 5671", f"ssl.default = 127.0.0.1:{self.port}"),
            ("/etc/rabbitmq/tls/ca.crt", str(self.authority.file)),
            ("/etc/rabbitmq/tls/tls.crt", str(served.cert)),
            ("/etc/rabbitmq/tls/tls.key", str(served.key)),
            ("/etc/rabbitmq/definitions.json", str(definitions.FILE)),
            ("disk_free_limit.absolute = 1GB", "disk_free_limit.absolute = 50MB"),
        ):
            assert there in told
            told = told.replace(there, here)
        told += "auth_mechanisms.1 = PLAIN\nauth_mechanisms.2 = EXTERNAL\nssl_cert_login_from = common_name\n"
        with (folder / "rabbitmq.conf").open("a", encoding="utf-8") as file:
            file.write(told)
        (folder / "plugins").write_text("[rabbitmq_management,rabbitmq_auth_mechanism_ssl].\n", encoding="utf-8")


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with obtained(obtain_rabbitmq) as server:
        yield Operated(server, tmp_path_factory.mktemp("certificates"))


def test_the_file_of_definitions_is_what_the_table_says() -> None:
    assert definitions.FILE.read_text(encoding="utf-8") == definitions.text()


def test_a_relay_and_a_worker_work_with_least_rights_over_tls(operated: Operated, programs: Programs) -> None:
    worker = programs.start(CHILD, "ballots", **operated.settings("ballots"))
    worker.says("awake all")
    with operated.broker("relay").linked("test") as link:
        declare(link)
        confirmed = Confirmed(link)
        confirmed.send(GOOD, EVENTS.name, SEALED, content_type="application/cloudevents+json")
        confirmed.send(b"bad", EVENTS.name, SEALED)
        confirmed.settle()
    worker.says(f"awake {SEALED}")
    depths = Depths(operated.broker("relay"))
    until(lambda: depths()[DEAD_LETTERS.name] == 1)
    depths.close()
    assert worker.end() == 0
    named = {f"COMITIA_{name.upper()}": value for name, value in operated.settings("operator").items()}
    done = CliRunner(env=named).invoke(app, ["deadletters", "replay", "--all"])
    assert (done.exit_code, done.stdout) == (0, "1 published again\n"), done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_may_subscribe(operated: Operated, service: str) -> None:
    with operated.broker(service).linked("test") as link:
        subscribe(link, service, {SEALED})
        assert link.channel().queue_declare(hints_name(service), passive=True).queue == hints_name(service)


def _publish(link: Link) -> None:
    send(Confirmed(link), 1, SEALED, EVENTS.name)


def _publish_to_a_queue(link: Link) -> None:
    send(Confirmed(link), 1, hints_name("audit"))


def _read(queue: str) -> Callable[[Link], object]:
    return lambda link: link.channel().basic_get(queue)


def _make(link: Link) -> None:
    link.channel().queue_declare("mine", durable=True)


def _delete(queue: str) -> Callable[[Link], object]:
    return lambda link: link.channel().queue_delete(queue)


@pytest.mark.parametrize(
    ("user", "act"),
    [
        ("relay", _read(hints_name("ballots"))),
        ("relay", _read(DEAD_LETTERS.name)),
        ("relay", _publish_to_a_queue),
        ("relay", _make),
        ("relay", _delete(hints_name("ballots"))),
        ("ballots", _publish),
        ("ballots", _publish_to_a_queue),
        ("ballots", _read(hints_name("audit"))),
        ("ballots", _read(DEAD_LETTERS.name)),
        ("ballots", _delete(hints_name("ballots"))),
        ("operator", _publish),
        ("operator", _read(hints_name("ballots"))),
        ("operator", _make),
    ],
)
def test_nobody_may_do_more(operated: Operated, user: str, act: Callable[[Link], object]) -> None:
    with operated.broker(user).linked("test") as link, pytest.raises(amqp.exceptions.AccessRefused):
        act(link)


def connects(broker: Broker) -> None:
    with broker.linked("test") as link:
        link.channel()


def test_a_user_without_a_password_cannot_log_in(operated: Operated) -> None:
    for password in ("", "guest"):
        with pytest.raises(BROKEN):
            connects(broker_at(f"amqps://comitia-late:{password}@127.0.0.1:{operated.port}/", operated.authority.file))


def test_a_certificate_is_enough_where_the_broker_takes_it_for_a_name(operated: Operated) -> None:
    client = operated.client
    broker = broker_at(f"amqps://127.0.0.1:{operated.port}/", operated.authority.file, client.cert, client.key)
    with broker.linked("test") as link:
        subscribe(link, "ballots", {SEALED})
        assert link.channel().queue_declare(hints_name("ballots"), passive=True).queue == hints_name("ballots")


def test_a_broker_whose_certificate_comes_from_a_stranger_is_not_spoken_to(operated: Operated) -> None:
    with pytest.raises(OSError, match="certificate verify failed"):
        connects(operated.broker("relay", ca=operated.stranger.file))


def test_a_broker_that_only_the_machines_authorities_could_know_is_not_spoken_to(operated: Operated) -> None:
    with pytest.raises(OSError, match="certificate verify failed"):
        connects(operated.broker("relay", ca=None))


def test_a_broker_under_a_name_that_is_not_in_its_certificate_is_not_spoken_to(operated: Operated) -> None:
    with pytest.raises(OSError, match="certificate is not valid for"):
        connects(broker_at(operated.url("relay", host="localhost"), operated.authority.file))


def test_a_wrong_certificate_for_the_worker_is_said_and_nothing_is_sent(operated: Operated, programs: Programs) -> None:
    settings = operated.settings("ballots") | {"broker_ca": str(operated.stranger.file)}
    worker = programs.start(CHILD, "ballots", **settings)
    worker.says("hears nothing from the broker .*certificate verify failed")
    assert PASSWORD not in worker.err.read_text()
    assert worker.end() == 0


@pytest.mark.parametrize("missing", ["ca", "cert", "key"])
def test_files_that_cannot_be_used_are_named_at_the_start(operated: Operated, missing: str, tmp_path: Path) -> None:
    files: dict[str, Any] = {"ca": operated.authority.file, "cert": operated.client.cert, "key": operated.client.key}
    with pytest.raises(CannotStart, match="COMITIA_BROKER_CA, COMITIA_BROKER_CERT, COMITIA_BROKER_KEY"):
        broker_at(operated.url("relay"), **(files | {missing: tmp_path / "nothing.pem"}))


def test_a_heartbeat_is_kept_over_tls(operated: Operated, programs: Programs) -> None:
    settings = operated.settings("ballots") | {"broker": operated.url("ballots", query="?heartbeat=1")}
    worker = programs.start(CHILD, "ballots", "computing", **settings)
    worker.says("awake all")
    with operated.broker("relay").linked("test") as link:
        confirmed = Confirmed(link)
        for _ in range(5):
            link.receive(1.0)
            confirmed.send(GOOD, EVENTS.name, SEALED, content_type="application/cloudevents+json")
            confirmed.settle()
    until(lambda: worker.out.read_text().count(f"awake {SEALED}") == 5)
    assert worker.out.read_text().count("awake all") == 1, "it has connected once"
    assert worker.end() == 0
