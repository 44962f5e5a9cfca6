"""`comitia recount` and `comitia decide`: the rules applied to a file, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.charters import CharterName, read_charter
from cli.connect import Json
from cli.output import FAILED, print_json, print_table, read_bytes, read_text, say, wrong
from kernel.refusal import Refused
from rules.counts import decide_counts
from tally.allocation import Rule
from tally.pabulib import PabulibFile, read
from tally.pabulib import recount as recount_file
from tally.ties import OF_TOTALS

Pabulib = Annotated[Path, typer.Argument(metavar="FILE.pb", help="A participatory budget in Pabulib's format.")]
TieBreaks = Annotated[
    str | None,
    typer.Option("--tie-break", metavar="LIST", help=f"Tried in order, separated by commas: {', '.join(OF_TOTALS)}."),
]
RuleName = Annotated[
    str | None, typer.Option("--rule", metavar="RULE", help=f"Instead of the one META names: {', '.join(Rule)}.")
]


def read_pabulib(path: Path, *, as_json: bool) -> PabulibFile:
    """A Pabulib file, or the end with status 2 naming line, field, what was found and what was expected."""
    found = read(read_bytes(path, as_json=as_json))
    if isinstance(found, Refused):
        wrong(found, file=path, as_json=as_json)
    return found


def listed(tie_break: str | None) -> list[str] | None:
    """The names in a comma-separated list."""
    return None if tie_break is None else [name.strip() for name in tie_break.split(",")]


def recount(file: Pabulib, rule: RuleName = None, tie_break: TieBreaks = None, as_json: Json = False) -> None:
    """Count a Pabulib file (.pb) again from its votes, by the rule its META names, and compare with the official result.

    Ends with status 1 when winners were published and the recount finds others.
    """
    counted = recount_file(read_pabulib(file, as_json=as_json), rule, listed(tie_break))
    if isinstance(counted, Refused):
        wrong(counted, file=file if "line" in counted.details else None, as_json=as_json)
    found = counted.to_json()
    if as_json:
        print_json(found)
    else:
        _print_recount(found)
    if rule is None and found["official"] is not None and not found["official"]["matches"]:
        raise typer.Exit(FAILED)


def _print_recount(found: dict[str, Any]) -> None:
    say(f"{found['rule']}: {found['voters']} voters, {found['spent']} of {found['budget']} spent")
    ranked = enumerate(found["winners"], 1)
    print_table(("#", "project", "score"), ((str(rank), winner, found["scores"][winner]) for rank, winner in ranked))
    for tie in found["ties"]:
        say(f"tie at {tie['score']}: {', '.join(tie['order'])} in this order, by {tie['broken_by']}")
    for note in found["notes"]:
        say(f"note: {note}")
    official = found["official"]
    if official is None:
        say("no official winners were published")
    elif official["matches"]:
        say("matches the official winners")
    else:
        say(f"DIFFERS from the official winners: {', '.join(official['winners'])}")


def decide(
    charter: CharterName,
    counts: Annotated[Path, typer.Argument(metavar="COUNTS.csv", help="Columns: chamber,voter,option,count.")],
    matter: Annotated[str | None, typer.Option("--matter", help="Which motion of the charter, if it has many.")] = None,
    as_json: Json = False,
) -> None:
    """Decide a matter of a charter from published counts, and say why, number by number."""
    rules = read_charter(charter, as_json=as_json)
    text = read_text(counts, as_json=as_json)
    decided = decide_counts(rules, text, matter)
    if isinstance(decided, Refused):
        wrong(decided, file=counts if "line" in decided.details else Path(charter), as_json=as_json)
    if as_json:
        print_json(decided)
    else:
        _print_decided(decided)


def _print_decided(decided: dict[str, Any]) -> None:
    say(f"{decided['matter']}: {decided['outcome']}")
    for name, chamber in decided["chambers"].items():
        told = ", ".join(f"{field} {chamber[field]}" for field in ("yes", "no", "abstain"))
        say(f"  {name}: {chamber['outcome']} ({told}; of {chamber['base']} {chamber['base_name']})")
    for reason in decided["reasons"]:
        chamber, text = reason["chamber"], reason["text"]
        say(f"  - {text}" if chamber is None or chamber in text else f"  - {chamber}: {text}")
    for ask in decided["asks"]:
        say(f"  still to come: {ask['kind'].replace('_', ' ')} of {ask['chamber']}")
