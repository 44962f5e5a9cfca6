"""A sealed box is counted once: the last ballot of each voter, at its frozen weight, and each station's last sheet.

What the charter's method makes of that, an allocation or an election, is decided in the same event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ballots.domain.box import Box, Opening, SealedBox, TalliedBox
from ballots.domain.electorate import Electorate
from ballots.domain.events import BoxTallied, Choice
from tally.allocation import Allocation, SeedNeeded, allocate
from tally.counting import Count, Sheet, WeightedChoice, count
from tally.election import Election, elect
from tally.forms import Number
from tally.grouping import Groups, Said, grouped

T = TypeVar("T")


class LotUnsettled(Exception):
    """A lot was asked for again although its seed was given: the counting method is at fault."""


def decide_tally(
    box: Box,
    ballots: Callable[[], Iterable[tuple[str, Choice]]],
    sheets: Iterable[Sheet],
    electorate: Electorate,
    seed: Callable[[], bytes],
) -> tuple[BoxTallied, ...]:
    """`BoxTallied`, or nothing unless the box is sealed and not yet tallied.

    `ballots` gives (voter, choice) of each voter's last ballot; `seed` the RFC 9162 root of the process's records up to and
    including `BoxSealed`, asked for only when a lot is drawn.
    """
    if not isinstance(box, SealedBox) or isinstance(box, TalliedBox):
        return ()
    opening = box.opening
    groups: dict[Said, Number] = {}
    weighted = _weighted(ballots(), electorate)
    if opening.needs_ballots:
        weighted = grouped(weighted, groups)
    counted = count(opening.rules, opening.options, weighted, sheets)
    decided, drawn_with = _decide(opening, counted, groups, seed)
    elected = {"election": decided.to_json()} if isinstance(decided, Election) else {}
    event = opening.event
    return (
        BoxTallied(
            box=event.box,
            matter=event.matter,
            chamber=event.chamber,
            motion=event.motion,
            round=event.round,
            count=counted.to_json() | elected,
            allocation=decided.to_json() if isinstance(decided, Allocation) else None,
            seed=drawn_with,
        ),
    )


def _weighted(ballots: Iterable[tuple[str, Choice]], electorate: Electorate) -> Iterator[WeightedChoice]:
    of = electorate.of
    for voter, choice in ballots:
        weight, unit = of(voter)
        yield WeightedChoice(choice, weight, unit)


def _decide(
    opening: Opening, counted: Count, groups: Groups, seed: Callable[[], bytes]
) -> tuple[Allocation | Election | None, str | None]:
    """What the count leads to: an election, an allocation, or nothing in a motion's box; with the seed, if a lot was drawn."""
    election, allocation, options = opening.election, opening.allocation, opening.options
    if election is not None:
        return _settled(lambda root: elect(election, options, groups, root, opening.rules.grades or ()), seed)
    if allocation is not None:
        scores, supporters = counted.scores, counted.supporters
        return _settled(lambda root: allocate(allocation, options, scores, supporters, root, groups=groups), seed)
    return None, None


def _settled(decide: Callable[[bytes | None], T | SeedNeeded], seed: Callable[[], bytes]) -> tuple[T, str | None]:
    """What `decide` says, and in hex the seed of its lots where one was drawn."""
    found = decide(None)
    if not isinstance(found, SeedNeeded):
        return found, None
    root = seed()
    drawn = decide(root)
    if isinstance(drawn, SeedNeeded):
        raise LotUnsettled(f"the lot among {', '.join(drawn.options)} asks for the seed that it was given")
    return drawn, root.hex()
