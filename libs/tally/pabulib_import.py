"""A Pabulib file becomes ballot rules that all its ballots keep, options, allocation rules, canonical choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from kernel.numbers import show
from kernel.refusal import Kind, Refused
from tally.allocation import AllocationRules, Comparison, Completion, Rule, TieBreak, Utility
from tally.forms import BallotRules, Choice, Form, Number, Option, PointsUse
from tally.pabulib_file import PabulibFile, VoteType
from tally.pabulib_rows import SHOWN, bad
from tally.ties import OF_TOTALS

FORMS: Mapping[VoteType, Form] = MappingProxyType(
    {
        VoteType.APPROVAL: Form.APPROVAL,
        VoteType.CHOOSE_ONE: Form.CHOOSE_ONE,
        VoteType.CUMULATIVE: Form.POINTS,
        VoteType.ORDINAL: Form.RANKING,
    }
)
GREEDY_CUSTOM = "greedy-custom"
"""Pabulib's name for a rule told in words in META's comment; Poznań's is the one that is known here, as poznan-80."""

EQUAL_SHARES: Mapping[str, tuple[Completion | None, Comparison | None]] = MappingProxyType(
    {
        "equalshares": (None, None),
        "equalshares/add1": (Completion.ADD1, None),
        "equalshares/add1u": (Completion.ADD1U, None),
        "equalshares/greedy": (Completion.GREEDY, None),
        "equalshares/add1-comparison": (Completion.ADD1, Comparison.SATISFACTION),
        Rule.EQUAL_SHARES.value: (Completion.ADD1, None),
    }
)
"""Pabulib's names for Equal Shares, its completion and comparison. Utility is the cost, as where the files come from."""

TIE_BREAK = (TieBreak.EARLIER_SUBMISSION,)
"""Files do not say how ties were broken. They list projects in the order of the published result, so that is kept."""

NO_GROUPS = "the file does not say which projects exclude each other: none is taken to"
"""Pabulib's files of greedy-exclusive have no column for it, and neither place nor category tells."""

NO_CURRENCY = "XXX"
_CURRENCY = re.compile("[A-Z]{3}", re.ASCII)
THRESHOLD = "min_project_score_threshold"


@dataclass(frozen=True, slots=True)
class Election:
    """What a process needs to hold this election again. `notes` says where the file had to be read with care."""

    title: str
    ballot: BallotRules
    options: Mapping[str, Option]
    allocation: AllocationRules
    notes: tuple[str, ...]


def election(file: PabulibFile, rule: str | None = None, tie_break: Sequence[str] | None = None) -> Election | Refused:
    """The election in a file, by the rule META names or another; options are taken as submitted in the file's order."""
    allocation = _allocation(file, rule, tie_break)
    if isinstance(allocation, Refused):
        return allocation
    notes: list[str] = []
    ballot = _ballot(file, notes)
    if allocation.rule is Rule.GREEDY_EXCLUSIVE:
        notes.append(NO_GROUPS)
    options = {
        project.project: Option(option=project.project, cost=project.cost, submitted=place)
        for place, project in enumerate(file.projects, 1)
    }
    title = file.meta.get("description") or " ".join(filter(None, map(file.meta.get, ("unit", "subunit", "instance"))))
    return Election(title or "Pabulib election", ballot, MappingProxyType(options), allocation, tuple(notes))


def choices(file: PabulibFile) -> Iterator[tuple[str, Choice]]:
    """Each voter and the canonical choice, in the file's order; a project given 0 points is left out."""
    for vote in file.votes:
        if file.vote_type is VoteType.CUMULATIVE:
            given = zip(vote.projects, vote.points, strict=True)
            yield vote.voter, {project: show(points) for project, points in sorted(given) if points}
        elif file.vote_type is VoteType.ORDINAL:
            yield vote.voter, list(vote.projects)
        else:
            yield vote.voter, sorted(vote.projects)


def is_poznan_80(file: PabulibFile) -> bool:
    """Whether the file's greedy-custom is Poznań's rule: it is Poznań's, or its comment tells the 80 %."""
    return file.meta.get("unit") == "Poznań" or "80%" in file.meta.get("comment", "").replace(" ", "")


