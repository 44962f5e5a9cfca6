"""Counts as short rows, for the templates' tests: `board yes 7` are totals, `people ZH yes 7` one unit or member."""

from __future__ import annotations

from typing import Any

from kernel.refusal import Refused
from rules.counts import decide_counts
from tests.rules.building import template


def counted(name: str, matter: str | None, *rows: str) -> dict[str, Any]:
    """Rows as `board yes 7` (totals) or `people ZH yes 7` (by unit or member)."""
    lines = [each.split() for each in rows]
    listed = [",".join(each if len(each) == 4 else [each[0], "", *each[1:]]) for each in lines]
    found = decide_counts(template(name), "\n".join(["chamber,voter,option,count", *listed]), matter)
    assert not isinstance(found, Refused), found
    return found


Row = tuple[str, str | None, tuple[str, ...], str]


def both(board: tuple[int, int], workers: tuple[int, int]) -> tuple[str, ...]:
    return (
        f"board yes {board[0]}",
        f"board no {board[1]}",
        f"workers yes {workers[0]}",
        f"workers no {workers[1]}",
    )


def vote(chamber: str, yes: int, no: int, absent: int = 0) -> tuple[str, ...]:
    return (f"{chamber} yes {yes}", f"{chamber} no {no}", f"{chamber} absent {absent}")


STATES = ("NSW", "VIC", "QLD", "WA", "SA", "TAS")


def referendum(states: int, yes: int, no: int) -> tuple[str, ...]:
    """`states` of the six say yes by one vote; the territories bring the national result to `yes` and `no`."""
    rows = [f"electors {code} {word} {count}" for n, code in enumerate(STATES) for word, count in _says(n < states)]
    yes_so_far = 3 * states + 2 * (6 - states)
    return (*rows, f"electors ACT yes {yes - yes_so_far}", f"electors NT no {no - (30 - yes_so_far)}")


def _says(agrees: bool) -> tuple[tuple[str, int], tuple[str, int]]:
    return (("yes", 3), ("no", 2)) if agrees else (("yes", 2), ("no", 3))


CANTONS = [unit.code for unit in template("ch-double-majority").units_of("cantons")]
HALF = ("OW", "NW", "BS", "BL", "AR", "AI")
WHOLE = [code for code in CANTONS if code not in HALF]


def swiss(chamber: str, agreeing: list[str], *, people: int = 0) -> tuple[str, ...]:
    """Each canton by 2 to 1; `people` more yes in Zürich than its share."""
    rows = []
    for code in CANTONS:
        yes, no = (200, 100) if code in agreeing else (100, 200)
        rows.append(f"{chamber} {code} yes {yes + (people if code == 'ZH' else 0)}")
        rows.append(f"{chamber} {code} no {no}")
    return tuple(rows)
