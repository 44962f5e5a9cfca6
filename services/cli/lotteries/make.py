"""From a pool and quotas to the lottery that is published; quotas that no panel meets are refused, the conflict named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cli.lotteries.fair import fair_panels
from cli.lotteries.problem import problem_of
from cli.lotteries.solver import least_changes
from kernel.refusal import Refused
from tally.sortition import Lottery, Pool, Quota


def fair_lottery(
    pool: Pool,
    quotas: Sequence[Quota],
    size: int,
    seed_from: str,
    tickets: int,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Lottery | Refused:
    """The leximin lottery on so many tickets. What one category alone forbids was refused before (`conflict`)."""
    problem = problem_of(pool, quotas, size)
    panels = fair_panels(problem, tickets, progress)
    if panels is None:
        changes = least_changes(problem)
        listed = "; ".join(
            f"{change.name}: {change.limit} {change.declared} would have to be {change.needed}" for change in changes
        )
        say = f"no panel meets all quotas together. The least change that makes one possible: {listed}"
        return Refused("quotas_conflict", say=say, conflicting=len(changes), size=size, people=len(pool.people))
    return Lottery(
        pool=pool.digest(),
        people=len(pool.people),
        quotas=tuple(quotas),
        size=size,
        seed_from=seed_from,
        tickets=tickets,
        panels=tuple(panels),
    )
