"""`comitia count`: rankings or grades in a file counted by any method, without a server."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from cli.counting import listed
from cli.output import print_json, print_table, progress, read_text, say, wrong
from kernel.refusal import Refused
from tally import blt, ranked_csv
from tally.ballot_file import BallotFile, as_grades, seed_of
from tally.election import ONE_SEAT, Election, ElectionRules, Method, Round, SeedNeeded, elect
from tally.forms import Number
from tally.rounds import written
from tally.ties import TieBreak

BALLOT_TIES = (TieBreak.EARLIER_SUBMISSION, TieBreak.PREVIOUS_STAGE, TieBreak.LOT)
"""What a file of ballots can tell: the candidates' order in it, and the votes before."""

CSV_STARTS = (f"{ranked_csv.COUNT},", f"{ranked_csv.SCALE},")
TALLIED = {Method.SCHULZE: "comes before", Method.BORDA: "points", Method.MAJORITY_JUDGMENT: "grade or better"}
"""What the tally of a method without stages counts."""

Value = TypeVar("Value")


def count(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ballots: BLT, or a CSV of ranks or of grades.")],
    method: Annotated[str, typer.Option("--method", metavar="METHOD", help=f"One of {', '.join(Method)}.")],
    seats: Annotated[
        int | None,
        typer.Option("--seats", metavar="N", help="How many to elect; by default 1 by irv, else as the file says."),
    ] = None,
    tie_break: Annotated[
        str | None,
        typer.Option("--tie-break", metavar="LIST", help=f"In order, separated by commas: {', '.join(BALLOT_TIES)}."),
    ] = None,
    shape: Annotated[
        bool | None,
        typer.Option("--json/--table", help="Print JSON, or tables; by default tables on a terminal alone."),
    ] = None,
) -> None:
    """Count the ballots of a file by a method, round by round.

    Lots are drawn from the ballots themselves, so that every count of the file draws the same.
    """
    as_json = shape is True
    source = read_ballots(file, as_json=as_json)
    told_seats = 1 if method in ONE_SEAT else source.seats or 1
    rules = _rules(method, told_seats if seats is None else seats, tie_break, as_json=as_json)
    if rules.method is Method.MAJORITY_JUDGMENT:
        source = as_grades(source)
    elif source.scale:
        found = f"a scale of grades, {', '.join(source.scale)}"
        expected = f"rankings for {rules.method}; grades are counted by {Method.MAJORITY_JUDGMENT.value}"
        wrong(
            _refused("ballots_wrong", "these ballots cannot be counted so", found, expected), file=file, as_json=as_json
        )
    with progress() as bar:
        bar.add_task("count", total=None)
        held = elected(rules, source)
    if shape is False or (shape is None and sys.stdout.isatty()):
        _print(held, source)
    else:
        print_json(told(held, source))


def read_ballots(path: Path, *, as_json: bool = False) -> BallotFile:
    """A file of ballots, or the end with status 2 naming line, field, what was found and what was expected."""
    text = read_text(path, as_json=as_json)
    as_csv = path.suffix.lower() == ".csv" or text.lstrip().startswith(CSV_STARTS)
    found = ranked_csv.parse(text) if as_csv else blt.parse(text)
    if isinstance(found, Refused):
        wrong(found, file=path, as_json=as_json)
    return found


def elected(rules: ElectionRules, source: BallotFile) -> Election:
    """The count of a file; lots are drawn from `seed_of(file)`."""
    found = elect(rules, source.options, source.groups, None, source.scale)
    if isinstance(found, SeedNeeded):
        found = elect(rules, source.options, source.groups, seed_of(source), source.scale)
    if isinstance(found, SeedNeeded):
        raise RuntimeError("a lot was not drawn from the seed given")
    return found


def _rules(method: str, seats: int, tie_break: str | None, *, as_json: bool) -> ElectionRules:
    if method not in tuple(Method):
        wrong(_refused("method_unknown", "choose a method", method, f"one of {', '.join(Method)}"), as_json=as_json)
    ties = listed(tie_break)
    unknown = [name for name in ties or () if name not in BALLOT_TIES]
    if unknown:
        expected = f"one or more of {', '.join(BALLOT_TIES)}"
        wrong(_refused("tie_break_wrong", "this tie-break is not known", ", ".join(unknown), expected), as_json=as_json)
    try:
        return ElectionRules.model_validate({"method": method, "seats": seats, "tie_break": ties})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        say_ = f"{where}: {first['msg']}" if where else first["msg"].removeprefix("Value error, ")
        wrong(Refused("rules_wrong", say=say_), as_json=as_json)


