"""Yes carries when it exceeds (or reaches) the declared share of its base, or number of votes; without any yes nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kernel.numbers import show
from rules.decision.evidence import VoteCount
from rules.decision.measures import Base, Blank, Majority
from rules.decision.outcome import Reason


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weight measured against, the weight needed, and whether `yes` carries."""

    base: Fraction
    needed: Fraction
    carries: bool
    reason: Reason


def present(count: VoteCount, blank: Blank) -> Fraction:
    """Everyone who voted, abstentions included; blank and invalid ballots unless they count as absent."""
    voted = count.yes + count.no + count.abstain
    return voted if blank is Blank.ABSENT else voted + count.blank + count.invalid


def expressed(count: VoteCount, blank: Blank) -> Fraction:
    """`yes` and `no`; blank and invalid ballots only when they are declared to count as expressed."""
    said = count.yes + count.no
    return said + count.blank + count.invalid if blank is Blank.EXPRESSED else said


def base_weight(base: Base, count: VoteCount, blank: Blank) -> Fraction:
    """The weight of a base (RULES §1)."""
    if base is Base.MEMBERS:
        return count.members
    return present(count, blank) if base is Base.PRESENT else expressed(count, blank)


def weigh(chamber: str, majority: Majority, count: VoteCount, blank: Blank) -> Weighed:
    """Measure `yes`; the reason holds yes, base, share and what was needed."""
    base = base_weight(majority.of, count, blank)
    numbers = {"yes": count.yes, "no": count.no, "abstain": count.abstain, "base": base}
    if majority.votes is not None:
        needed = Fraction(majority.votes)
        reached = count.yes >= needed
        rule = f"at least {majority.votes} votes"
    elif majority.more_than is not None:
        needed = majority.more_than * base
        reached = count.yes > needed
        rule = f"more than {show(majority.more_than)} of {majority.of.value}"
        numbers["share"] = majority.more_than
    else:
        share = majority.at_least or Fraction(0)
        needed = share * base
        reached = count.yes >= needed
        rule = f"at least {show(share)} of {majority.of.value}"
        numbers["share"] = share
    carries = reached and count.yes > 0
    verdict = "carries" if carries else "does not carry"
    text = f"yes {show(count.yes)} {verdict}: {rule} is needed, and {majority.of.value} is {show(base)}"
    return Weighed(base, needed, carries, Reason("majority", text, chamber, {**numbers, "needed": needed}))
