"""A port that was handed out belongs to who asked, long before a server listens on it."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys

import pytest

from infra.local import ports

PROGRAMS, PORTS = 4, 400
ASK = (
    "import sys; from infra.local.ports import free_port; "
    f"print(*(free_port() for _ in range({PORTS})), flush=True); sys.stdin.read()"
)


def test_programs_that_ask_at_the_same_time_are_given_different_ports() -> None:
    """Of 1,600 of some 20,000 ports, chance alone would give sixty twice."""
    asking = [
        subprocess.Popen([sys.executable, "-c", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROGRAMS)
    ]
    given: list[str] = []
    for program in asking:
        assert program.stdout is not None
        given += program.stdout.readline().split()
    for program in asking:
        program.communicate()
    assert len(given) == len(set(given)) == PROGRAMS * PORTS


def test_a_port_that_something_listens_on_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        taken = listening.getsockname()[1]
        given = ports.free_port()
        draws = [taken - ports.LOWEST, given - ports.LOWEST]
        by_chance = secrets.randbelow
        monkeypatch.setattr(secrets, "randbelow", lambda most: draws.pop(0) if draws else by_chance(most))
        assert ports.free_port() not in (taken, given)
        assert not draws, "both were drawn, and neither was given"
