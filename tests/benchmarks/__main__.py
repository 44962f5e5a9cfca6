"""`make bench`: what casting and verifying cost against their unavoidable parts; with `--write FILE`, as a document."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from testkit.shared import shared_data
from tests.benchmarks import casting, elections, verifying

ELECTION = "Poland_Katowice_2023.pb"

CASTING = """# Performance

Written by `make bench` on {day}: {machine}.
Other machines give other seconds; the ratios are what to look at, and they vary by some hundredths from run to run.

## Casting: `Poland_Katowice_2023.pb` through the engine

One client streams the election's ballots to `comitia serve` over gRPC; each batch is on disk before it is
acknowledged. Then the parts that nothing can avoid, each alone, on the same ballots: parsing the messages,
RFC 8785 of payload and leaf header (by the `rfc8785` package; the engine spells the same bytes by a faster way of
its own, which tests hold against that package), HMAC and SHA-256, and inserting the same rows with bare
`sqlite3` in the same batches, synced.

| | seconds | µs a ballot | ballots a second |
|---|---:|---:|---:|
{rows}

The engine casts at **{ratio}** of the rate of the unavoidable parts (at least {least} is asked); at {strict} of it when
canonical JSON is written the engine's own way in the parts too.
Peak memory of the server: {memory} MiB.

"""

VERIFYING = """## Replay and verification of its bundle

{events} events verified in {verifying} s: {rate} events a second, **{ratio}** of the rate of `json.loads` and
SHA-256 alone over the same lines ({parsing} s). Peak memory of `comitia verify`: {memory} MiB.

## What it leaves on disk

| file | bytes | bytes an event |
|---|---:|---:|
{sizes}
"""


def document(cast: casting.Cast, verified: verifying.Verified, sizes: dict[str, int]) -> str:
    """All tables with the machine they were measured on."""
    rows = [
        f"| {name} | {seconds:.2f} | {seconds / cast.ballots * 1e6:.1f} | {cast.ballots / seconds:,.0f} |"
        for name, seconds in cast.rows()
    ]
    return CASTING.format(
        day=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=_machine(),
        rows="\n".join(rows),
        ratio=f"{cast.ratio:.2f}",
        strict=f"{cast.strict_ratio:.2f}",
        least=casting.AT_LEAST,
        memory=f"{cast.memory / 2**20:,.0f}",
    ) + VERIFYING.format(
        events=f"{verified.events:,}",
        verifying=f"{verified.verifying:.2f}",
        rate=f"{verified.events / verified.verifying:,.0f}",
        ratio=f"{verified.ratio:.2f}",
        parsing=f"{verified.parsing:.2f}",
        memory=f"{verified.memory / 2**20:,.0f}",
        sizes="\n".join(f"| `{name}` | {size:,} | {size / verified.events:,.0f} |" for name, size in sizes.items()),
    )


def _machine() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def main() -> int:
    """Exit status 1 when casting is below half the rate of its unavoidable parts."""
    parser = argparse.ArgumentParser(description="What casting and verifying cost.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the result as a document")
    given = parser.parse_args()
    election = shared_data("pabulib", ELECTION)
    with tempfile.TemporaryDirectory(prefix="comitia-bench-") as folder:
        cast = casting.measure(Path(folder), elections.read(election))
        bundle = verifying.import_bundle(election, Path(folder))
        verified, sizes = verifying.measure(bundle), verifying.sizes(Path(folder), bundle)
    casting.report(cast, f"Casting: {election.stem}")
    text = document(cast, verified, sizes)
    Console().print(text[text.index("## Replay") :], markup=False)
    if given.write is not None:
        given.write.write_text(text, encoding="utf-8")
    return 0 if cast.ratio >= casting.AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
