"""The fairest lottery over panels: the least chance is as great as can be, then the next, and so on (leximin).

Flanigan, Gölz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting citizens' assemblies", Nature 596 (2021): panels
are added as long as one would raise the least chance, then the kinds of people whose chance cannot rise are settled and
the others go on. Here over kinds instead of people, whose chances are then equal but for one ticket.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cli.lotteries.climbing import Climber
from cli.lotteries.problem import Composition, Problem
from cli.lotteries.solver import Level, Panels, Shares
from tally.sortition import Tickets

BETTER = 1e-7
SLACK = 1e-9
MAX_EXCHANGES = 1_000
FINEST = 0.05
"""A panel is worth adding when it may raise the least chance by this part of a ticket: rounding costs more."""

MAX_PANELS = 2_000
"""With so many panels to share among, no more are looked for: many categories that bind together could take hours."""

MAX_PROOFS = 300
"""How often a whole-number program proves that no panel is better than those found near known ones."""

Progress = Callable[[int, int], None]


def fair_panels(problem: Problem, tickets: int, progress: Progress = lambda done, of: None) -> list[Tickets] | None:
    """Panels with their whole numbers of tickets, in order of their members; None when no panel meets the quotas."""
    found = _leximin(problem, FINEST / tickets, progress)
    if found is None:
        return None
    panels, shares, chances = found
    return deal(problem, panels, whole_shares(problem, panels, shares, chances, tickets))


def _leximin(
    problem: Problem, finest: float, progress: Progress
) -> tuple[list[Composition], Sequence[float], list[float]] | None:
    """Compositions, their probabilities, and the chance of a person of each kind; differences under `finest` are left."""
    search, climber, shares = Panels(problem), Climber(problem), Shares(problem.numbers)
    panels = _first_panels(problem, search)
    if panels is None:
        return None
    for panel in panels:
        shares.add(panel)
    reachable = {kind for panel in panels for kind, number in enumerate(panel) if number}
    chances = {kind: 0.0 for kind in range(len(problem.kinds)) if kind not in reachable}
    for kind in chances:
        shares.settle(kind, 0.0)
    proofs = MAX_PROOFS
    level = shares.solve()
    while len(chances) < len(problem.kinds):
        weights = [worth / number for worth, number in zip(level.worth, problem.numbers, strict=True)]
        needed = finest - level.worth_of_all
        better: list[Composition] = []
        if len(panels) < MAX_PANELS:
            better = [one for one in climber.better(panels, weights) if _weight(one, weights) > needed]
        if not better and proofs and len(panels) < MAX_PANELS:
            proofs -= 1
            best = search.best(weights)
            better = [best] if best is not None and _weight(best, weights) > needed and best not in panels else []
        for panel in better:
            panels.append(panel)
            shares.add(panel)
        if not better:
            for kind in _settled(level, chances, len(problem.kinds)):
                chances[kind] = level.least
                shares.settle(kind, level.least - SLACK)
            progress(len(chances), len(problem.kinds))
        level = shares.solve()
    return panels, level.probabilities, [chances[kind] for kind in range(len(problem.kinds))]


def _first_panels(problem: Problem, search: Panels) -> list[Composition] | None:
    """Panels that together hold someone of every kind that can be on one at all."""
    panels: list[Composition] = []
    missing = set(range(len(problem.kinds)))
    for kind in range(len(problem.kinds)):
        if kind in missing:
            panel = search.best(
                [2.0 * (other == kind) + (other in missing) / problem.size for other in range(len(problem.kinds))]
            )
            if panel is None:
                return None
            if panel not in panels:
                panels.append(panel)
            missing -= {other for other, number in enumerate(panel) if number}
    return panels


def _weight(panel: Composition, weights: Sequence[float]) -> float:
    return sum(number * weight for number, weight in zip(panel, weights, strict=True))


def _settled(level: Level, chances: dict[int, float], kinds: int) -> list[int]:
    """The kinds whose chance cannot rise further: raising the least chance is held back by them."""
    open_kinds = [kind for kind in range(kinds) if kind not in chances]
    held = [kind for kind in open_kinds if level.worth[kind] > BETTER]
    return held or open_kinds[:1]


def whole_shares(
    problem: Problem, panels: Sequence[Composition], shares: Sequence[float], chances: Sequence[float], tickets: int
) -> list[int]:
    """Whole tickets for each panel, nearest to the shares; then exchanged while that raises who fell farthest behind."""
    total = sum(max(share, 0.0) for share in shares)
    exact = [max(share, 0.0) * tickets / total for share in shares]
    given = [int(share) for share in exact]
    rest = sorted(range(len(panels)), key=lambda place: (given[place] - exact[place], place))
    for place in rest[: tickets - sum(given)]:
        given[place] += 1
    held = np.array(panels, dtype=np.float64) / np.array(problem.numbers)
    behind = np.array(chances) * tickets - np.array(given, dtype=np.float64) @ held
    for _ in range(MAX_EXCHANGES):
        lowest, giver, taker = float(_regret(behind)), -1, -1
        for place in (place for place, number in enumerate(given) if number):
            after = _regret(behind + held[place] - held)
            best = int(after.argmin())
            if after[best] < lowest - BETTER:
                lowest, giver, taker = float(after[best]), place, best
        if giver < 0:
            break
        given[giver] -= 1
        given[taker] += 1
        behind = behind + held[giver] - held[taker]
    return given


def _regret(behind: NDArray[np.float64]) -> NDArray[np.float64]:
    """How bad it is to be so many tickets behind: a power so high that hardly more than the worst counts."""
    return (np.maximum(behind, 0.0) ** 8).sum(axis=-1)  # type: ignore[no-any-return]


def deal(problem: Problem, panels: Sequence[Composition], given: Sequence[int]) -> list[Tickets]:
    """Name the people on each ticket: of each kind those who are on the fewest so far, so that they differ by one at most.

    Among equals a hash of ticket and pseudonym decides, so that neighbours in the list are not always drawn together.
    """
    held: Counter[str] = Counter()
    dealt: Counter[tuple[str, ...]] = Counter()
    order = [panel for panel, number in zip(panels, given, strict=True) for _ in range(number)]
    for ticket, panel in enumerate(order, 1):
        members: list[str] = []
        for people, seats in zip(problem.kinds, panel, strict=True):
            fewest = sorted((held[person], _mixed(ticket, person), person) for person in people) if seats else []
            members += [person for _, _, person in fewest[:seats]]
        held.update(members)
        dealt[tuple(sorted(members))] += 1
    return [Tickets(share=share, members=members) for members, share in sorted(dealt.items())]


def _mixed(ticket: int, person: str) -> bytes:
    return hashlib.sha256(f"{ticket}/{person}".encode()).digest()
