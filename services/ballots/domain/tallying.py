"""A sealed box is counted once: the last ballot of each voter, at its frozen weight, and each station's last sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ballots.domain.box import Box, Opening, SealedBox, TalliedBox
from ballots.domain.electorate import Electorate
from ballots.domain.events import BoxTallied, Choice
from tally.allocation import Allocation, SeedNeeded, allocate
from tally.counting import Count, Sheet, WeightedChoice, count


class LotUnsettled(Exception):
    """A lot was asked for again although its seed was given: the allocation is at fault."""


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
    counted = count(opening.rules, opening.options, _weighted(ballots(), electorate), sheets)
    allocation, drawn_with = _allocate(opening, counted, seed)
    event = opening.event
    return (
        BoxTallied(
            box=event.box,
            matter=event.matter,
            chamber=event.chamber,
            motion=event.motion,
            round=event.round,
            count=counted.to_json(),
            allocation=None if allocation is None else allocation.to_json(),
            seed=drawn_with,
        ),
    )


def _weighted(ballots: Iterable[tuple[str, Choice]], electorate: Electorate) -> Iterator[WeightedChoice]:
    of = electorate.of
    for voter, choice in ballots:
        weight, unit = of(voter)
        yield WeightedChoice(choice, weight, unit)


def _allocate(opening: Opening, counted: Count, seed: Callable[[], bytes]) -> tuple[Allocation | None, str | None]:
    """The allocation, and in hex the seed of its lots where one was drawn."""
    rules = opening.allocation
    if rules is None:
        return None, None
    found = allocate(rules, opening.options, counted.scores, counted.supporters, None)
    if not isinstance(found, SeedNeeded):
        return found, None
    root = seed()
    drawn = allocate(rules, opening.options, counted.scores, counted.supporters, root)
    if isinstance(drawn, SeedNeeded):
        raise LotUnsettled(f"the lot among {', '.join(drawn.options)} asks for the seed that it was given")
    return drawn, root.hex()
