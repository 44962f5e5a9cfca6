"""A sealed box is counted once: the last ballot of each voter, at its frozen weight, and each station's last sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ballots.domain.box import Box, Opening, SealedBox, TalliedBox
from ballots.domain.electorate import Electorate
from ballots.domain.events import BoxTallied, Choice
from rules.delegation import Represented
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
    represent: Callable[[Mapping[str, Choice]], Sequence[Represented]] | None = None,
) -> tuple[BoxTallied, ...]:
    """`BoxTallied`, or nothing unless the box is sealed and not yet tallied.

    `ballots` gives (voter, choice) of each counted ballot; `seed` the RFC 9162 root of the process's records up to and
    including `BoxSealed`, asked for only when a lot is drawn; `represent` who did not vote and is represented by whom.
    """
    if not isinstance(box, SealedBox) or isinstance(box, TalliedBox):
        return ()
    opening = box.opening
    cast, delegated = (ballots(), {}) if represent is None else _with_represented(dict(ballots()), represent)
    counted = count(opening.rules, opening.options, _weighted(cast, electorate), sheets)
    allocation, drawn_with = _allocate(opening, counted, seed)
    event = opening.event
    return (
        BoxTallied(
            box=event.box,
            matter=event.matter,
            chamber=event.chamber,
            motion=event.motion,
            round=event.round,
            count={**counted.to_json(), **delegated},
            allocation=None if allocation is None else allocation.to_json(),
            seed=drawn_with,
        ),
    )


def last_ballots(ballots: Iterable[tuple[str, Choice]]) -> Mapping[str, Choice]:
    """Each voter's last ballot, the ballots being in the log's order."""
    return dict(ballots)


def _with_represented(
    cast: Mapping[str, Choice], represent: Callable[[Mapping[str, Choice]], Sequence[Represented]]
) -> tuple[Iterable[tuple[str, Choice]], dict[str, Any]]:
    """The ballots, and for each who is represented that of who casts for them; and what the count says of it."""
    found = represent(cast)
    theirs = ((each.member, cast[each.cast_by]) for each in found)
    return chain(cast.items(), theirs), {"delegated": [each.to_json() for each in found]} if found else {}


def _weighted(ballots: Iterable[tuple[str, Choice]], electorate: Electorate) -> Iterator[WeightedChoice]:
    electors = electorate.electors
    for voter, choice in ballots:
        elector = electors[voter]
        yield WeightedChoice(choice, elector.weight, elector.unit)


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
