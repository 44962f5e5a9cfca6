"""Publisher confirms: many messages on their way, in order, and none counts before the broker has it."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import threading
import time

import pytest

from infra.local.rabbitmq import DEBIAN, RabbitMQ, installed_programs
from runtime.broker import BROKEN, Broker, Link, broker_at
from runtime.publishing import Confirmed, NotConfirmed, Publisher
from runtime.topology import DEAD_LETTERS, HINTS, declare, hints_name, subscribe
from tests.broker.support import TYPES, a_placed_record, depth, taken, until

pytestmark = pytest.mark.slow

QUEUE = hints_name("ballots")
RECORDS = [a_placed_record(position, type=TYPES[position % len(TYPES)]) for position in range(1, 501)]


def send(confirmed: Confirmed, number: int, queue: str = QUEUE, exchange: str = "") -> None:
    """Publish so many messages, and wait until they are confirmed."""
    for each in range(number):
        confirmed.send(b"%d" % each, exchange, queue)
    confirmed.settle()


def send_for_ever(confirmed: Confirmed, queue: str) -> None:
    """A quorum queue notices a little late that it is full."""
    for _ in itertools.count():
        send(confirmed, 10, queue)


def publish_for_ever(publisher: Publisher) -> None:
    for page in itertools.repeat(RECORDS):
        publisher.publish(page)


def test_records_arrive_in_order_each_once(broker: Broker, link: Link) -> None:
    subscribe(link, "ballots", TYPES)
    publisher = Publisher(link, "d", threading.Event())
    publisher.publish(RECORDS[:200])
    publisher.publish(RECORDS[200:])
    messages = taken(broker, QUEUE)
    assert [message.properties["message_id"] for message in messages] == [record.event_id for record in RECORDS]
    first = messages[0]
    assert (first.properties["delivery_mode"], first.delivery_info["routing_key"]) == (2, RECORDS[0].type)


def test_what_nobody_is_bound_to_is_published_all_the_same(link: Link) -> None:
    declare(link)
    Publisher(link, "d", threading.Event()).publish(RECORDS[:10])
    assert link.channel().basic_get(DEAD_LETTERS.name) is None, "nor is it a dead letter"


def test_a_message_that_the_broker_refuses_is_not_confirmed(link: Link) -> None:
    arguments = {"x-queue-type": "quorum", "x-max-length": 5, "x-overflow": "reject-publish"}
    link.channel().queue_declare("small", durable=True, auto_delete=False, arguments=arguments)
    confirmed = Confirmed(link)
    with pytest.raises(NotConfirmed, match="refused"):
        send_for_ever(confirmed, "small")


def test_a_message_that_must_reach_a_queue_and_does_not_is_not_confirmed(link: Link) -> None:
    confirmed = Confirmed(link)
    confirmed.send(b"x", "", "nobody", mandatory=True)
    with pytest.raises(NotConfirmed, match="no queue"):
        confirmed.settle()


def test_an_exchange_that_is_gone_is_an_error_and_no_silence(link: Link) -> None:
    confirmed = Confirmed(link)
    with pytest.raises(BROKEN):
        send(confirmed, 1, exchange="comitia.gone")


def test_a_broker_that_is_killed_in_mid_publish_is_noticed(own_rabbitmq: RabbitMQ, own_broker: Broker) -> None:
    with own_broker.linked("test") as link:
        declare(link)
        publisher = Publisher(link, "d", threading.Event())
        publisher.publish(RECORDS)
        killing = threading.Timer(0.2, own_rabbitmq.kill)
        killing.start()
        try:
            with pytest.raises(BROKEN):
                publish_for_ever(publisher)
        finally:
            killing.join()
            own_rabbitmq.start()


def test_a_broker_that_hangs_is_given_up(own_rabbitmq: RabbitMQ, own_broker: Broker) -> None:
    """Stopped as a machine stops that swaps: connections stay, nothing is answered."""
    hasty = broker_at(
        f"amqp://{own_broker.user}:{own_broker.password}@127.0.0.1:{own_broker.port}/{own_broker.vhost}?heartbeat=2"
    )
    with hasty.linked("test") as link:
        declare(link)
        publisher = Publisher(link, "d", threading.Event())
        os.kill(own_rabbitmq.pid, signal.SIGSTOP)
        began = time.monotonic()
        try:
            with pytest.raises(BROKEN):
                publisher.publish(RECORDS)
        finally:
            os.kill(own_rabbitmq.pid, signal.SIGCONT)
        assert 2 < time.monotonic() - began < 12


def test_a_broker_short_of_memory_is_waited_for(own_rabbitmq: RabbitMQ, own_broker: Broker) -> None:
    with own_broker.linked("test") as link:
        declare(link, (HINTS["ballots"],))
        confirmed = Confirmed(link)
        _memory(own_rabbitmq, "0.000001")
        done = threading.Event()

        def publish() -> None:
            send(confirmed, 100)
            done.set()

        publishing = threading.Thread(target=publish)
        publishing.start()
        until(lambda: link.blocked, "the broker says that it takes nothing")
        assert not done.wait(3)
        _memory(own_rabbitmq, "0.6")
        assert done.wait(20)
        publishing.join()
    assert depth(own_broker, QUEUE) == 100


def test_a_stop_does_not_wait_for_a_broker_short_of_memory(own_rabbitmq: RabbitMQ, own_broker: Broker) -> None:
    stop = threading.Event()
    with own_broker.linked("test") as link:
        declare(link, (HINTS["ballots"],))
        confirmed = Confirmed(link, stop)
        _memory(own_rabbitmq, "0.000001")
        try:
            threading.Timer(1.0, stop.set).start()
            began = time.monotonic()
            with pytest.raises(NotConfirmed):
                send(confirmed, 100)
            assert time.monotonic() - began < 10
        finally:
            _memory(own_rabbitmq, "0.6")


def _memory(server: RabbitMQ, share: str) -> None:
    """Have the broker believe that it may use this share of the machine's memory."""
    programs = installed_programs() or DEBIAN
    command = [str(programs / "rabbitmqctl"), "set_vm_memory_high_watermark", share]
    subprocess.run(command, env=dict(server._env), check=True, capture_output=True, timeout=60)
