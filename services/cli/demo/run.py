"""`comitia demo`: runs the three stories over gRPC, then bundles, verifies, replays and tampers, and shows the table."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from cli.bundles import fetch_bundle
from cli.client import Client
from cli.connect import DEFAULT_DATA, Json, Server, connected
from cli.demo import budget, company, generated, swiss, tamper
from cli.demo.stage import DemoFailed, Stage, must
from cli.output import FAILED, err, out, print_json, printable, progress, unwritable
from kernel.refusal import Refused
from replay.verify import Report, verify

SEED = 2020
DEMO_DATA = DEFAULT_DATA / "demo"

Story = Callable[[Stage], str]


@dataclass(frozen=True)
class Told:
    """What came of one story."""

    process_id: str
    outcome: str
    bundle: Path
    report: Report

    def to_json(self) -> dict[str, Any]:
        return {
            "process": self.process_id,
            "events": self.report.size,
            "outcome": self.outcome,
            "verified": self.report.held,
            "bundle": str(self.bundle),
        }


def demo(
    data: Annotated[Path, typer.Option("--data", help="Where to keep the log and the bundles.")] = DEMO_DATA,
    seed: Annotated[int, typer.Option("--seed", help="What the generated budget is generated from.")] = SEED,
    server: Server = None,
    as_json: Json = False,
) -> None:
    """Run three processes on one log, prove each, and show that tampering is caught."""
    started = time.monotonic()
    folder = data / time.strftime("%Y%m%d-%H%M%S")
    try:
        with connected(server, folder, create=True, as_json=as_json) as client:
            folder.mkdir(parents=True, exist_ok=True)
            told, caught = play(client, folder, seed)
    except DemoFailed as error:
        err.print(printable(f"the demo failed: {error}"), markup=False)
        raise typer.Exit(FAILED) from None
    except OSError as error:
        unwritable(folder, error, as_json=as_json)
    if as_json:
        print_json({"seed": seed, "processes": [each.to_json() for each in told], "tampering": caught})
    else:
        _show(told, caught, seed, folder, time.monotonic() - started)
    if not all(each.report.held for each in told):
        raise typer.Exit(FAILED)


def play(client: Client, folder: Path, seed: int) -> tuple[list[Told], str]:
    """Run the three stories on a server; returns what came of each, and how the tampering was named."""
    election = generated.generate(seed)
    stories: dict[str, Story] = {
        budget.PROCESS: lambda stage: budget.run(stage, election),
        company.PROCESS: company.run,
        swiss.PROCESS: swiss.run,
    }
    with progress() as bar:
        told = [_tell(client, bar, folder, process_id, story) for process_id, story in stories.items()]
    return told, _tamper(told[0].bundle, folder)


def _tell(client: Client, bar: Progress, folder: Path, process_id: str, story: Story) -> Told:
    """Run one story, then bundle it, verify the bundle, and compare the replay with the running services."""
    stage = Stage(client, process_id, bar, bar.add_task(process_id, total=None))
    outcome = story(stage)
    path = folder / f"{process_id}.comitia"
    stage.say(f"{process_id}: bundle", 1)
    fetch_bundle(client, process_id, path)
    stage.say(f"{process_id}: verify", 1)
    with path.open("rb") as source:
        report = verify(source, None, lambda done, size: bar.update(stage.task, completed=done, total=size))
    if isinstance(report, Refused):
        raise DemoFailed(f"{path}: {report}")
    must(report.held, f"{path} does not verify: {next(_findings(report), '')}")
    return Told(process_id, outcome, path, report)


def _findings(report: Report) -> Any:
    return (finding.sentence() for check in report.checks for finding in check.findings)


def _tamper(bundle: Path, folder: Path) -> str:
    """Change one ballot in a copy; returns how the verification named it. Raises `DemoFailed` when it did not."""
    copy = folder / f"{bundle.stem}-tampered.comitia"
    tamper.change_one_ballot(bundle, copy)
    with copy.open("rb") as source:
        report = verify(source)
    must(isinstance(report, Report) and not report.held, "a changed ballot was not noticed")
    return next(_findings(report), "") if isinstance(report, Report) else ""


def _show(told: list[Told], caught: str, seed: int, folder: Path, seconds: float) -> None:
    table = Table("process", "events", "outcome", "verified")
    for each in told:
        table.add_row(each.process_id, f"{each.report.size:,}", each.outcome, "yes" if each.report.held else "NO")
    out.print(table)
    out.print(f"the département's budget is generated, seed {seed}; the Swiss vote is real (Swissvotes, CC BY 4.0)")
    out.print(f"one ballot changed in a copy, caught: {caught}", markup=False)
    out.print(f"bundles in {folder}; {seconds:.0f} s. Try: comitia verify {told[0].bundle}", markup=False)
