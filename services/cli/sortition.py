"""`comitia sortition`: a lottery over panels that meet quotas, its draw, and the check of both, without a server."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from cli.connect import Json
from cli.output import FAILED, print_json, progress, read_bytes, read_text, say, unwritable, wrong
from kernel.refusal import Kind, Refused
from tally.sortition import MAX_PEOPLE, MAX_TICKETS, Drawn, Lottery, Pool, Quota, draw, read_drawn, read_lottery
from tally.sortition_check import Chances, chances, check_panel, replacement
from tally.sortition_csv import read_pool, read_quotas
from tally.sortition_quotas import conflict

app = typer.Typer(
    no_args_is_help=True, help="Draw a citizens' or workers' panel that meets quotas, so that anyone can redo it."
)

PoolArgument = Annotated[Path, typer.Argument(metavar="POOL.csv", help="Columns: person and one for each category.")]
QuotasArgument = Annotated[Path, typer.Argument(metavar="QUOTAS.csv", help="Columns: category,value,at_least,at_most.")]
PoolOption = Annotated[
    Path, typer.Option("--pool", metavar="POOL.csv", help="The pool that the lottery was made from.")
]
QuotasOption = Annotated[Path, typer.Option("--quotas", metavar="QUOTAS.csv", help="Its quotas.")]
LotteryArgument = Annotated[Path, typer.Argument(metavar="LOTTERY.json")]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")]


@app.command("lottery")
def lottery_(
    pool: PoolArgument,
    quotas: QuotasArgument,
    size: Annotated[int, typer.Option("--size", min=1, max=MAX_PEOPLE, help="How many members a panel has.")],
    seed_from: Annotated[
        str,
        typer.Option("--seed-from", metavar="TEXT", help="The public randomness to come that will decide the draw."),
    ],
    output: Output,
    tickets: Annotated[int, typer.Option("--tickets", min=1, max=MAX_TICKETS, help="Among how many to draw.")] = 1000,
    as_json: Json = False,
) -> None:
    """Make the fairest lottery over panels that meet the quotas (leximin): publish the file's SHA-256 before the draw.

    Needs `pip install 'comitia[sortition]'`; drawing and verifying do not.
    """
    people, limits = _read_both(pool, quotas, as_json=as_json)
    impossible = conflict(people, limits, size)
    if impossible is not None:
        wrong(impossible, file=quotas, as_json=as_json)
    made = _make(people, limits, size, seed_from, tickets, as_json=as_json)
    if isinstance(made, Refused):
        wrong(made, file=quotas, as_json=as_json)
    _write(output, made.to_bytes(), as_json=as_json)
    given = chances(made, people, limits)
    if as_json:
        print_json(
            {"file": str(output), "sha256": made.digest(), "panels": len(made.panels), "chances": given.to_json()}
        )
        return
    say(f"{output}: {len(made.panels):,} panels of {size} on {tickets:,} tickets, of {len(people.people):,} people")
    _say_chances(given)
    say(f"SHA-256 {made.digest()}: publish it, and what the seed will be ({seed_from}), before the draw")


def _make(
    pool: Pool, quotas: tuple[Quota, ...], size: int, seed_from: str, tickets: int, *, as_json: bool
) -> Lottery | Refused:
    if find_spec("highspy") is None:
        say = "making a lottery needs an optimiser: pip install 'comitia[sortition]'"
        wrong(Refused("optimiser_missing", say=say), as_json=as_json)
    from cli.lotteries.make import fair_lottery

    with progress() as bar:
        task = bar.add_task("kinds of people whose chance is settled", total=None)
        return fair_lottery(
            pool, quotas, size, seed_from, tickets, lambda done, of: bar.update(task, completed=done, total=of)
        )


@app.command("draw")
def draw_(
    lottery: LotteryArgument,
    seed: Annotated[str, typer.Option("--seed", metavar="HEX", help="The public randomness, 16 to 64 bytes in hex.")],
    output: Output,
    as_json: Json = False,
) -> None:
    """Draw the panel from a published lottery by RFC 3797, and put the others in the order in which they replace."""
    fixed = _lottery(lottery, as_json=as_json)
    try:
        drawn = draw(fixed, bytes.fromhex(seed))
    except ValueError:
        drawn = Refused("seed_malformed", kind=Kind.INVALID, say="a seed is written in hex digits", found=seed[:80])
    if isinstance(drawn, Refused):
        wrong(drawn, as_json=as_json)
    _write(output, drawn.to_bytes(), as_json=as_json)
    if as_json:
        print_json(drawn.model_dump(mode="json"))
        return
    say(f"ticket {drawn.ticket} of {fixed.tickets:,} ({fixed.seed_from})")
    for member in drawn.panel:
        say(f"  {member}")
    say(f"{output}: {len(drawn.panel)} members, and {len(drawn.reserves):,} reserves in order")


@app.command("verify")
def verify(
    lottery: LotteryArgument,
    pool: PoolOption,
    quotas: QuotasOption,
    drawn: Annotated[Path | None, typer.Argument(metavar="DRAW.json", help="The draw, once there is one.")] = None,
    as_json: Json = False,
) -> None:
    """Check a lottery and its draw: pool, quotas, every panel, shares, the lot, the reserves; and tell the chances.

    Ends with status 0 when every check held, 1 when one failed, 2 when a file is none of these.
    """
    people, limits = _read_both(pool, quotas, as_json=as_json)
    fixed = _lottery(lottery, as_json=as_json)
    checks = check_panel(fixed, people, limits, None if drawn is None else _drawn(drawn, as_json=as_json))
    held = all(check.held for check in checks)
    given = chances(fixed, people, limits)
    if as_json:
        told = [
            {"name": check.name, "count": check.count, "wrong": check.wrong, "faults": check.faults} for check in checks
        ]
        print_json({"held": held, "sha256": fixed.digest(), "checks": told, "chances": given.to_json()})
    else:
        for check in checks:
            say(f"{'ok  ' if check.held else 'FAIL'} {check.name:<9} {check.count:>7,}  {check.what}")
            for fault in check.faults:
                say(f"       {fault}")
            if check.wrong > len(check.faults):
                say(f"       … and {check.wrong - len(check.faults)} more")
        _say_chances(given)
        say(f"{'verified' if held else 'NOT VERIFIED'}: lottery {fixed.digest()}, seed from {fixed.seed_from}")
    if not held:
        raise typer.Exit(FAILED)


@app.command("replace")
def replace(
    drawn: Annotated[Path, typer.Argument(metavar="DRAW.json")],
    leaving: Annotated[list[str], typer.Option("--leaving", metavar="PERSON", help="Who leaves; repeat it, in order.")],
    pool: PoolOption,
    quotas: QuotasOption,
    as_json: Json = False,
) -> None:
    """Say who takes the seats of members who leave: the first reserve with whom every quota is still met."""
    people, limits = _read_both(pool, quotas, as_json=as_json)
    before = _drawn(drawn, as_json=as_json)
    found = replacement(people, limits, before.panel, before.reserves, leaving)
    if isinstance(found, Refused):
        wrong(found, as_json=as_json)
    if as_json:
        print_json([{"leaving": out, "taking": into} for out, into in zip(leaving, found, strict=True)])
        return
    for out, into in zip(leaving, found, strict=True):
        say(f"{out}: {into} takes the seat")


def _say_chances(given: Chances) -> None:
    lines = {"least": given.least, "greatest": given.most, "no lottery can give everyone more than": given.ceiling}
    say("chance to be drawn: " + "; ".join(f"{name} {value} ({float(value):.2%})" for name, value in lines.items()))
    if given.without:
        say(
            f"on no panel that meets the quotas: {', '.join(given.without[:20])}{' …' if len(given.without) > 20 else ''}"
        )


def _read_both(pool: Path, quotas: Path, *, as_json: bool) -> tuple[Pool, tuple[Quota, ...]]:
    limits = read_quotas(read_text(quotas, as_json=as_json))
    if isinstance(limits, Refused):
        wrong(limits, file=quotas, as_json=as_json)
    people = read_pool(read_text(pool, as_json=as_json), limits)
    if isinstance(people, Refused):
        wrong(people, file=pool, as_json=as_json)
    return people, limits


def _lottery(path: Path, *, as_json: bool) -> Lottery:
    found = read_lottery(read_bytes(path, as_json=as_json))
    if isinstance(found, Refused):
        wrong(found, file=path, as_json=as_json)
    return found


def _drawn(path: Path, *, as_json: bool) -> Drawn:
    found = read_drawn(read_bytes(path, as_json=as_json))
    if isinstance(found, Refused):
        wrong(found, file=path, as_json=as_json)
    return found


def _write(path: Path, data: bytes, *, as_json: bool) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        unwritable(path, error, as_json=as_json)
