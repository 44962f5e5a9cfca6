"""Finds the server a command talks to: the one named, the one running on the data folder, or one started for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli.client import Client, CommandRefused
from cli.output import wrong
from kernel.refusal import Kind, Refused
from runtime.credentials import Credentials, NoAddress, token_in
from runtime.listening import CannotStart
from runtime.settings import load
from runtime.storage import DataInUse

DEFAULT_DATA = Path(".comitia")

Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="HOST:PORT",
        envvar="COMITIA_SERVER",
        help="A running server to talk to; or each service's, as `make cluster` prints them.",
    ),
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
            address, credentials = _engine(data, opened, create, as_json) if server is None else (server, given())
            actor = {} if credentials.token is None else {"actor": subject_of(credentials.token())}
            yield opened.enter_context(Client(address, credentials=credentials, **actor))
        except NoAddress as error:
            expected = "HOST:PORT such as 127.0.0.1:7400"
            say = "--server names no server"
            wrong(Refused("server_wrong", say=say, found=str(error), expected=expected), as_json=as_json)
        except CommandRefused as refused:
            wrong(refused, as_json=as_json)
        except CannotStart as error:
            wrong(Refused("cannot_start", say=str(error)), as_json=as_json)


def _engine(data: Path, opened: ExitStack, create: bool, as_json: bool) -> tuple[str, Credentials]:
    # The five services are imported when an engine is started: most commands need none, and start twice as fast.
    from cli.embedded import Engine, address_in
    from runtime.tokens import OneToken

    if not create:
        _expect_log(data, as_json)
    private = OneToken()
    try:
        engine = opened.enter_context(Engine(data, listen="127.0.0.1:0", private=private))
    except DataInUse:
        return address_in(data), given()
    return engine.address, Credentials(token=lambda: private.token)


def _expect_log(data: Path, as_json: bool) -> None:
    """A command that only reads makes no empty log where it was pointed at the wrong folder."""
    log = load(data_dir=data).log_path.name
    if (data / log).is_file():
        return
    others = sorted(path.parent for pattern in (f"*/{log}", f"demo/*/{log}") for path in data.glob(pattern))
    hint = f"did you mean --data {others[-1]}?" if others else "name its folder with --data, or a server with --server"
    refused = Refused("no_data", kind=Kind.NOT_FOUND, say=f"there is no Comitia log in {data}: {hint}")
    wrong(refused, as_json=as_json)


def given() -> Credentials:
    """What the environment says of certificates and the token. Raises `CannotStart`."""
    files = (os.environ.get(f"COMITIA_{name}") for name in ("CA", "CLIENT_CERT", "CLIENT_KEY"))
    ca, cert, key = (Path(file) if file else None for file in files)
    token, file = os.environ.get("COMITIA_TOKEN", "").strip(), os.environ.get("COMITIA_TOKEN_FILE")
    if token and file:
        raise CannotStart("COMITIA_TOKEN and COMITIA_TOKEN_FILE are both set: set one of them")
    if not (token.isascii() and token.isprintable()):
        raise CannotStart("COMITIA_TOKEN holds no token")
    bearer = (lambda: token) if token else (lambda: token_in(Path(file))) if file else None
    return Credentials(ca, cert, key, bearer)


def subject_of(token: str) -> str:
    """Whose token it is, as it says itself: the actor of the commands that it goes with. A server verifies it, not we."""
    # It is imported where there is a token: the cryptography behind it takes as long as the rest of the command.
    import jwt

    try:
        found = jwt.decode(token, options={"verify_signature": False}).get("sub")
    except (jwt.PyJWTError, ValueError):
        found = None
    return found if isinstance(found, str) and found else "organiser"
