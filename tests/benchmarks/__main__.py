"""`make bench`: what the work costs against what nothing can avoid; with `--write FILE`, as a document."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.benchmarks import casting, effects, growing, singles, streaming, tallying, verifying
from tests.benchmarks.servers import OPTIONS
from tests.benchmarks.targets import Asked, Measure, Target

TITLE = """# Performance

Written by `make bench` on {day}: {machine}.
Other machines give other seconds; the ratios are what to look at, and they vary by some hundredths from run to run.
PostgreSQL has {options}, and its defaults else.

"""

SECTIONS: Mapping[str, Measure] = {
    "sqlite-stream": casting.section,
    "verify": verifying.section,
    "tally": tallying.section,
    "postgres-single": singles.section,
    "postgres-stream": streaming.section,
    "postgres-effect": effects.section,
    "postgres-growth": growing.section,
}
"""The document's sections, in order."""


def _title() -> str:
    options = " and ".join(f"`{name} = {value}`" for name, value in OPTIONS.items())
    return TITLE.format(day=f"{datetime.now(UTC):%Y-%m-%d}", machine=_machine(), options=options)


def _machine() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def main() -> int:
    """Exit status 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="What the work costs.")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument(
        "--quick", action="store_true", help="see that it runs: small numbers, ratios that mean nothing"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the document, all of it from this run")
    given = parser.parse_args()
    if given.write and (given.only or given.quick):
        parser.error("--write writes the whole document from one run: leave out --only and --quick")
    console, text = Console(), _title()
    targets: list[Target] = []
    for name in given.only or SECTIONS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="comitia-bench-") as folder:
            section = SECTIONS[name](Asked(Path(folder), given.quick))
        console.print(f"[{name}, {time.monotonic() - began:.0f} s]", markup=False, soft_wrap=True)
        console.print(section.text, markup=False, soft_wrap=True)
        text += section.text
        targets += section.targets
    for target in targets:
        console.print(str(target), markup=False, soft_wrap=True)
    if given.write:
        given.write.write_text(text.rstrip() + "\n", encoding="utf-8")
    return 0 if given.quick or all(target.held for target in targets) else 1


if __name__ == "__main__":
    sys.exit(main())
