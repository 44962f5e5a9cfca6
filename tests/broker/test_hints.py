"""From the exchange to the follower: every type that a service handles wakes it, and nothing holds it up."""

from __future__ import annotations

import signal
import struct
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import amqp
import pytest

from audit.settings import AuditSettings
from infra.local.rabbitmq import RabbitMQ
from runtime.broker import BROKEN, Broker, Link, body_in, broker_at
from runtime.cloudevents import CONTENT_TYPE, MOST_BYTES, body_of
from runtime.publishing import Confirmed, Publisher
from runtime.service import Context
from runtime.storage import Storage, now
from runtime.topology import DEAD_LETTERS, EVENTS, SERVICES, hints_name
from tests.broker.support import Process, Programs, a_placed_record, depth, taken, until

pytestmark = pytest.mark.slow

CHILD = "tests.broker.waking_child"
QUEUE = hints_name("ballots")
SEALED = "ballots.BoxSealed"
GOOD = body_of(a_placed_record(1, type=SEALED), "d")


def declared(service: str) -> frozenset[str]:
    """The types that a service's nameko class is bound to."""
    found: frozenset[str] = import_module(f"{service}.worker").TYPES
    return found


def publish(link: Link, *types: str) -> None:
    """As the relay does."""
    records = [a_placed_record(number, type=type_) for number, type_ in enumerate(types, 1)]
    Publisher(link, "d", threading.Event()).publish(records)


def insist(broker: Broker, type_: str) -> None:
    """As the relay does with a broker that has just come back."""

    def published() -> bool:
        try:
            with broker.linked("test") as link:
                publish(link, type_)
        except BROKEN:
            return False
        return True

    until(published)


def put(link: Link, body: bytes = GOOD, **properties: object) -> None:
    confirmed = Confirmed(link)
    confirmed.send(body, "", QUEUE, mandatory=True, **properties)
    confirmed.settle()


def start(programs: Programs, vhost: str, service: str = "ballots", *words: str) -> Process:
    process = programs.start(CHILD, service, *words, broker=vhost)
    process.says("awake all")
    return process


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_bound_to_all_that_it_reacts_to_or_lists_and_to_nothing_else(service: str, tmp_path: Path) -> None:
    settings = AuditSettings.load(data_dir=tmp_path)
    storage = Storage(settings, now, alone=True)
    wired = import_module(f"{service}.wiring").wire(
        Context(log=storage.log, clock=now, views=storage.views, settings=settings)
    )
    handled = frozenset(wired.reactions).union(*(projection.types for projection in wired.projections))
    storage.close()
    assert declared(service) == handled
    assert len(handled) > 2
    assert import_module(f"{service}.worker").Worker.name == service == wired.name


@pytest.mark.parametrize("service", SERVICES)
def test_a_hint_of_each_type_wakes_its_service(programs: Programs, vhost: str, link: Link, service: str) -> None:
    process = start(programs, vhost, service)
    for type_ in sorted(declared(service)):
        publish(link, type_)
        process.says(rf"awake {type_}\n")
    publish(link, "somebody.Else")
    until(lambda: depth(link.broker, hints_name(service)) == 0)
    assert "somebody.Else" not in process.out.read_text()
    assert process.end() == 0
    assert process.out.read_text().endswith("stopped\n")
    assert process.err.read_text() == ""


def test_hints_that_come_together_wake_once_and_are_all_acknowledged(
    programs: Programs, vhost: str, link: Link, broker: Broker
) -> None:
    process = start(programs, vhost)
    for _ in range(20):
        publish(link, *(["ballots.BallotCast"] * 500))
    publish(link, SEALED)
    process.says(f"awake {SEALED}")
    until(lambda: depth(broker, QUEUE) == 0)
    assert process.out.read_text().count("awake ballots.BallotCast") < 5000
    assert process.end() == 0
    assert depth(broker, QUEUE) == 0, "everything was acknowledged"


BAD: dict[str, tuple[bytes, dict[str, object]]] = {
    "no JSON": (b"{", {"content_type": CONTENT_TYPE}),
    "no event": (b'{"specversion":"1.0"}', {"content_type": CONTENT_TYPE}),
    "no content type": (GOOD, {}),
    "another content type": (GOOD, {"content_type": "application/x-python-serialize"}),
    "another encoding": (b"\x80\x04N.", {"content_type": "application/x-pickle", "content_encoding": "binary"}),
    "too large": (b" " * MOST_BYTES + GOOD, {"content_type": CONTENT_TYPE}),
    "empty": (b"", {"content_type": CONTENT_TYPE}),
    "random bytes": (bytes(range(256)), {"content_type": CONTENT_TYPE}),
}


