"""`comitia serve`: the embedded engine in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.connect import DEFAULT_DATA, Data
from cli.output import wrong
from runtime import logs
from runtime.garbage import collect_rarely
from runtime.listening import CannotStart
from runtime.main import stop_on_signals

Listen = Annotated[
    str,
    typer.Option(
        "--listen",
        metavar="HOST:PORT",
        envvar="COMITIA_LISTEN",
        help="Where to listen, on this machine; port 0: any.",
    ),
]


def serve(data: Data = DEFAULT_DATA, listen: Listen = "127.0.0.1:7400") -> None:
    """Run the embedded engine: all five services on one port, over one folder."""
    from cli.embedded import Engine

    stop = stop_on_signals()
    try:
        engine = Engine(data, listen)
        logs.configure(engine.settings)
        address = engine.start()
    except CannotStart as error:
        wrong(str(error))
    collect_rarely()
    typer.echo(f"comitia listening on {address}, data in {data}")
    stop.wait()
    engine.stop()
