"""`comitia bundle` and `comitia verify`: a process in one file, and everything in it checked again, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.client import Client
from cli.connect import DEFAULT_DATA, Data, Json, Process, Server, connected
from cli.output import FAILED, print_json, progress, say, unreadable, unwritable, wrong
from comitia.audit.v1 import audit_pb2
from kernel.refusal import Refused
from replay.verify import Report
from replay.verify import verify as verify_bundle
from transparency.notes import VerifierKey

Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="VKEY",
        help="The process's verifier key, had from elsewhere than the bundle (`comitia process show` prints it).",
    ),
]


def fetch_bundle(client: Client, process_id: str, path: Path) -> int:
    """Write a process's bundle to a file, whole or not at all; returns its length in bytes."""
    part = path.with_name(f"{path.name}.part")
    request = audit_pb2.GetBundleRequest(process_id=process_id)
    try:
        with part.open("wb") as file:
            for answer in client.ask_many(client.audit.GetBundle, request):
                file.write(answer.chunk)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def save_bundle(client: Client, process_id: str, path: Path, *, as_json: bool) -> int:
    """`fetch_bundle`, or the end with status 2 when the file cannot be written."""
    try:
        return fetch_bundle(client, process_id, path)
    except OSError as error:
        unwritable(path, error, as_json=as_json)


def bundle(
    process: Process,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")],
    server: Server = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Write one process to one file: charter, records, checkpoints, results, and all that proves them."""
    with connected(server, data, as_json=as_json) as client:
        length = save_bundle(client, process, output, as_json=as_json)
    if as_json:
        print_json({"process": process, "file": str(output), "bytes": length})
    else:
        say(f"{output}: {length:,} bytes")


def verify(file: Annotated[Path, typer.Argument(metavar="BUNDLE")], key: Key = None, as_json: Json = False) -> None:
    """Check a bundle with nothing but the bundle: no network, no server, no trust in who made it.

    Ends with status 0 when every check held, 1 when one failed, 2 when the file is no bundle.
    """
    trusted = None if key is None else VerifierKey.parse(key)
    if isinstance(trusted, Refused):
        wrong(trusted, as_json=as_json)
    report = _verify(file, trusted, as_json=as_json)
    if as_json:
        print_json(report.to_json())
    else:
        print_report(report)
    if not report.held:
        raise typer.Exit(FAILED)


def _verify(file: Path, key: VerifierKey | None, *, as_json: bool) -> Report:
    with progress() as bar:
        task = bar.add_task("verify", total=None)
        try:
            with file.open("rb") as source:
                report = verify_bundle(source, key, lambda done, size: bar.update(task, completed=done, total=size))
        except OSError as error:
            unreadable(file, error, as_json=as_json)
    if isinstance(report, Refused):
        wrong(report, file=file, as_json=as_json)
    return report


def print_report(report: Report) -> None:
    """One line a check, with its count; each difference below it."""
    for check in report.checks:
        mark = "ok  " if check.held else "FAIL"
        say(f"{mark} {check.name:<12} {check.count:>8,}  {check.what}")
        for finding in check.findings:
            say(f"       {finding.sentence()}")
        if check.wrong > len(check.findings):
            say(f"       … and {check.wrong - len(check.findings)} more")
    trust = "the key given" if report.trusted else "the bundle's own key; name the process's with --key"
    verdict = "verified" if report.held else "NOT VERIFIED"
    say(f"{verdict}: {report.process_id}, {report.size:,} events, signed under {trust}")
