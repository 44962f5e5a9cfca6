"""Runs `comitia` as a user would: in this process for what needs no second one, else the installed command itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from cli.main import app

COMMAND = Path(sys.executable).with_name("comitia")
PATIENCE = 120
HELD, FAILED, WRONG = 0, 1, 2


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it must be, of a command that said nothing else."""
        assert self.err == "", self.err
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The refusal of a command that was given `--json`: the only thing that it printed."""
        assert (self.status, self.out) == (WRONG, ""), self
        found: dict[str, Any] = json.loads(self.err)
        assert set(found) == {"error", "message", "details"}
        return found

    @property
    def complaint(self) -> str:
        """The one line of a refusal for people."""
        assert (self.status, self.out) == (WRONG, ""), self
        assert self.err.startswith("error: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("error: ").rstrip("\n")


Run = Callable[..., Said]


def comitia(*arguments: object) -> Said:
    """The command in this process. An exception that it does not turn into a message fails the test."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr)


def command(*arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Said:
    """The installed command in a process of its own."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


ELECTION = """META
key;value
description;Benches and lamps
num_projects;3
num_votes;5
budget;1000
vote_type;approval
rule;greedy
currency;EUR
max_length;2
PROJECTS
project_id;cost;votes;name;selected
p1;600;4;"A bench; blue";1
p2;500;2;B;0
p3;400;2;C;1
VOTES
voter_id;vote;age
v1;p1,p2;30
v2;p1;31
v3;p1,p3;32
v4;p2,p3;33
v5;p1;34
"""
"""p1 fits, p2 no longer does, p3 spends the rest; p2 and p3 have equal scores."""


def election(folder: Path, *changes: tuple[str, str], name: str = "benches.pb") -> Path:
    """A file with the election above, each (old, new) put in place."""
    text = ELECTION
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return written(folder / name, text)


def written(path: Path, text: str | bytes) -> Path:
    """The path, now holding this."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
