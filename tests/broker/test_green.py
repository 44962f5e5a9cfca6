"""In a worker only py-amqp's sockets wait in the hub's way; native threads see Python as it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

PATCHED = """
from eventlet import patcher
from runtime.green import make_amqp_green
make_amqp_green()
print([name for name in ("os", "select", "socket", "subprocess", "thread", "time") if patcher.is_monkey_patched(name)])
"""
TICKING = """
import sys
import eventlet
from runtime.broker import broker_at
from runtime.green import make_amqp_green
make_amqp_green()
ticks = []
def tick():
    while True:
        eventlet.sleep(0.01)
        ticks.append(1)
eventlet.spawn(tick)
with broker_at(sys.argv[1]).linked("test") as link:
    del ticks[:]
    link.receive(1.0)
    print(len(ticks))
"""


def run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_nothing_of_the_process_is_patched() -> None:
    assert run(PATCHED) == "[]\n"


def test_the_hub_goes_on_while_the_broker_is_waited_for(vhost: str) -> None:
    assert int(run(TICKING, vhost)) > 20
