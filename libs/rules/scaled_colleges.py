"""Each college's votes are scaled so that its voters make up its fixed share; a college where nobody voted adds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rules.decision.derived_chamber import WeightedUnit
from rules.decision.evidence import VoteCount

MAX_COLLEGES = 20
"""Sums of so many exact fractions stay short enough to be written."""


def scale(colleges: Sequence[WeightedUnit], voters: Mapping[str, VoteCount], whole: VoteCount) -> VoteCount:
    """The chamber's count from those of its colleges, by code; a college's weight is its share of the whole.

    A college's voters are all who cast a ballot, blank and invalid ones included. `members` is the sum of all shares,
    and heads stay those of `whole`: a quorum of heads counts persons. Loi 47-1775, art. 19 octies (SCIC), [recalled].
    """
    sums = dict.fromkeys(("yes", "no", "abstain", "blank", "invalid"), Fraction(0))
    for college in colleges:
        said = voters.get(college.code)
        cast = Fraction(0) if said is None else sum((getattr(said, name) for name in sums), Fraction(0))
        if cast:
            for name in sums:
                sums[name] += getattr(said, name) * college.weight / cast
    members = sum((college.weight for college in colleges), Fraction(0))
    return replace(whole, members=members, **dict[str, Any](sums))
