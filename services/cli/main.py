"""The `comitia` command and its table of contents."""

from __future__ import annotations

import io
import sys

import typer

from cli import (
    bundles,
    charters,
    counting,
    deadletters,
    elections,
    explain,
    importing,
    migrate,
    process,
    serve,
    sortition,
    token,
    what_if,
)
from cli.demo import run

app = typer.Typer(
    name="comitia",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Participatory processes on a shared event log that anyone can replay and verify.",
)


@app.callback()
def every_command() -> None:
    """Before any command: what the terminal's encoding cannot spell is escaped, rather than the command's end."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


app.command("serve")(serve.serve)
app.command("demo")(run.demo)
app.command("recount")(counting.recount)
app.command("count")(elections.count)
app.command("import")(importing.import_)
app.command("decide")(counting.decide)
app.command("migrate")(migrate.migrate)
app.command("bundle")(bundles.bundle)
app.command("verify")(bundles.verify)
app.command("explain")(explain.explain_)
app.command("what-if")(what_if.what_if_)
app.add_typer(charters.app, name="charter")
app.add_typer(process.app, name="process")
app.add_typer(token.app, name="token")
app.add_typer(deadletters.app, name="deadletters")
app.add_typer(sortition.app, name="sortition")
