"""Finds the server a command talks to: the one named, the one running on the data folder, or one started for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli.client import Client, CommandRefused
from cli.output import wrong
from kernel.refusal import Kind, Refused
from runtime.listening import CannotStart
from runtime.settings import load
from runtime.storage import DataInUse

DEFAULT_DATA = Path(".comitia")
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}", re.ASCII)

Server = Annotated[
    str | None,
    typer.Option("--server", metavar="HOST:PORT", envvar="COMITIA_SERVER", help="A running server to talk to."),
]
Data = Annotated[Path, typer.Option("--data", help="The embedded engine's folder.", envvar="COMITIA_DATA_DIR")]
Process = Annotated[str, typer.Argument(metavar="PROCESS", help="A process's id (`comitia process list`).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def connected(server: str | None, data: Path, *, create: bool = False, as_json: bool = False) -> Iterator[Client]:
    """A client of `server`, or of the engine on `data` (started for this command unless it runs already).

    `data` must hold a log unless it may be created. A refusal, or a server that cannot be reached, ends the command with
    status 2 and the reason.
    """
    with ExitStack() as opened:
        try:
            address = _engine(data, opened, create, as_json) if server is None else _address(server, as_json)
            yield opened.enter_context(Client(address))
        except CommandRefused as refused:
            wrong(refused, as_json=as_json)
        except CannotStart as error:
            wrong(Refused("cannot_start", say=str(error)), as_json=as_json)


def _engine(data: Path, opened: ExitStack, create: bool, as_json: bool) -> str:
    # The five services are imported when an engine is started: most commands need none, and start twice as fast.
    from cli.embedded import Engine, address_in

    if not create:
        _expect_log(data, as_json)
    try:
        return opened.enter_context(Engine(data, listen="127.0.0.1:0")).address
    except DataInUse:
        return address_in(data)


def _expect_log(data: Path, as_json: bool) -> None:
    """A command that only reads makes no empty log where it was pointed at the wrong folder."""
    log = load(data_dir=data).log_path.name
    if (data / log).is_file():
        return
    others = sorted(path.parent for pattern in (f"*/{log}", f"demo/*/{log}") for path in data.glob(pattern))
    hint = f"did you mean --data {others[-1]}?" if others else "name its folder with --data, or a server with --server"
    refused = Refused("no_data", kind=Kind.NOT_FOUND, say=f"there is no Comitia log in {data}: {hint}")
    wrong(refused, as_json=as_json)


def _address(server: str, as_json: bool) -> str:
    if not _ADDRESS.fullmatch(server):
        expected = "HOST:PORT such as 127.0.0.1:7400"
        wrong(Refused("server_wrong", say="--server names no server", found=server, expected=expected), as_json=as_json)
    return server
