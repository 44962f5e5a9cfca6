"""`comitia serve`: the embedded engine in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.connect import DEFAULT_DATA, Data, Json
from cli.output import wrong
from kernel.refusal import Refused
from runtime import logs, telemetry
from runtime.garbage import collect_rarely
from runtime.listening import CannotStart
from runtime.main import stop_on_signals

NAME, KIND = "comitia", "engine"
"""As what it appears in logs, traces and metrics."""

Listen = Annotated[
    str,
    typer.Option(
        "--listen",
        metavar="HOST:PORT",
        envvar="COMITIA_LISTEN",
        help="Where to listen: beyond this machine only with TLS and tokens; port 0: any.",
    ),
]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Listen beyond this machine in clear or without tokens, to whoever comes.")
]


def serve(
    data: Data = DEFAULT_DATA, listen: Listen = "127.0.0.1:7400", insecure: Insecure = False, as_json: Json = False
) -> None:
    """Run the embedded engine: all five services on one port, over one folder. Says on one line where it listens."""
    from cli.embedded import Engine

    stop = stop_on_signals()
    try:
        engine = Engine(data, listen, insecure=insecure)
        logs.configure(engine.settings, NAME, KIND)
        with telemetry.start(engine.settings, NAME, KIND, ready=engine.ready) as measured:
            address = engine.start(measured)
            collect_rarely()
            told = {"listening": address, "data": str(data)}
            typer.echo(json.dumps(told) if as_json else f"comitia listening on {address}, data in {data}")
            stop.wait()
            engine.stop()
    except CannotStart as error:
        wrong(Refused("cannot_start", say=str(error)), as_json=as_json)
