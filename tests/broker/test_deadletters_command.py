"""`comitia deadletters` on a real broker: what is listed stays, what is replayed reaches its queue, what is dropped is gone."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

import amqp
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from runtime.broker import Broker, Link, body_in
from runtime.cloudevents import CONTENT_TYPE, body_of
from runtime.publishing import Confirmed
from runtime.topology import DEAD_LETTERS, declare, hints_name
from tests.broker.support import a_placed_record, depth, taken, until
from tests.broker.test_hints import WithRawProperties, header

pytestmark = pytest.mark.slow

QUEUE = hints_name("ballots")


def run(vhost: str, *words: str) -> Result:
    return CliRunner(env={"COMITIA_BROKER": vhost, "COLUMNS": "250"}).invoke(app, ["deadletters", *words])


def listed(vhost: str, *words: str) -> list[dict[str, Any]]:
    done = run(vhost, "list", "--json", *words)
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)["deadletters"]
    return found


def die(link: Link, *bodies: bytes, queue: str = QUEUE, content_type: str = CONTENT_TYPE) -> None:
    """Have messages rejected in a queue, as its worker does."""
    declare(link)
    confirmed = Confirmed(link)
    for body in bodies:
        confirmed.send(body, "", queue, mandatory=True, content_type=content_type, message_id="m")
    confirmed.settle()
    reject(link, len(bodies), queue)


def reject(link: Link, number: int, queue: str = QUEUE) -> None:
    before = depth(link.broker, DEAD_LETTERS.name)
    channel = link.channel()
    for _ in range(number):
        channel.basic_reject(channel.basic_get(queue).delivery_tag, requeue=False)
    until(lambda: depth(link.broker, DEAD_LETTERS.name) == before + number)
    channel.close()


def test_none_are_listed_where_there_are_none(vhost: str) -> None:
    done = run(vhost, "list")
    assert (done.exit_code, done.stdout) == (0, "0 dead letters\n")
    assert listed(vhost) == []


def test_each_is_listed_with_its_queue_its_time_and_what_is_wrong_with_it(
    vhost: str, link: Link, broker: Broker
) -> None:
    die(link, b'{"specversion":', b"\xff\x00")
    die(link, b"hello", queue=hints_name("audit"), content_type="text/plain")
    found = listed(vhost)
    assert [(one["queue"], one["why"], one["bytes"], one["begins"]) for one in found] == [
        (QUEUE, "its body is not JSON in UTF-8", 15, '{"specversion":'),
        (QUEUE, "its body is not JSON in UTF-8", 2, "\\xff\x00"),
        (hints_name("audit"), "its content type is not application/cloudevents+json", 5, "hello"),
    ]
    assert all(re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", one["died_at"]) for one in found)
    assert len({one["id"] for one in found}) == 3
    shown = run(vhost, "list").stdout
    assert all(one["id"] in shown for one in found)
    assert "\\x00" in shown
    assert "\x00" not in shown


def test_listing_takes_nothing_away_and_can_be_repeated(vhost: str, link: Link, broker: Broker) -> None:
    die(link, *(b"%d" % number for number in range(5)))
    first = listed(vhost)
    for _ in range(3):
        assert until(lambda: depth(broker, DEAD_LETTERS.name) == 5)
        assert listed(vhost) == first
    assert [one["begins"] for one in listed(vhost, "--limit", "2")] == ["0", "1"]
    assert "5 dead letters, the oldest 2 shown" in run(vhost, "list", "--limit", "2").stdout


def test_a_letter_is_replayed_to_the_queue_it_died_in(vhost: str, link: Link, broker: Broker) -> None:
    good = body_of(a_placed_record(1), "d")
    die(link, b"bad", good)
    (again,) = [one["id"] for one in listed(vhost) if one["bytes"] == len(good)]
    done = run(vhost, "replay", again)
    assert (done.exit_code, done.stdout) == (0, "1 published again\n")
    (message,) = taken(broker, QUEUE)
    assert body_in(message) == good
    assert (message.properties["content_type"], message.properties["delivery_mode"]) == (CONTENT_TYPE, 2)
    assert "x-death" not in message.properties.get("application_headers", {})
    assert [one["begins"] for one in listed(vhost)] == ["bad"]


def test_all_are_replayed_and_one_that_dies_again_is_listed_again(vhost: str, link: Link, broker: Broker) -> None:
    die(link, b"1", b"2", b"3")
    done = run(vhost, "replay", "--all", "--json")
    assert [one["begins"] for one in json.loads(done.stdout)["replayed"]] == ["1", "2", "3"]
    assert depth(broker, DEAD_LETTERS.name) == 0
    reject(link, 3)
    assert [one["begins"] for one in listed(vhost)] == ["1", "2", "3"]


def test_a_letter_that_did_not_die_in_a_workers_queue_is_left(vhost: str, link: Link, broker: Broker) -> None:
    """Whoever may publish may write any history into a message's headers."""
    declare(link)
    confirmed = Confirmed(link)
    forged = {"x-death": [{"queue": "somebodys", "reason": "rejected"}]}
    confirmed.send(b"forged", "", DEAD_LETTERS.name, mandatory=True, application_headers=forged)
    confirmed.settle()
    done = run(vhost, "replay", "--all")
    assert done.exit_code == 0
    assert done.stdout == "0 published again\n1 left: they did not die in a queue of Comitia's workers\n"
    assert until(lambda: depth(broker, DEAD_LETTERS.name) == 1)


