"""Finds the server a command talks to: the one named, the one running on the data folder, or one started for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli.client import Client, CommandRefused
from cli.embedded import DataInUse, Engine, address_in
from cli.output import wrong

DEFAULT_DATA = Path(".comitia")

Server = Annotated[
    str | None,
    typer.Option("--server", metavar="HOST:PORT", envvar="COMITIA_SERVER", help="A running server to talk to."),
]
Data = Annotated[Path, typer.Option("--data", help="The embedded engine's folder.", envvar="COMITIA_DATA_DIR")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def connected(server: str | None, data: Path, *, as_json: bool = False) -> Iterator[Client]:
    """A client of `server`, or of the engine on `data` (started for this command unless it runs already).

    A refusal, or a server that cannot be reached, ends the command with status 2 and the reason.
    """
    try:
        if server is not None:
            with Client(server) as client:
                yield client
            return
        try:
            with Engine(data, listen="127.0.0.1:0") as engine, Client(engine.address) as client:
                yield client
        except DataInUse:
            with Client(address_in(data)) as client:
                yield client
    except CommandRefused as refused:
        wrong(refused, as_json=as_json)
