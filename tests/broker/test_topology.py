"""The table of exchanges and queues, on a real broker: made by whoever comes first, limited, and least rights suffice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.broker import Broker, Link
from runtime.publishing import Confirmed
from runtime.topology import (
    DEAD,
    DEAD_LETTERS,
    EVENTS,
    HINTS,
    SERVICES,
    Depths,
    declare,
    hints_name,
    subscribe,
)
from tests.architecture import house
from tests.broker.support import depth, taken, until

pytestmark = pytest.mark.slow

QUEUE = hints_name("ballots")


def put(link: Link, queue: str, *bodies: bytes) -> None:
    confirmed = Confirmed(link)
    for body in bodies:
        confirmed.send(body, "", queue, mandatory=True)
    confirmed.settle()


def test_every_service_with_a_worker_has_a_queue() -> None:
    services = {path.parent.name for path in (house.ROOT / "services").glob("*/worker.py")}
    assert set(SERVICES) == services == set(HINTS)


def test_everything_is_made_once_by_whoever_comes_first(broker: Broker) -> None:
    def declare_all(_: int) -> None:
        with broker.linked("test") as link:
            declare(link)

    with ThreadPoolExecutor(6) as at_once:
        list(at_once.map(declare_all, range(6)))
    assert {depth(broker, queue.name) for queue in (DEAD_LETTERS, *HINTS.values())} == {0}


def test_a_queue_gets_the_events_that_it_is_bound_to_and_no_others(broker: Broker, link: Link) -> None:
    subscribe(link, "ballots", {"ballots.BoxSealed", "chambers.ChamberAsked"})
    subscribe(link, "audit", {"ballots.BoxSealed"})
    confirmed = Confirmed(link)
    for type_ in ("ballots.BoxSealed", "chambers.ChamberAsked", "chambers.RollFrozen", "ballots.BoxSealed.more"):
        confirmed.send(type_.encode(), EVENTS.name, type_)
    confirmed.settle()
    assert [bytes(message.body) for message in taken(broker, QUEUE)] == [b"ballots.BoxSealed", b"chambers.ChamberAsked"]
    assert [bytes(message.body) for message in taken(broker, hints_name("audit"))] == [b"ballots.BoxSealed"]


def test_a_queue_that_is_there_with_other_limits_is_used_as_it_is(broker: Broker, link: Link) -> None:
    channel = link.channel()
    channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    subscribe(link, "ballots", {"ballots.BoxSealed"})
    confirmed = Confirmed(link)
    confirmed.send(b"{}", EVENTS.name, "ballots.BoxSealed")
    confirmed.settle()
    assert depth(broker, QUEUE) == 1


def test_what_a_worker_rejects_is_a_dead_letter_that_names_its_queue(broker: Broker, link: Link) -> None:
    declare(link)
    put(link, QUEUE, b"bad", b"good")
    channel = link.channel()
    channel.basic_reject(channel.basic_get(QUEUE).delivery_tag, requeue=False)
    until(lambda: depth(broker, DEAD_LETTERS.name) == 1)
    (letter,) = taken(broker, DEAD_LETTERS.name)
    assert (bytes(letter.body), letter.delivery_info["routing_key"]) == (b"bad", QUEUE)
    assert depth(broker, QUEUE) == 1


def test_what_a_full_queue_drops_is_no_dead_letter(broker: Broker, link: Link) -> None:
    """A worker that is away for long fills its queue: RabbitMQ sends what it drops to the dead letters' exchange."""
    arguments = {**HINTS["ballots"].arguments, "x-max-length": 10}
    link.channel().queue_declare(QUEUE, durable=True, auto_delete=False, arguments=arguments)
    declare(link)
    put(link, QUEUE, *(b"%d" % number for number in range(50)))
    until(lambda: depth(broker, QUEUE) == 10)
    channel = link.channel()
    channel.basic_reject(channel.basic_get(QUEUE).delivery_tag, requeue=False)
    until(lambda: depth(broker, DEAD_LETTERS.name) == 1)
    assert [bytes(message.body) for message in taken(broker, DEAD_LETTERS.name)] == [b"40"]
    assert [bytes(message.body) for message in taken(broker, QUEUE)] == [b"%d" % number for number in range(41, 50)]


def test_a_dead_letter_outlives_any_number_of_looks(broker: Broker, link: Link) -> None:
    """RabbitMQ 4 drops a message after 20 deliveries unless its queue says otherwise."""
    declare(link)
    assert int(DEAD_LETTERS.arguments["x-delivery-limit"]) > 1_000_000
    put(link, DEAD_LETTERS.name, b"kept")
    for _ in range(25):
        channel = link.channel()
        assert channel.basic_get(DEAD_LETTERS.name) is not None
        channel.close()
    assert until(lambda: depth(broker, DEAD_LETTERS.name) == 1)


def test_the_dead_letters_exchange_is_shared_with_integrators_own_queues(broker: Broker, link: Link) -> None:
    declare(link)
    arguments = {"x-queue-type": "quorum", "x-dead-letter-exchange": DEAD.name}
    link.channel().queue_declare("integrator", durable=True, auto_delete=False, arguments=arguments)
    put(link, "integrator", b"theirs")
    channel = link.channel()
    channel.basic_reject(channel.basic_get("integrator").delivery_tag, requeue=False)
    assert until(lambda: depth(broker, DEAD_LETTERS.name) == 1)


def test_depths_are_of_the_queues_that_there_are(broker: Broker, link: Link) -> None:
    depths = Depths(broker, fresh=0)
    assert depths() == {}
    declare(link, (DEAD_LETTERS, HINTS["ballots"]))
    put(link, QUEUE, b"1", b"2", b"3")
    until(lambda: depths() == {DEAD_LETTERS.name: 0, QUEUE: 3})
    depths.close()
    assert depths() == {DEAD_LETTERS.name: 0, QUEUE: 3}
    depths.close()


def test_depths_are_not_asked_anew_at_each_scrape(broker: Broker, link: Link) -> None:
    depths = Depths(broker, fresh=60)
    declare(link, (HINTS["ballots"],))
    assert depths() == {QUEUE: 0}
    put(link, QUEUE, b"1")
    assert depths() == {QUEUE: 0}
    depths.close()