@pytest.mark.parametrize(
    "headers", [{"x-death": "x"}, {"x-death": []}, {"x-death": [1]}, {"x-death": [{"time": "now"}]}]
)
def test_a_history_of_any_shape_is_listed(vhost: str, link: Link, headers: dict[str, Any]) -> None:
    declare(link)
    confirmed = Confirmed(link)
    confirmed.send(b"odd", "", DEAD_LETTERS.name, mandatory=True, application_headers=headers)
    confirmed.settle()
    assert [one["begins"] for one in listed(vhost)] == ["odd"]


def test_a_letter_whose_properties_cannot_be_read_is_listed_and_dropped(vhost: str, link: Link, broker: Broker) -> None:
    declare(link)
    message = WithRawProperties(b"poison")
    message.raw = header(b"T" + b"\x7f" + b"\xff" * 7)
    link.channel().basic_publish(message, "", DEAD_LETTERS.name)
    until(lambda: depth(broker, DEAD_LETTERS.name) == 1)
    (letter,) = listed(vhost)
    assert (letter["begins"], letter["died_at"]) == ("poison", "")
    assert run(vhost, "drop", letter["id"]).exit_code == 0
    assert depth(broker, DEAD_LETTERS.name) == 0


def test_a_letter_whose_address_cannot_be_read_is_listed_and_replayed(vhost: str, link: Link, broker: Broker) -> None:
    declare(link)
    channel = link.channel()
    message = amqp.Message(b"poison", application_headers={"CC": [QUEUE]})
    arguments = struct.pack(">H", 0) + b"\x00" + b"\x02\xff\xfe" + b"\x00"
    link.connection.frame_writer(1, channel.channel_id, (60, 40), arguments, message)
    channel.close()
    until(lambda: depth(broker, QUEUE) == 1)
    channel = link.channel()
    channel.basic_consume(QUEUE, callback=lambda _: None)
    with pytest.raises(UnicodeDecodeError):
        link.receive(5)
    channel.basic_reject(1, requeue=False)
    until(lambda: depth(broker, DEAD_LETTERS.name) == 1)
    assert [(one["begins"], one["queue"]) for one in listed(vhost)] == [("poison", QUEUE)]
    assert run(vhost, "replay", "--all").stdout == "1 published again\n"


def test_what_is_dropped_is_gone(vhost: str, link: Link, broker: Broker) -> None:
    die(link, b"1", b"2", b"3")
    ids = [one["id"] for one in listed(vhost)]
    assert run(vhost, "drop", ids[1]).stdout == "1 dropped\n"
    assert [one["begins"] for one in listed(vhost)] == ["1", "3"]
    assert json.loads(run(vhost, "drop", "--all", "--json").stdout)["dropped"][0]["id"] == ids[0]
    assert depth(broker, DEAD_LETTERS.name) == 0


@pytest.mark.parametrize("command", ["replay", "drop"])
def test_an_id_that_is_none_is_named_and_the_others_are_done(vhost: str, link: Link, command: str) -> None:
    die(link, b"1")
    (letter,) = listed(vhost)
    done = run(vhost, command, letter["id"], "0123456789ab")
    assert done.exit_code == 2
    assert "there is no dead letter 0123456789ab" in done.stderr
    assert listed(vhost) == []


@pytest.mark.parametrize("command", ["replay", "drop"])
@pytest.mark.parametrize("words", [(), ("--all", "0123456789ab")], ids=["none", "both"])
def test_letters_are_named_or_all_of_them_meant(vhost: str, command: str, words: tuple[str, ...]) -> None:
    done = run(vhost, command, *words)
    assert done.exit_code == 2
    assert "--all" in done.stderr


def test_a_broker_that_does_not_answer_is_named_without_its_password() -> None:
    done = run("amqp://ana:secret@127.0.0.1:1/", "list", "--json")
    assert done.exit_code == 2
    told = json.loads(done.stderr)
    assert told["error"] == "broker_unreachable"
    assert "127.0.0.1:1" in told["message"]
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "url", ["http://ana:secret@h/", "amqp://", "amqp://ana:secret@h:port/", "amqp://ana:secret@h/?heartbeat=often"]
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    done = run(url, "list")
    assert done.exit_code == 2
    assert "amqp(s)://USER:PASSWORD@HOST:PORT/VHOST" in done.stderr
    assert "secret" not in done.stderr
