"""`comitia process list | show | timeline | state`: what a process is and how it came to be so."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from cli.connect import DEFAULT_DATA, Data, Json, Process, Server, connected
from cli.output import print_json, print_table, say
from comitia.audit.v1 import audit_pb2
from comitia.processes.v1 import processes_pb2

app = typer.Typer(no_args_is_help=True, help="Processes: list them, show one, its timeline, its state at any event.")

PAGE = 500
FLOOD = frozenset({"ballots.BallotCast", "ballots.BallotArrivedLate"})


@app.command("list")
def list_(server: Server = None, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """List all processes."""
    with connected(server, data, as_json=as_json) as client:
        rows: list[dict[str, Any]] = []
        token = ""
        while True:
            request = processes_pb2.ListProcessesRequest(page_size=PAGE, page_token=token)
            page = client.ask(client.processes.ListProcesses, request)
            rows.extend(_summary(each) for each in page.processes)
            token = page.next_page_token
            if not token:
                break
    if as_json:
        print_json(rows)
        return
    columns = ("process", "title", "status", "phase")
    print_table(columns, ([row[column] for column in columns] for row in rows))


@app.command()
def show(process: Process, server: Server = None, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Show one process: its phases, the charter in force, and the key that `comitia verify --key` takes."""
    with connected(server, data, as_json=as_json) as client:
        found = client.ask(client.processes.GetProcess, processes_pb2.GetProcessRequest(process_id=process))
        asked = audit_pb2.GetVerifierKeyRequest(process_id=process)
        key = client.ask(client.audit.GetVerifierKey, asked).verifier_key
    phases = [
        {"phase": each.name, "title": each.title, "status": _word(processes_pb2.PhaseStatus, each.status)}
        for each in found.phases
    ]
    told = _summary(found.process)
    if as_json:
        charter = json.loads(found.charter_json)
        print_json({**told, "amendments": found.amendments, "key": key, "phases": phases, "charter": charter})
        return
    say(f"{told['process']}: {told['title']} ({told['status']})")
    say(f"  charter {told['charter_hash']}, amended {found.amendments} times")
    say(f"  key {key}")
    for each in phases:
        say(f"  {each['status']:>8}  {each['phase']}: {each['title']}")


@app.command()
def timeline(
    process: Process,
    server: Server = None,
    data: Data = DEFAULT_DATA,
    ballots: Annotated[bool, typer.Option("--ballots", help="List each ballot too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one event a line.")] = False,
) -> None:
    """List what happened, event by event; ballots are counted, not listed, unless asked for."""
    unlisted = 0
    with connected(server, data, as_json=as_json) as client:
        for event in client.events(process):
            if event.type in FLOOD and not ballots:
                unlisted += 1
                continue
            payload = json.loads(event.payload)
            if as_json:
                line = {"index": event.process_index, "at": event.recorded_at, "type": event.type, "actor": event.actor}
                typer.echo(json.dumps(line | {"payload": payload}, ensure_ascii=False))
            else:
                say(f"{event.process_index:>7}  {event.recorded_at}  {event.type:<32} {_gist(payload)}")
    if unlisted and not as_json:
        say(f"{unlisted:,} ballots are not listed (--ballots)")


@app.command()
def state(
    process: Process,
    at: Annotated[
        int | None, typer.Option("--at", metavar="INDEX", help="After the first INDEX events.", min=0)
    ] = None,
    server: Server = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Refusals as JSON too; the state always is.")] = False,
) -> None:
    """Print the state of a process as JSON: now, or after its first INDEX events."""
    with connected(server, data, as_json=as_json) as client:
        print_json(client.state(process, at))


def _summary(each: processes_pb2.ProcessSummary) -> dict[str, Any]:
    return {
        "process": each.process_id,
        "title": each.title,
        "status": _word(processes_pb2.ProcessStatus, each.status),
        "phase": each.phase,
        "charter_hash": each.charter_hash,
    }


def _word(enum: Any, value: int) -> str:
    """`PROCESS_STATUS_OPEN` is shown as `open`."""
    return str(enum.Name(value)).rpartition("_")[2].lower()


def _gist(payload: dict[str, Any]) -> str:
    """The payload's short fields on one line."""
    told = [f"{name}={value}" for name, value in payload.items() if isinstance(value, (str, int)) and value != ""]
    line = " ".join(told)
    return line if len(line) <= 110 else f"{line[:107]}..."
