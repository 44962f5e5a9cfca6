"""The draw of a panel redone by the example, with nothing but Python, is the one that the command made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from cli.output import HELD
from tests.cli.running import comitia, written
from tests.docs.conftest import Example

SEED = hashlib.sha256(b"3 9 17 22 30 41").hexdigest()
POOL = "person,trade\n" + "".join(f"p{number},{'nurse' if number % 3 else 'driver'}\n" for number in range(10))
QUOTAS = "category,value,at_least,at_most\ntrade,nurse,2,2\ntrade,driver,1,1\n"


@pytest.fixture
def lottery(tmp_path: Path) -> Path:
    pool, quotas = written(tmp_path / "pool.csv", POOL), written(tmp_path / "quotas.csv", QUOTAS)
    path = tmp_path / "lottery.json"
    made = comitia(
        "sortition", "lottery", pool, quotas, "--size", 3, "--seed-from", "Lotto", "--tickets", 60, "-o", path
    )
    assert made.status == HELD, made.err
    return path


def test_a_draw_redone_by_hand_names_the_same_panel(tmp_path: Path, lottery: Path, example: Example) -> None:
    drawn = tmp_path / "draw.json"
    assert comitia("sortition", "draw", lottery, "--seed", SEED, "-o", drawn).status == HELD
    told = json.loads(drawn.read_bytes())
    ran = example("redo_panel.py", lottery, SEED, tmp_path / "pool.csv")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        f"lottery: SHA-256 {told['lottery']}, 60 tickets",
        "chances: from 1/4 to 1/3",
        f"ticket {told['ticket']}: {' '.join(told['panel'])}",
    ]


def test_a_panel_that_breaks_a_quota_is_found_by_hand(tmp_path: Path, lottery: Path, example: Example) -> None:
    written(tmp_path / "pool.csv", POOL.replace("p1,nurse", "p1,driver"))
    ran = example("redo_panel.py", lottery, SEED, tmp_path / "pool.csv")
    assert ran.returncode == 1
    assert ran.stderr.startswith("a panel breaks a quota: trade, ")
