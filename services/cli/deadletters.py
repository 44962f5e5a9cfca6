"""`comitia deadletters`: what workers could not read, listed, published again or dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connect import Json
from cli.output import print_json, print_table, say, wrong
from kernel.refusal import Refused, shorten
from runtime.listening import CannotStart

if TYPE_CHECKING:
    from runtime.deadletters import DeadLetter, DeadLetters

app = typer.Typer(no_args_is_help=True, help="Messages that a worker could not read, kept by the broker.")

Broker = Annotated[
    str,
    typer.Option("--broker", metavar="URL", envvar="COMITIA_BROKER", help="amqp://… or amqps://… of RabbitMQ."),
]
Ca = Annotated[
    Path | None, typer.Option("--ca", envvar="COMITIA_BROKER_CA", help="PEM authorities of its certificate.")
]
Cert = Annotated[Path | None, typer.Option("--cert", envvar="COMITIA_BROKER_CERT", help="PEM certificate to show it.")]
Key = Annotated[Path | None, typer.Option("--key", envvar="COMITIA_BROKER_KEY", help="PEM key of --cert.")]
Ids = Annotated[list[str], typer.Argument(metavar="[ID]...", help="Ids that `list` shows.")]
All = Annotated[bool, typer.Option("--all", help="Every letter there is.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to show at most.")]


@app.command("list")
def list_(
    broker: Broker, ca: Ca = None, cert: Cert = None, key: Key = None, limit: Limit = 100, as_json: Json = False
) -> None:
    """Show the oldest letters: where and when each died, why, and how it begins. They stay where they are."""
    with _letters(broker, ca, cert, key, as_json=as_json) as letters:
        number = letters.waiting()
        found = list(letters.look(limit))
    if as_json:
        print_json({"deadletters": [_told(letter) for letter in found], "number": number})
        return
    if found:
        columns = ("id", "died at", "queue", "bytes", "why", "begins")
        print_table(columns, [_row(letter) for letter in found])
    say(f"{number} dead letters" + (f", the oldest {len(found)} shown" if len(found) < number else ""))


@app.command("replay")
def replay(
    broker: Broker,
    ids: Ids = [],  # noqa: B006  # typer reads it
    every: All = False,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Publish letters again, each to the queue it died in; a worker that still cannot read one returns it here."""
    chosen = _chosen(ids, every, as_json)
    with _letters(broker, ca, cert, key, as_json=as_json) as letters:
        again, left = letters.replay(chosen)
    _expect_all(chosen, [*again, *left], as_json)
    if as_json:
        print_json({"replayed": [_told(letter) for letter in again], "left": [_told(letter) for letter in left]})
        return
    say(f"{len(again)} published again")
    if left:
        say(f"{len(left)} left: they did not die in a queue of Comitia's workers")


@app.command("drop")
def drop(
    broker: Broker,
    ids: Ids = [],  # noqa: B006  # typer reads it
    every: All = False,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Remove letters for ever. The log is not touched: nothing of an election is ever only in a message."""
    chosen = _chosen(ids, every, as_json)
    with _letters(broker, ca, cert, key, as_json=as_json) as letters:
        dropped = letters.drop(chosen)
    _expect_all(chosen, dropped, as_json)
    if as_json:
        print_json({"dropped": [_told(letter) for letter in dropped]})
    else:
        say(f"{len(dropped)} dropped")


@contextmanager
def _letters(url: str, ca: Path | None, cert: Path | None, key: Path | None, *, as_json: bool) -> Iterator[DeadLetters]:
    """The letters, or the end with status 2 and the reason why the broker cannot be used."""
    # The broker's library is imported by the commands that use it: the embedded engine starts without it.
    from runtime.broker import BROKEN, broker_at
    from runtime.deadletters import opened

    try:
        broker = broker_at(url, ca, cert, key)
    except CannotStart as error:
        wrong(Refused("broker_wrong", say=str(error)), as_json=as_json)
    try:
        with opened(broker) as letters:
            yield letters
    except BROKEN as error:
        say_ = f"the broker {broker.place} cannot be used: {error}"
        wrong(Refused("broker_unreachable", say=say_), as_json=as_json)


def _chosen(ids: Sequence[str], every: bool, as_json: bool) -> Collection[str] | None:
    """The ids, or None for every letter."""
    if bool(ids) == every:
        wrong(Refused("letters_not_named", say="name letters by their ids, or say --all"), as_json=as_json)
    return None if every else frozenset(ids)


def _expect_all(chosen: Collection[str] | None, found: Sequence[DeadLetter], as_json: bool) -> None:
    missing = sorted(set(chosen or ()) - {letter.id for letter in found})
    if missing:
        say_ = f"there is no dead letter {', '.join(missing)}: `comitia deadletters list` shows which there are"
        wrong(Refused("letter_unknown", say=say_), as_json=as_json)


def _told(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "queue": letter.queue,
        "died_at": letter.died_at,
        "why": letter.why,
        "bytes": letter.size,
        "content_type": letter.content_type,
        "begins": _text(letter.start),
    }


def _row(letter: DeadLetter) -> tuple[str, ...]:
    begins = shorten(_text(letter.start), 40)
    return letter.id, letter.died_at, letter.queue, str(letter.size), letter.why, begins


def _text(start: bytes) -> str:
    return start.decode("utf-8", errors="backslashreplace")
