"""`comitia charter check | list | show`: what a charter says, and whether it can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.connect import Json
from cli.output import print_json, print_table, read_text, say, wrong
from kernel.refusal import Kind, Refused
from rules import templates
from rules.carrying import what_never_ends
from rules.charter import Charter, charter_hash, load_charter

app = typer.Typer(no_args_is_help=True, help="Charters: check one, list the templates, show one.")


CharterName = Annotated[
    str, typer.Argument(metavar="CHARTER", help="A charter's file, or the name of a template (`comitia charter list`).")
]


def read_charter(charter: str, *, as_json: bool) -> Charter:
    """A charter from a file, or a template by name; else the end with status 2, naming line and field."""
    file = Path(charter)
    template = charter in templates.names() and not file.exists()
    if not template and not file.exists():
        missing = "there is no such file, and no template of this name: `comitia charter list` lists them"
        wrong(Refused("charter_not_found", kind=Kind.NOT_FOUND, say=missing), file=file, as_json=as_json)
    loaded = load_charter(templates.text(charter) if template else read_text(file, as_json=as_json))
    if isinstance(loaded, Refused):
        wrong(loaded, file=file, as_json=as_json)
    return loaded


@app.command()
def check(file: CharterName, as_json: Json = False) -> None:
    """Check a charter whole: every field, every name it refers to, the order of its phases, that motions can end."""
    charter = read_charter(file, as_json=as_json)
    endless = what_never_ends(charter)
    if endless is not None:
        wrong(endless, file=Path(file), as_json=as_json)
    names = {
        "phases": [phase.name for phase in charter.phases],
        "chambers": [chamber.name for chamber in charter.chambers],
        "matters": [matter.name for matter in charter.matters],
    }
    digest = charter_hash(charter)
    if as_json:
        print_json({"valid": True, "name": charter.name, "title": charter.title, "hash": digest, **names})
        return
    say(f"{charter.name}: valid, {charter.title}")
    for kind, listed in names.items():
        say(f"  {kind}: {', '.join(listed) or 'none'}")
    say(f"  hash: {digest}")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the templates, one sentence each."""
    rows = []
    for name in templates.names():
        charter = read_charter(name, as_json=as_json)
        rows.append({"name": name, "title": charter.title, "summary": charter.summary})
    if as_json:
        print_json(rows)
        return
    print_table(("template", "what it is"), ((row["name"], row["summary"] or row["title"]) for row in rows))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of `comitia charter list`.")], as_json: Json = False
) -> None:
    """Print a template's YAML, to start a charter from (with --json, the charter as the log would hold it)."""
    if name not in templates.names():
        known = ", ".join(templates.names())
        wrong(
            Refused("unknown_template", kind=Kind.NOT_FOUND, say=f"no template {name}; there are {known}"),
            as_json=as_json,
        )
    if as_json:
        print_json(read_charter(name, as_json=True).to_json())
    else:
        typer.echo(templates.text(name), nl=False)
