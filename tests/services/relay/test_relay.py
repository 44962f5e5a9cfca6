"""The relay as it runs: every event at least once, in order for each lead, whoever dies, stops or sleeps."""

from __future__ import annotations

import http.client
import re
import signal
import threading
import time

import psycopg
import pytest

from eventlog.postgres import PostgresLog
from infra.local.ports import free_port
from infra.local.rabbitmq import RabbitMQ
from runtime.broker import Broker
from tests.broker.support import Happening, Process, Programs, until
from tests.services.relay.feed import await_position, heard, is_complete, make_feed, repeats

pytestmark = pytest.mark.slow

LEADS = r"leading from position \d+"


def leading_now(relays: Programs) -> list[Process]:
    """Those that have taken the lead so far."""
    return [each for each in relays.started if re.search(LEADS, each.err.read_text())]


def keep_happening(happening: Happening, stop: threading.Event) -> threading.Thread:
    """Events until `stop`, a few hundred a second."""

    def happen() -> None:
        while not stop.wait(0.05):
            happening.append_many(20, batch=20)

    thread = threading.Thread(target=happen)
    thread.start()
    return thread


def test_every_event_is_published_once_and_in_order(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    happening.append_many(1200)
    relay = relays.start("relay", "run")
    await_position(log, 1200)
    happening.append_many(50)
    await_position(log, 1250)
    assert heard(feed) == list(range(1, 1251))
    assert relay.end() == 0
    happening.append_many(50)
    relays.start("relay", "run")
    await_position(log, 1300)
    assert heard(feed) == list(range(1251, 1301))


def test_an_event_is_published_as_soon_as_it_is_in_the_log(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    relays.start("relay", "run").says(LEADS)
    seconds = []
    for number in range(1, 21):
        happening.append_many(1, batch=1)
        began = time.monotonic()
        until(lambda: heard(feed))
        seconds.append(time.monotonic() - began)
        time.sleep(0.05 * (number % 3))
    assert sorted(seconds)[10] < 0.4


def test_one_relay_publishes_and_the_other_takes_over_when_it_is_killed(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    stop = threading.Event()
    writing = keep_happening(happening, stop)
    for _ in range(2):
        relays.start("relay", "run")
    (first,) = until(lambda: leading_now(relays))
    await_position(log, 200)
    time.sleep(1)
    assert leading_now(relays) == [first]
    first.kill()
    (second,) = [each for each in relays.started if each is not first]
    second.says(LEADS, patience=10)
    stop.set()
    writing.join()
    number = log.last_position()
    await_position(log, number)
    positions = heard(feed)
    assert is_complete(positions, number)
    assert repeats(positions) <= 1000, "at most what was on its way, and what was not kept yet"


def test_a_relay_that_sleeps_loses_the_lead_and_only_repeats_when_it_wakes(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    stop = threading.Event()
    writing = keep_happening(happening, stop)
    for _ in range(2):
        relays.start("relay", "run")
    (first,) = until(lambda: leading_now(relays))
    await_position(log, 200)
    first.signal(signal.SIGSTOP)
    (second,) = [each for each in relays.started if each is not first]
    second.says(LEADS, patience=15)
    at = log.last_position()
    await_position(log, at)
    first.signal(signal.SIGCONT)
    kept = [log.max_tracking_id("relay") or 0]
    for _ in range(100):
        kept.append(log.max_tracking_id("relay") or 0)
        time.sleep(0.02)
    assert kept == sorted(kept), "a position never goes back"
    stop.set()
    writing.join()
    number = log.last_position()
    await_position(log, number)
    assert is_complete(heard(feed), number)
    assert len(re.findall(LEADS, first.err.read_text())) == 1, "it stands by after it woke"


def test_a_lost_session_is_a_lost_lead(relays: Programs, log: PostgresLog, happening: Happening, feed: Broker) -> None:
    stop = threading.Event()
    writing = keep_happening(happening, stop)
    for _ in range(2):
        relays.start("relay", "run")
    until(lambda: leading_now(relays))
    for round_ in range(3):
        await_position(log, log.last_position())
        with psycopg.connect(relays.settings["database"], autocommit=True) as db:
            ended = db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE locktype = 'advisory' AND granted AND application_name = 'comitia relay'"
                " AND datname = current_database()"
            ).fetchall()
        assert ended == [(True,)]
        told = 2 + round_
        until(lambda: sum(len(re.findall(LEADS, each.err.read_text())) for each in relays.started) >= told)  # noqa: B023
    stop.set()
    writing.join()
    number = log.last_position()
    await_position(log, number)
    assert is_complete(heard(feed), number)


def test_a_broker_that_goes_in_mid_publish_costs_time_and_no_event(
    relays: Programs, log: PostgresLog, happening: Happening, own_rabbitmq: RabbitMQ, own_broker: Broker
) -> None:
    make_feed(own_broker)
    url = f"amqp://{own_broker.user}:{own_broker.password}@127.0.0.1:{own_broker.port}/{own_broker.vhost}"
    stop = threading.Event()
    writing = keep_happening(happening, stop)
    relay = relays.start("relay", "run", broker=url)
    await_position(log, 300)
    own_rabbitmq.stop()
    relay.says("publishing to .* stopped after position")
    time.sleep(2)
    before = log.max_tracking_id("relay") or 0
    assert before < log.last_position()
    own_rabbitmq.start()
    relay.says("publishing to .* again")
    stop.set()
    writing.join()
    number = log.last_position()
    await_position(log, number)
    assert is_complete(heard(own_broker), number)
    assert relay.err.read_text().count("stopped after position") == 1, "said once"
    assert own_broker.password not in relay.err.read_text()
    assert relay.end() == 0


def test_a_relay_that_cannot_reach_the_broker_lets_one_lead_that_can(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    cut_off = relays.start("relay", "run", broker="amqp://somebody:secret@127.0.0.1:1/")
    cut_off.says("stopped after position")
    happening.append_many(100)
    relays.start("relay", "run")
    await_position(log, 100)
    assert is_complete(heard(feed), 100)
    assert "secret" not in cut_off.err.read_text()
    assert cut_off.end() == 0


def test_a_database_that_restarts_is_waited_for(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    """As it looks from here: every session ends, and none is had for a while."""
    relay = relays.start("relay", "run")
    happening.append_many(100)
    await_position(log, 100)
    name = relays.settings["database"].rpartition("/")[2]
    server = relays.settings["database"].rpartition("/")[0] + "/postgres"
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        time.sleep(3)
        db.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    until(lambda: log.last_position() == 100)
    happening.append_many(100)
    await_position(log, 200)
    assert is_complete(heard(feed), 200)
    assert relay.end() == 0


def test_a_stop_in_mid_publish_ends_it_cleanly_and_loses_nothing(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    stop = threading.Event()
    writing = keep_happening(happening, stop)
    for _ in range(3):
        relay = relays.start("relay", "run")
        relay.says(LEADS)
        time.sleep(0.5)
        began = time.monotonic()
        assert relay.end() == 0
        assert time.monotonic() - began < 8
        assert "Traceback" not in relay.err.read_text()
    stop.set()
    writing.join()
    relays.start("relay", "run")
    number = log.last_position()
    await_position(log, number)
    positions = heard(feed)
    assert positions == list(range(1, number + 1)), "each position was kept before the end"


def test_one_who_stands_by_ends_at_once(relays: Programs) -> None:
    relays.start("relay", "run").says(LEADS)
    standing = relays.start("relay", "run")
    standing.says("relay following the log")
    began = time.monotonic()
    assert standing.end() == 0
    assert time.monotonic() - began < 5
    assert not re.search(LEADS, standing.err.read_text())


def test_what_the_relay_needs_is_named(relays: Programs) -> None:
    alone = Programs(relays.folder)
    process = alone.start("relay", "run")
    assert process.running.wait(30) == 2
    assert "COMITIA_DATABASE" in process.err.read_text()
    assert "COMITIA_BROKER" in process.err.read_text()


@pytest.mark.parametrize("words", [(), ("api",), ("run", "twice")], ids=["nothing", "another word", "too many"])
def test_another_word_is_answered_with_the_usage(relays: Programs, words: tuple[str, ...]) -> None:
    process = relays.start("relay", *words)
    assert process.running.wait(30) == 2
    assert "usage: python -m relay run | settings [--json] | health" in process.err.read_text()


def test_its_health_is_asked_where_it_answers(relays: Programs) -> None:
    process = relays.start("relay", "health")
    assert process.running.wait(30) == 2
    assert "COMITIA_METRICS_LISTEN is not set" in process.err.read_text()
    process = relays.start("relay", "health", metrics_listen=f"127.0.0.1:{free_port()}")
    assert process.running.wait(30) == 1


def test_settings_hide_what_is_secret(relays: Programs) -> None:
    process = relays.start("relay", "settings", "--json")
    assert process.running.wait(30) == 0
    shown = process.out.read_text()
    assert '"lease_seconds"' in shown
    for url in (relays.settings["database"], relays.settings["broker"]):
        assert url.partition("://")[2].partition("@")[0].partition(":")[2] not in shown


def test_a_relay_shows_its_health_its_position_and_the_queues(
    relays: Programs, log: PostgresLog, happening: Happening, feed: Broker
) -> None:
    place = f"127.0.0.1:{free_port()}"
    relay = relays.start("relay", "run", metrics_listen=place)
    relay.says(LEADS)
    happening.append_many(100)
    await_position(log, 100)
    health = relays.start("relay", "health", metrics_listen=place)
    assert health.running.wait(30) == 0
    shown = until(lambda: _metrics(place, 'comitia_queue_messages{.*queue="comitia.ballots.hints".*} 0'))
    assert re.search(r"comitia_relay_leading{.*} 1\.0", shown)
    assert re.search(r"comitia_relay_position{.*} 100\.0", shown)
    assert re.search(r'comitia_queue_messages{.*queue="comitia.deadletters".*} 0\.0', shown)


def _metrics(place: str, pattern: str) -> str:
    connection = http.client.HTTPConnection(place, timeout=10)
    connection.request("GET", "/metrics")
    told = connection.getresponse().read().decode()
    return told if re.search(pattern, told) else ""
