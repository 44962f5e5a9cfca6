"""A process that is told to stop stops, whatever its main thread waits for or holds, and whichever thread is interrupted."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

BEGUN = """
import os, signal, threading, time
from runtime.main import stop_on_signals
stop = stop_on_signals()
"""
ENDED = """
assert stop.wait(20), "the signal was lost"
"""
WHEN = {
    "another thread is interrupted while the main one waits": """
def interrupted():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.{signal})
threading.Thread(target=interrupted, daemon=True).start()
""",
    "the main thread is starting a thread": """
with threading._active_limbo_lock:
    os.kill(os.getpid(), signal.{signal})
    time.sleep(0.2)
""",
    "the main thread is about to wait": """
with stop._cond:
    os.kill(os.getpid(), signal.{signal})
    time.sleep(0.2)
""",
    "it is told twice": """
os.kill(os.getpid(), signal.{signal})
os.kill(os.getpid(), signal.{signal})
""",
}


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("when", WHEN)
def test_a_signal_is_heeded_when(when: str, signal: str) -> None:
    code = BEGUN + WHEN[when].format(signal=signal) + ENDED
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