def _refused(reason: str, say_: str, found: str, expected: str) -> Refused:
    return Refused(reason, say=say_, found=found, expected=expected)


def told(held: Election, source: BallotFile) -> dict[str, Any]:
    """The count as JSON, with the candidates' names in the place of their ids."""
    names = source.names
    found = {"title": source.title, **held.to_json(), "withdrawn": list(source.withdrawn)}
    found["elected"] = _each(held.elected, names)
    for each in found["rounds"]:
        each |= {key: _each(each[key], names) for key in ("elected", "eliminated")}
        each |= {key: _keyed(each[key], names) for key in ("tally", "keep") if key in each}
        for transfer in each["transfers"]:
            transfer |= {"from": _each(transfer["from"], names), "votes": _keyed(transfer["votes"], names)}
    for tie in found["ties"]:
        tie |= {"options": _each(tie["options"], names), "order": _each(tie["order"], names)}
        if tie["lot"] is not None:
            tie["lot"]["list"] = _each(tie["lot"]["list"], names)
            for draw in tie["lot"]["draws"]:
                draw["drawn"] = names[draw["drawn"]]
    if held.ranking is not None:
        found["ranking"] = [_each(equal, names) for equal in held.ranking]
    for key in ("preferences", "paths"):
        if key in found:
            found[key] = _keyed({name: _keyed(row, names) for name, row in found[key].items()}, names)
    if "merits" in found:
        found["merits"] = _keyed(found["merits"], names)
    return found


def _each(ids: Sequence[str], names: Mapping[str, str]) -> list[str]:
    return [names[name] for name in ids]


def _keyed(values: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, Value]:
    return {names[name]: value for name, value in values.items()}


def _print(held: Election, source: BallotFile) -> None:
    ballots = written(sum(source.groups.values(), Fraction(0)))
    seats = f"{held.seats} seat{'' if held.seats == 1 else 's'}"
    say(f"{held.method}: {seats}, {len(source.names)} candidates, {ballots} ballots ({written(held.blank)} blank)")
    for name in source.withdrawn:
        say(f"withdrawn: {name}")
    if held.ranking is None:
        _print_rounds(held, source.names)
    else:
        _print_order(held, held.ranking, source.names)
    for decided in held.ties:
        order = ", ".join(_each(decided.tie.order, source.names))
        say(f"tie in round {decided.round} ({decided.decides}): {order} in this order, by {decided.tie.broken_by}")
    say(f"elected: {', '.join(_each(held.elected, source.names)) or 'nobody'}")


def _print_rounds(held: Election, names: Mapping[str, str]) -> None:
    """Each round as returning officers report a stage: why there is one, what changed, the votes, who is in or out."""
    before: Round | None = None
    for number, each in enumerate(held.rounds, 1):
        quota = each.to_json(number, held.places)["quota"]
        say(f"round {number}{'' if quota is None else f', quota {quota}'}{_why(before, names)}")
        was = before.tally if before else {}
        rows = [
            [names[name], _change(votes, was.get(name), held.places), _text(votes, held.places), status]
            for name, votes in each.tally.items()
            for status in ["elected" if name in each.elected else "eliminated" if name in each.eliminated else ""]
        ]
        lost = _lost(each)
        rows.append(
            ["(exhausted)", _change(lost, _lost(before) if before else None, held.places), _text(lost, held.places), ""]
        )
        print_table(("candidate", "change", "votes", ""), rows)
        before = each


def _why(before: Round | None, names: Mapping[str, str]) -> str:
    if before is None:
        return ""
    gone = [name for transfer in before.transfers for name in transfer.sources]
    what = "the elimination" if before.eliminated else "the surplus"
    return f", after {what} of {', '.join(_each(before.eliminated or gone, names))}"


def _lost(each: Round) -> Number:
    return each.exhausted + (each.skipped or 0)


def _text(votes: Number, places: int) -> str:
    return written(votes, places) or ""


def _change(votes: Number, before: Number | None, places: int) -> str:
    if before is None or votes == before:
        return ""
    return f"{'+' if votes > before else ''}{_text(votes - before, places)}"


def _print_order(held: Election, ranking: Sequence[Sequence[str]], names: Mapping[str, str]) -> None:
    tally, merits = held.rounds[-1].tally, held.details.get("merits", {})
    heads = ["candidate", "place", TALLIED[held.method], *(["grade"] if merits else []), ""]
    rows, place = [], 1
    for equal in ranking:
        for name in equal:
            grade = [merits[name]["grade"]] if merits else []
            status = "elected" if name in held.elected else ""
            rows.append([names[name], str(place), _text(tally[name], 0), *grade, status])
        place += len(equal)
    print_table(heads, rows)
