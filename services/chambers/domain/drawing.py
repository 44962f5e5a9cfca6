"""A tie goes to the lot that the charter declared: RFC 3797, from the log's root at the seal of the tied box, unknown before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chambers.domain.case import Case
from chambers.domain.deciding import follow_up, standing
from chambers.domain.events import LotDrawn
from chambers.domain.motions import AskedMotion
from kernel.events import Event
from tally.lots import draw_lot

ENTRIES = ("yes", "no")
"""What is drawn from, in this order."""


def draw_lots(case: Case, seed_of: Callable[[str], bytes | None], at: datetime) -> tuple[Event, ...]:
    """The lots that the decision waits for, and what they lead to; nothing where it waits for none.

    `seed_of` gives the root at the seal of a box, None where it is not sealed. Lots of one seed are numbered from 1.
    """
    motion, decision = case.state, case.decision()
    if not isinstance(motion, AskedMotion) or decision is None:
        return ()
    seeds = [each.seed for each in motion.lots.values()]
    drawn: list[Event] = []
    for ask in standing(case, motion, decision).asks:
        box = _box_of(case, motion, ask.chamber, ask.round) if ask.kind == "lot" else None
        seed = None if box is None else seed_of(box)
        if box is None or seed is None:
            continue
        seeds.append(seed.hex())
        lot = draw_lot(seed, seeds.count(seed.hex()), ENTRIES)
        drawn.append(
            LotDrawn(
                motion=case.motion,
                chamber=ask.chamber,
                round=ask.round,
                box=box,
                seed=lot.seed,
                lot=lot.to_json(),
                outcome="yes" if lot.order[0] == "yes" else "no",
            )
        )
    return follow_up(case, tuple(drawn), at) if drawn else ()


def _box_of(case: Case, motion: AskedMotion, chamber: str, round_: int) -> str | None:
    """The box whose count is tied: the chamber's, or that of the chamber from which it is derived."""
    root = case.charter.root_chamber(chamber)
    wanted = (None if root is None else root.name, "vote", round_)
    return next((each.box for each in motion.asked if (each.chamber, each.kind, each.round) == wanted), None)
