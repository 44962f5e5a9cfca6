"""Small elections written as text, and strategies that draw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tally.election import Election, ElectionRules, SeedNeeded, elect
from tally.forms import Number, Option
from tests.tally.oracles import Ballot

SEED = b"a seed that nobody could know"
RANKED = ("stv-scottish", "stv-meek", "irv", "irv-minneapolis", "schulze", "borda")
GRADES = ("excellent", "good", "fair", "poor")


def options(names: Iterable[str]) -> dict[str, Option]:
    """Options submitted in this order."""
    return {name: Option(option=name, submitted=place) for place, name in enumerate(names)}


def groups(text: str) -> dict[tuple[str, ...], Number]:
    """`3 ABC, 2 B, 1` → rankings of single letters and how many ballots say so; a number alone is blank ballots."""
    found: Counter[tuple[str, ...]] = Counter()
    for part in text.split(","):
        number, _, ranking = part.strip().partition(" ")
        found[tuple(ranking.strip())] += int(number)
    return dict(found)


def counted(ballots: Sequence[Ballot]) -> dict[Ballot, Number]:
    """Ballots one by one, grouped."""
    return dict(Counter(ballots))


def held(
    method: str,
    names: Iterable[str],
    said: Mapping[Any, Number],
    seats: int = 1,
    seed: bytes | None = SEED,
    scale: Sequence[str] = (),
    **more: Any,
) -> Election:
    """An election counted, which must not lack a seed."""
    rules = ElectionRules.model_validate({"method": method, "seats": seats, **more})
    found = elect(rules, options(names), said, seed, scale)
    assert not isinstance(found, SeedNeeded), found
    return found


NAMES = "ABCDE"
RANKINGS = st.permutations(NAMES).flatmap(lambda order: st.integers(0, 5).map(lambda size: tuple(order[:size])))
BALLOTS = st.lists(RANKINGS, max_size=30)
GRADED = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(GRADES)).map(lambda given: tuple(sorted(given.items()))),
    max_size=30,
)