def test_what_is_no_event_becomes_a_dead_letter_and_holds_nobody_up(
    programs: Programs, vhost: str, link: Link, broker: Broker
) -> None:
    process = start(programs, vhost)
    for body, properties in BAD.values():
        put(link, body, **properties)
    publish(link, SEALED)
    process.says(f"awake {SEALED}")
    until(lambda: depth(broker, DEAD_LETTERS.name) == len(BAD))
    letters = taken(broker, DEAD_LETTERS.name)
    assert [body_in(letter) for letter in letters] == [body for body, _ in BAD.values()]
    assert depth(broker, QUEUE) == 0
    assert process.err.read_text().count("goes to the dead letters") == len(BAD)
    assert process.end() == 0


class WithRawProperties(amqp.Message):  # type: ignore[misc]  # py-amqp has no types
    """A message with properties as somebody may write them who does not use py-amqp."""

    raw = b""

    def _serialize_properties(self) -> bytes:
        return self.raw


def header(value: bytes) -> bytes:
    """The property list of a message with one header `a` of this encoded value."""
    table = b"\x01a" + value
    return struct.pack(">HI", 1 << 13, len(table)) + table


def nested(depth: int) -> bytes:
    """A table that holds a table, so many times."""
    value = b"t\x01"
    for _ in range(depth):
        value = b"F" + struct.pack(">I", len(value) + 2) + b"\x01a" + value
    return value


UNDECODABLE = {
    "a time after the end of time": header(b"T" + b"\x7f" + b"\xff" * 7),
    "a table in a table, and so on": header(nested(2000)),
}


@pytest.mark.parametrize("properties", UNDECODABLE.values(), ids=UNDECODABLE)
def test_properties_that_the_library_cannot_read_hold_nobody_up(
    programs: Programs, vhost: str, link: Link, broker: Broker, properties: bytes
) -> None:
    process = start(programs, vhost)
    message = WithRawProperties(b"poison")
    message.raw = properties
    channel = link.channel()
    channel.basic_publish(message, "", QUEUE)
    publish(link, SEALED)
    process.says(f"awake {SEALED}")
    until(lambda: depth(broker, DEAD_LETTERS.name) == 1)
    assert [body_in(letter) for letter in taken(broker, DEAD_LETTERS.name)] == [b"poison"]
    assert process.end() == 0


def test_an_address_that_the_library_cannot_read_holds_nobody_up(
    programs: Programs, vhost: str, link: Link, broker: Broker
) -> None:
    """A routing key of any bytes, with the queue's name in CC."""
    process = start(programs, vhost)
    publish(link, SEALED)
    process.says(f"awake {SEALED}")
    channel = link.channel()
    arguments = struct.pack(">H", 0) + b"\x00" + b"\x02\xff\xfe" + b"\x00"
    message = amqp.Message(b"poison", application_headers={"CC": [QUEUE]})
    link.connection.frame_writer(1, channel.channel_id, (60, 40), arguments, message)
    channel.close()
    publish(link, "ballots.BoxOpened")
    process.says("awake ballots.BoxOpened")
    until(lambda: depth(broker, DEAD_LETTERS.name) == 1)
    assert [body_in(letter) for letter in taken(broker, DEAD_LETTERS.name)] == [b"poison"]
    assert process.end() == 0


def test_who_stands_by_leaves_the_hints_to_the_one_that_leads(
    programs: Programs, vhost: str, link: Link, broker: Broker
) -> None:
    leading = start(programs, vhost)
    (programs.folder / "other").mkdir()
    standing = programs.start(CHILD, "ballots", broker=vhost, data_dir=str(programs.folder / "other"))
    (programs.folder / "other" / "standing-by").touch()
    standing.says("awake all")
    time.sleep(0.6)
    for _ in range(20):
        publish(link, SEALED)
        until(lambda: depth(broker, QUEUE) == 0)
    leading.says(f"awake {SEALED}")
    assert f"awake {SEALED}" not in standing.out.read_text()
    leading.kill()
    (programs.folder / "other" / "standing-by").unlink()
    publish(link, "ballots.BoxOpened")
    standing.says("awake ballots.BoxOpened")


