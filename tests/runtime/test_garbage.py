"""A server's collector: what there is at the start is left alone, and young objects are looked at rarely."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from runtime.garbage import YOUNG, collect_rarely
collect_rarely()
assert gc.get_freeze_count() > 1000
assert gc.get_threshold()[0] == YOUNG
assert gc.isenabled()
"""


def test_a_server_collects_rarely_and_not_what_was_there_at_its_start() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
