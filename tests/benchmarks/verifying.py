"""What replaying and verifying a bundle costs, against parsing and hashing the same bytes alone."""

from __future__ import annotations

import hashlib
import io
import json
import resource
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from replay.verify import Report, verify
from transparency.bundle import RECORDS


@dataclass(frozen=True)
class Verified:
    """Events per second of the whole verification, and of `json.loads` with SHA-256 over the same lines alone."""

    events: int
    verify_per_second: float
    parse_per_second: float
    peak_mb: float

    @property
    def ratio(self) -> float:
        return self.verify_per_second / self.parse_per_second


def measure(path: Path) -> Verified:
    """Both rates, one after the other in this process; the peak memory of `comitia verify` in one of its own."""
    data = path.read_bytes()
    started = time.perf_counter()
    report = verify(io.BytesIO(data))
    verifying = time.perf_counter() - started
    if not isinstance(report, Report) or not report.held:
        raise SystemExit(f"{path} does not verify")
    lines = _lines(data)
    started = time.perf_counter()
    for line in lines:
        json.loads(line)
        hashlib.sha256(line).digest()
    parsing = time.perf_counter() - started
    return Verified(report.size, report.size / verifying, len(lines) / parsing, _peak(path))


def _lines(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(RECORDS).splitlines()


def _peak(path: Path) -> float:
    """Megabytes that `comitia verify` held at most (of this process's children so far, the largest)."""
    command = Path(sys.executable).with_name("comitia")
    subprocess.run([command, "verify", path], check=True, stdout=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