def test_a_hint_that_was_not_acknowledged_comes_again(
    programs: Programs, vhost: str, link: Link, broker: Broker
) -> None:
    """The worker is frozen, is given a hint, and is killed with it in hand; the next one gets it."""
    first = start(programs, vhost)
    publish(link, SEALED)
    first.says(f"awake {SEALED}")
    first.signal(signal.SIGSTOP)
    publish(link, "ballots.BoxOpened")
    until(lambda: depth(broker, QUEUE) == 0)
    first.kill()
    until(lambda: depth(broker, QUEUE) >= 1)
    second = start(programs, vhost)
    second.says("awake ballots.BoxOpened")
    until(lambda: depth(broker, QUEUE) == 0)
    assert "BoxOpened" not in first.out.read_text()


def test_a_worker_waits_for_a_broker_and_hears_it_when_it_comes_back(
    programs: Programs, own_rabbitmq: RabbitMQ, own_broker: Broker
) -> None:
    url = f"amqp://{own_broker.user}:{own_broker.password}@127.0.0.1:{own_broker.port}/{own_broker.vhost}"
    own_rabbitmq.stop()
    process = programs.start(CHILD, "ballots", broker=url)
    process.says("started")
    process.says("hears nothing from the broker")
    own_rabbitmq.start()
    process.says("hears the broker .* again")
    insist(own_broker, SEALED)
    process.says(f"awake {SEALED}")
    own_rabbitmq.stop()
    until(lambda: process.err.read_text().count("hears nothing from the broker") == 2)
    own_rabbitmq.start()
    until(lambda: process.err.read_text().count("again") == 2)
    insist(own_broker, "ballots.BoxOpened")
    process.says("awake ballots.BoxOpened")
    assert own_broker.password not in process.err.read_text()
    assert process.end() == 0


def test_a_stop_does_not_wait_for_a_broker_that_is_not_there(programs: Programs) -> None:
    process = programs.start(CHILD, "ballots", broker="amqp://somebody:secret@127.0.0.1:1/")
    process.says("hears nothing from the broker")
    began = time.monotonic()
    assert process.end() == 0
    assert time.monotonic() - began < 8
    assert "secret" not in process.err.read_text()


def test_a_login_that_is_refused_is_tried_again(programs: Programs, rabbitmq: RabbitMQ, vhost: str) -> None:
    """nameko's own consumer gives up here: an operator may be about to make the account."""
    known = broker_at(vhost)
    stranger = f"amqp://late:{known.password}@127.0.0.1:{known.port}/{known.vhost}"
    process = programs.start(CHILD, "ballots", broker=stranger)
    process.says("hears nothing from the broker")
    rabbitmq.call("PUT", "/api/users/late", b'{"password": "%s", "tags": ""}' % known.password.encode())
    everything = b'{"configure": ".*", "write": ".*", "read": ".*"}'
    rabbitmq.call("PUT", f"/api/permissions/{known.vhost}/late", everything)
    process.says("hears the broker .* again")
    rabbitmq.call("DELETE", "/api/users/late")
    assert process.end() == 0


def test_a_count_that_lasts_longer_than_the_heartbeat_does_not_cost_the_connection(
    programs: Programs, rabbitmq: RabbitMQ, vhost: str, link: Link
) -> None:
    process = start(programs, f"{vhost}?heartbeat=1", "ballots", "computing")
    for _ in range(8):
        time.sleep(1)
        publish(link, SEALED)
    until(lambda: process.out.read_text().count(f"awake {SEALED}") == 8)
    assert process.err.read_text() == ""
    assert process.out.read_text().count("awake all") == 1, "it has connected once"
    assert process.end() == 0


def test_a_queue_that_an_operator_deletes_is_made_again(programs: Programs, vhost: str, link: Link) -> None:
    process = start(programs, vhost)
    channel: Any = link.channel()
    channel.queue_delete(QUEUE)
    until(lambda: process.out.read_text().count("awake all") == 2)
    confirmed = Confirmed(link)
    confirmed.send(GOOD, EVENTS.name, SEALED, mandatory=True, content_type=CONTENT_TYPE)
    confirmed.settle()
    process.says(f"awake {SEALED}")
    assert process.end() == 0
