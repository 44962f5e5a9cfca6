"""`make bench` runs to its end on real servers; what it finds in a quick run means nothing, and is not asked for here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import SECTIONS
from tests.benchmarks.callers import Called, Calls, run
from tests.benchmarks.empty import METHOD
from tests.benchmarks.serving import PYTHON, running
from tests.benchmarks.targets import Target

pytestmark = pytest.mark.slow

BENCH = [sys.executable, "-m", "tests.benchmarks"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_measures_and_fills_its_table(name: str) -> None:
    done = subprocess.run([*BENCH, "--quick", "--only", name], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"[{name}, ")
    assert re.search(r"^\|.*\d", done.stdout, re.MULTILINE), "no row with a number"


def test_a_document_is_of_one_whole_run(tmp_path: Path) -> None:
    command = [*BENCH, "--only", "verify", "--write", str(tmp_path / "performance.md")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "leave out --only" in done.stderr


def test_every_call_is_made_once_and_what_is_refused_is_no_rate() -> None:
    with running([*PYTHON, "tests.benchmarks.empty"]) as server:
        called = run(Calls(server.address, METHOD, [b""] * 50, callers=7))
        refused = run(Calls(server.address, f"{METHOD}Nothing", [b""] * 3, callers=7))
    assert (called.statuses, len(called.latencies)) == ({"OK": 50}, 50)
    assert called.rate > 0
    with pytest.raises(RuntimeError, match="UNIMPLEMENTED"):
        assert refused.rate


def test_a_percentile_is_one_of_the_latencies() -> None:
    called = Called(1.0, [float(number) for number in range(200)], {"OK": 200})
    assert [called.percentile(percent) for percent in (0, 50, 99, 100)] == [0.0, 100.0, 198.0, 199.0]


def test_a_missed_target_says_so() -> None:
    assert str(Target("a", 0.5, 0.5)) == "a: 0.50, at least 0.5 is asked"
    assert str(Target("a", 0.49, 0.5)).endswith(": MISSED")
