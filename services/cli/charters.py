"""`comitia charter check | list | show | new | explain | schema`: what a charter says and means, and whether it can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import drafting
from cli.connect import Json
from cli.output import print_json, print_table, read_text, say, wrong
from kernel.refusal import Kind, Refused
from rules import templates
from rules.carrying import what_never_ends
from rules.charter import Charter, charter_hash, load_charter
from rules.charter_schema import charter_schema
from rules.explaining import LANGUAGES, Language, Line, explain

app = typer.Typer(no_args_is_help=True, help="Charters: check one, list the templates, show one, say what it means.")


Lang = Annotated[
    str | None, typer.Option("--lang", metavar="LANG", help=f"In one language only: {', '.join(LANGUAGES)}.")
]
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
    print_table(
        ("template", "what it is"), ((row["name"], _one_sentence(row["summary"]) or row["title"]) for row in rows)
    )


def _one_sentence(summary: str) -> str:
    return summary.partition(". ")[0].removesuffix(".") + "." if summary else ""


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


def languages(lang: str | None, *, as_json: bool) -> list[Language]:
    """The language asked for, or all; else the end with status 2."""
    if lang is not None and lang not in LANGUAGES:
        said = f"no language {lang}; there are {', '.join(LANGUAGES)}"
        wrong(Refused("unknown_language", kind=Kind.NOT_FOUND, say=said), as_json=as_json)
    return [language for code, language in LANGUAGES.items() if lang in (None, code)]


@app.command("explain")
def explain_(charter: CharterName, lang: Lang = None, as_json: Json = False) -> None:
    """Say in plain English and French what a charter means, sentence by sentence, so that anyone can check it."""
    rules = read_charter(charter, as_json=as_json)
    told = {language.code: explain(rules, language) for language in languages(lang, as_json=as_json)}
    if as_json:
        print_json({code: [{"depth": line.depth, "text": line.text} for line in lines] for code, lines in told.items()})
        return
    for place, lines in enumerate(told.values()):
        if place:
            say("")
        print_lines(lines)


@app.command()
def schema(as_json: Json = False) -> None:
    """Print the JSON Schema of a charter (draft 2020-12), for editors that complete and check YAML while it is written."""
    print_json(charter_schema())


def print_lines(lines: list[Line]) -> None:
    """One line each, indented by its depth."""
    for line in lines:
        say(f"{'  ' * line.depth}{line.text}")


app.command("new")(drafting.new)