def _allocation(file: PabulibFile, rule: str | None, tie_break: Sequence[str] | None) -> AllocationRules | Refused:
    named = rule or file.meta["rule"]
    line = file.lines["rule"]
    completion, comparison = EQUAL_SHARES.get(named, (None, None))
    if named in EQUAL_SHARES:
        named = Rule.EQUAL_SHARES
    if named == GREEDY_CUSTOM and is_poznan_80(file):
        named = Rule.POZNAN_80
    if named not in tuple(Rule):
        others = ", ".join(name for name in EQUAL_SHARES if name not in tuple(Rule))
        expected = f"one of {', '.join(Rule)}, {others} (greedy-custom where META tells Poznań's 80 % rule)"
        where: dict[str, int] = {} if rule else {"line": line}
        say = "this rule cannot be recounted"
        details: dict[str, str] = {"field": "rule", "found": named[:SHOWN], "expected": expected}
        return Refused("rule_unsupported", kind=Kind.INVALID, say=say, **where, **details)
    threshold = file.numbers.get(THRESHOLD)
    if named == Rule.GREEDY_THRESHOLD and threshold is None:
        return bad(line, THRESHOLD, "nothing", "META to give it, for greedy-threshold", "threshold_missing")
    listed = _tie_break(tie_break)
    if isinstance(listed, Refused):
        return listed
    currency = file.meta.get("currency", NO_CURRENCY)
    return AllocationRules(
        rule=Rule(named),
        budget=file.budget,
        currency=currency if _CURRENCY.fullmatch(currency) else NO_CURRENCY,
        threshold=threshold,
        tie_break=listed,
        utility=Utility.COST if named == Rule.EQUAL_SHARES else None,
        completion=completion,
        comparison=comparison,
    )


def _tie_break(written: Sequence[str] | None) -> tuple[TieBreak, ...] | Refused:
    if written is None:
        return TIE_BREAK
    unknown = [name for name in written if name not in OF_TOTALS]
    if unknown or not written:
        problem = f"one or more of {', '.join(OF_TOTALS)}"
    elif len(set(written)) != len(written) or TieBreak.LOT in written[:-1]:
        problem = "each tie-break once, and lot last"
    else:
        return tuple(TieBreak(name) for name in written)
    found = ",".join(written)
    say = "this list of tie-breaks cannot be followed"
    return Refused("tie_break_wrong", kind=Kind.INVALID, say=say, field="tie_break", found=found, expected=problem)


def _ballot(file: PabulibFile, notes: list[str]) -> BallotRules:
    """META's limits, widened where ballots go beyond them, so that each ballot in the file is valid."""
    form = FORMS[file.vote_type]
    lengths = [len(vote.supported) for vote in file.votes]
    declared = int(file.numbers.get("min_length", 1))
    least = min([declared, *lengths])
    if least < declared:
        shorter = sum(length < declared for length in lengths)
        notes.append(f"min_length is {declared}, {shorter} ballots are shorter: {least} is used")
    if form is Form.CHOOSE_ONE:
        return BallotRules(form=form, min=min(least, 1))
    most = _widest(file, "max_length", lengths, notes)
    longest = None if most is None else max(int(most), least, 1)
    if form is not Form.POINTS:
        return BallotRules(form=form, min=least, max=longest, budget_limit=_is_knapsack(file, notes))
    sums = [sum(vote.points, Fraction(0)) for vote in file.votes]
    total = _widest(file, "max_sum_points", sums, notes)
    if not total:
        total = max([Fraction(0), *sums])
        used = f"the greatest sum in the file, {show(total)}," if total else "no ballot gives any, 1"
        notes.append(f"META gives no max_sum_points: {used} is used")
        total = total or Fraction(1)
    exactly = min(sums, default=None) == total == file.numbers.get("min_sum_points")
    return BallotRules(
        form=form,
        min=least,
        max=longest,
        points=total,
        points_use=PointsUse.EXACTLY if exactly else PointsUse.AT_MOST,
        max_per_option=_widest(file, "max_points", [max(vote.points, default=0) for vote in file.votes], notes) or None,
    )


def _widest(file: PabulibFile, key: str, found: Sequence[Number], notes: list[str]) -> Fraction | None:
    """META's limit, widened to the greatest value in the ballots, with a note; None where META names none."""
    limit = file.numbers.get(key)
    greatest = Fraction(max(found, default=0))
    if limit is None or greatest <= limit:
        return limit
    over = sum(value > limit for value in found)
    notes.append(f"{key} is {show(limit)}, {over} ballots go beyond it: {show(greatest)} is used")
    return greatest


def _is_knapsack(file: PabulibFile, notes: list[str]) -> bool:
    """Whether each ballot's projects fit in the budget together, and META says that they must."""
    limit = file.numbers.get("max_sum_cost")
    if limit is None:
        return False
    costs = {project.project: project.cost for project in file.projects}
    totals = (sum((costs[project] for project in vote.projects), Fraction(0)) for vote in file.votes)
    dearest = max(totals, default=Fraction(0))
    if limit == file.budget and dearest <= limit:
        return True
    notes.append(f"max_sum_cost is {show(limit)}, the dearest ballot costs {show(dearest)}: it is not enforced")
    return False
