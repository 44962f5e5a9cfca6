"""The allocation as a charter declares it: the rule, the money, its envelopes, and what the rule leaves to be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.ids import Name
from kernel.numbers import Exact, show
from tally.ties import TieBreak


class Rule(StrEnum):
    """The allocation rules, each stated in its own module."""

    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy-no-skip"
    GREEDY_THRESHOLD = "greedy-threshold"
    POZNAN_80 = "poznan-80"
    GREEDY_EXCLUSIVE = "greedy-exclusive"
    EQUAL_SHARES = "equal-shares"
    PHRAGMEN = "phragmen"


class Utility(StrEnum):
    """What an option that a voter supports is worth to them: what it costs, or one; either times the points given."""

    COST = "cost"
    CARDINALITY = "cardinality"


class Completion(StrEnum):
    """How money is used that Equal Shares or Phragmén leave: `tally.add1`, then greedily, or greedily at once."""

    ADD1 = "add1"
    ADD1U = "add1u"
    GREEDY = "greedy"


class Comparison(StrEnum):
    """What makes a voter prefer Equal Shares' set or the greedy one: `tally.comparison`."""

    SATISFACTION = "satisfaction"
    EXCLUSION = "exclusion"


class Left(StrEnum):
    """What becomes of the money that districts leave in their envelopes: `tally.envelopes`."""

    KEPT = "kept"
    CITY_WIDE = "city_wide"
    ALL = "all"


def _absent(value: Any) -> bool:
    return value is None


class Envelopes(BaseModel):
    """A budget for each district; what they leave of the whole is the city-wide envelope."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    districts: dict[Name, Annotated[Exact, Field(ge=0)]] = Field(min_length=1, max_length=1000)
    left: Left = Left.KEPT


class AllocationRules(BaseModel):
    """The allocation as a charter declares it. What `tie_break` leaves tied is drawn by lot.

    `threshold` is the least score that can be funded; greedy-threshold needs one, any other rule may have one.
    `utility`, `comparison` and `step` (what add1 adds for each weight of 1, 1 unless declared) belong to Equal Shares,
    `completion` to it and to Phragmén. What is not declared is not written, so that older charters keep their hash.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Rule
    budget: Exact = Field(ge=0)
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    threshold: Exact | None = Field(default=None, ge=0)
    tie_break: tuple[TieBreak, ...] = Field(default=(TieBreak.LOT,), min_length=1)
    utility: Utility | None = Field(default=None, exclude_if=_absent)
    completion: Completion | None = Field(default=None, exclude_if=_absent)
    step: Exact | None = Field(default=None, gt=0, exclude_if=_absent)
    comparison: Comparison | None = Field(default=None, exclude_if=_absent)
    envelopes: Envelopes | None = Field(default=None, exclude_if=_absent)

    @model_validator(mode="after")
    def _is_consistent(self) -> AllocationRules:
        for problem in _problems(self):
            raise ValueError(problem)
        return self


def _problems(rules: AllocationRules) -> Iterator[str]:
    if rules.threshold is None and rules.rule is Rule.GREEDY_THRESHOLD:
        yield "greedy-threshold declares its threshold: the least score that can be funded"
    if len(set(rules.tie_break)) != len(rules.tie_break):
        yield f"each tie-break is listed once; found {', '.join(rules.tie_break)}"
    if TieBreak.LOT in rules.tie_break[:-1]:
        yield "a lot tells all apart: nothing follows it in tie_break"
    if TieBreak.PREVIOUS_STAGE in rules.tie_break:
        yield "previous_stage belongs to a count in stages; an allocation has none"
    yield from _problems_of_ballot_rules(rules)
    if rules.envelopes is not None:
        given = sum(rules.envelopes.districts.values(), Fraction(0))
        if given > rules.budget:
            yield f"the envelopes' sum, {show(given)}, is at most the budget, {show(rules.budget)}"


def _problems_of_ballot_rules(rules: AllocationRules) -> Iterator[str]:
    found = rules.rule.value
    if rules.rule is Rule.EQUAL_SHARES:
        if rules.utility is None:
            yield "equal-shares declares its utility: cost or cardinality"
    elif rules.utility is not None or rules.comparison is not None:
        yield f"utility and comparison belong to equal-shares; found in {found}"
    elif rules.rule is not Rule.PHRAGMEN and rules.completion is not None:
        yield f"a completion belongs to equal-shares or phragmen; found in {found}"
    elif rules.completion in (Completion.ADD1, Completion.ADD1U):
        yield f"phragmen is completed by greedy or not at all; found {rules.completion.value}"
    if rules.step is not None and rules.completion not in (Completion.ADD1, Completion.ADD1U):
        yield "a step belongs to the completions add1 and add1u: it is what they add each time"
