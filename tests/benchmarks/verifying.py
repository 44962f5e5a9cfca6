"""What replaying and verifying a bundle costs, against parsing and hashing the same bytes alone."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from replay.verify import Report, verify
from testkit.shared import shared_data
from tests.benchmarks import elections
from tests.benchmarks.targets import Asked, Section
from transparency.bundle import RECORDS

TEXT = """## Replay and verification of its bundle

{events} events verified in {verifying} s: {rate} events a second, **{ratio}** of the rate of `json.loads` and
SHA-256 alone over the same lines ({parsing} s). Peak memory of `comitia verify`: {memory} MiB.

## What it leaves on disk

| file | bytes | bytes an event |
|---|---:|---:|
{sizes}

"""
COMITIA = Path(sys.executable).with_name("comitia")


@dataclass(frozen=True)
class Verified:
    """Seconds of the whole verification and of the parts alone; the most memory `comitia verify` held, in bytes."""

    events: int
    verifying: float
    parsing: float
    memory: int

    @property
    def ratio(self) -> float:
        """The verifier's rate as a share of the parts' alone."""
        return self.parsing / self.verifying


def section(asked: Asked) -> Section:
    """Measure with a real election, and say what was found."""
    name = "Poland_Lodz_2022_Nr_33.pb" if asked.quick else elections.KATOWICE
    bundle = import_bundle(shared_data("pabulib", name), asked.folder)
    verified = measure(bundle)
    left = sizes(asked.folder, bundle)
    text = TEXT.format(
        events=f"{verified.events:,}",
        verifying=f"{verified.verifying:.2f}",
        rate=f"{verified.events / verified.verifying:,.0f}",
        ratio=f"{verified.ratio:.2f}",
        parsing=f"{verified.parsing:.2f}",
        memory=f"{verified.memory / 2**20:,.0f}",
        sizes="\n".join(f"| `{name}` | {size:,} | {size / verified.events:,.0f} |" for name, size in left.items()),
    )
    return Section(text)


def import_bundle(election: Path, folder: Path) -> Path:
    """A Pabulib election held again by `comitia import`, and its bundle."""
    path = folder / "election.comitia"
    command: list[str | Path] = [COMITIA, "import", election, "--data", folder / "data", "--bundle", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def sizes(folder: Path, bundle: Path) -> dict[str, int]:
    """The bytes of each file that the import left, by name."""
    files = (folder / "data" / "log.db", folder / "data" / "leaves.db", bundle)
    return {file.name: file.stat().st_size for file in files}


def measure(path: Path) -> Verified:
    """Both rates one after the other in this process; the memory of `comitia verify` in a process of its own."""
    data = path.read_bytes()
    began = time.perf_counter()
    report = verify(io.BytesIO(data))
    verifying = time.perf_counter() - began
    if not isinstance(report, Report) or not report.held:
        raise RuntimeError(f"{path} does not verify")
    with zipfile.ZipFile(path) as archive:
        lines = archive.read(RECORDS).splitlines()
    began = time.perf_counter()
    for line in lines:
        json.loads(line)
        hashlib.sha256(line).digest()
    return Verified(report.size, verifying, time.perf_counter() - began, _memory_to_verify(path))


def _memory_to_verify(path: Path) -> int:
    with subprocess.Popen([COMITIA, "verify", path], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"comitia verify ended with status {process.returncode}")
    return usage.ru_maxrss * 1024
