"""What counting rankings costs: by each method on 10⁴ and 10⁵ ballots, and by Schulze as candidates become more."""

from __future__ import annotations

import random
import time
from collections import Counter
from statistics import median
from typing import Any

from tally.election import ElectionRules, Method, SeedNeeded, elect
from tally.forms import Option
from tests.benchmarks.targets import Asked, Section

SEED = 20261126
CANDIDATES = 20
SEATS = 5
TIMES = 3
METHODS = (Method.STV_SCOTTISH, Method.STV_MEEK, Method.IRV, Method.SCHULZE, Method.BORDA)
FIELDS = (10, 25, 50)

TEXT = """## Counting rankings

Generated ballots that rank 1, 2, 3, 5 or all of {candidates} candidates, some of whom are better liked; grouped when
counting begins ({few} and {many} different ones). Median of {times} counts, with the whole record of rounds; five seats by
STV, one by the others.

| method | seconds for {small} ballots | for {large} | times as long |
|---|---:|---:|---:|
{methods}

Schulze, {large} ballots:

| candidates | seconds | microseconds a ballot |
|---:|---:|---:|
{fields}

"""


def section(asked: Asked) -> Section:
    """Measure, and say what was found; nothing is asked for."""
    small, large = asked.of(10_000, 200), asked.of(100_000, 1_000)
    few, many = ballots(small, CANDIDATES), ballots(large, CANDIDATES)
    rows = []
    for method in METHODS:
        seats = SEATS if method in (Method.STV_SCOTTISH, Method.STV_MEEK) else 1
        short, long = (seconds(method, CANDIDATES, said, seats) for said in (few, many))
        rows.append(f"| `{method}` | {short:.3f} | {long:.2f} | {long / short:.1f} |")
    fields = []
    for candidates in FIELDS:
        taken = seconds(Method.SCHULZE, candidates, ballots(large, candidates), 1)
        fields.append(f"| {candidates} | {taken:.2f} | {taken / large * 1e6:.1f} |")
    text = TEXT.format(
        candidates=CANDIDATES,
        few=f"{len(few):,}",
        many=f"{len(many):,}",
        times=TIMES,
        small=f"{small:,}",
        large=f"{large:,}",
        methods="\n".join(rows),
        fields="\n".join(fields),
    )
    return Section(text)


def names(candidates: int) -> list[str]:
    """The candidates' ids."""
    return [f"c{number:02}" for number in range(candidates)]


def ballots(number: int, candidates: int) -> dict[Any, int]:
    """So many ballots, grouped."""
    chance = random.Random(SEED)
    people = names(candidates)
    liked = {name: chance.random() / 3 for name in people}
    found: Counter[tuple[str, ...]] = Counter()
    for _ in range(number):
        order = sorted(people, key=lambda name: chance.random() - liked[name])
        found[tuple(order[: chance.choice((1, 2, 3, 5, candidates))])] += 1
    return dict(found)


def seconds(method: Method, candidates: int, said: dict[Any, int], seats: int) -> float:
    """The median time of some counts."""
    rules = ElectionRules(method=method, seats=seats)
    options = {name: Option(option=name) for name in names(candidates)}
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = elect(rules, options, said, b"seed")
        taken.append(time.perf_counter() - began)
        if isinstance(found, SeedNeeded) or len(found.elected) != seats:
            raise RuntimeError(f"{method} did not elect {seats}")
    return median(taken)
