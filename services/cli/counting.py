"""`comitia recount` and `comitia decide`: the rules applied to a file, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rules.counts import decide_counts

from cli.charters import read_charter
from cli.connect import Json
from cli.output import FAILED, out, print_json, read_bytes, read_text, wrong
from kernel.refusal import Refused
from tally.pabulib import PabulibFile, read
from tally.pabulib import recount as recount_file

TieBreaks = Annotated[
    str | None,
    typer.Option("--tie-break", metavar="LIST", help="Comma-separated: lower_cost,earlier_submission,lot, …"),
]
RuleName = Annotated[str | None, typer.Option("--rule", help="Count by this rule instead of the one META names.")]


def read_pabulib(path: Path, *, as_json: bool) -> PabulibFile:
    """A Pabulib file, or the end with status 2 naming line, field, what was found and what was expected."""
    found = read(read_bytes(path, as_json=as_json))
    if isinstance(found, Refused):
        wrong(found, as_json=as_json)
    return found


def listed(tie_break: str | None) -> list[str] | None:
    """The names in a comma-separated list."""
    return None if tie_break is None else [name.strip() for name in tie_break.split(",")]


def recount(file: Path, rule: RuleName = None, tie_break: TieBreaks = None, as_json: Json = False) -> None:
    """Count a Pabulib file (.pb) again from its votes, by the rule its META names, and compare with the official result.

    Ends with status 1 when winners were published and the recount finds others.
    """
    counted = recount_file(read_pabulib(file, as_json=as_json), rule, listed(tie_break))
    if isinstance(counted, Refused):
        wrong(counted, as_json=as_json)
    found = counted.to_json()
    if as_json:
        print_json(found)
    else:
        _print_recount(found)
    if rule is None and found["official"] is not None and not found["official"]["matches"]:
        raise typer.Exit(FAILED)


def _print_recount(found: dict[str, Any]) -> None:
    out.print(f"{found['rule']}: {found['voters']} voters, {found['spent']} of {found['budget']} spent", markup=False)
    table = Table("#", "project", "score")
    for rank, winner in enumerate(found["winners"], 1):
        table.add_row(str(rank), winner, found["scores"][winner])
    out.print(table)
    for tie in found["ties"]:
        out.print(f"tie: {tie}", markup=False)
    for note in found["notes"]:
        out.print(f"note: {note}", markup=False)
    official = found["official"]
    if official is None:
        out.print("no official winners were published")
    else:
        verdict = "the official winners" if official["matches"] else f"official: {', '.join(official['winners'])}"
        out.print(f"{'matches' if official['matches'] else 'DIFFERS from'} {verdict}", markup=False)


def decide(
    charter: Annotated[str, typer.Argument(help="A charter's file, or the name of a template.")],
    counts: Annotated[Path, typer.Argument(help="CSV with columns chamber,voter,option,count.")],
    matter: Annotated[str | None, typer.Option("--matter", help="Which matter of the charter.")] = None,
    as_json: Json = False,
) -> None:
    """Decide a matter of a charter from published counts, and say why, number by number."""
    rules = read_charter(charter, as_json=as_json)
    text = read_text(counts, as_json=as_json)
    decided = decide_counts(rules, text, matter)
    if isinstance(decided, Refused):
        wrong(decided, as_json=as_json)
    if as_json:
        print_json(decided)
        return
    out.print(f"{decided['matter']}: {decided['outcome']}", markup=False)
    for name, chamber in decided["chambers"].items():
        told = ", ".join(f"{field} {chamber[field]}" for field in ("yes", "no", "abstain", "base"))
        out.print(f"  {name}: {chamber['outcome']} ({told})", markup=False)
    for reason in decided["reasons"]:
        out.print(f"  - {reason['text']}", markup=False)
