"""Rankings or grades elect as many as there are seats, by the method the charter names; a count keeps its full record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.numbers import Exact
from tally import borda, irv, irv_minneapolis, majority_judgment, schulze, stv_meek, stv_scottish
from tally.forms import MAX_OPTIONS, Number, Option
from tally.grouping import Groups
from tally.papers import NO_PAPERS, read_papers, unmarked
from tally.rounds import Contest, Decided, Round, Transfer, written, written_quota
from tally.standing import by_score, elect_first
from tally.ties import SeedNeeded, TieBreak, TieBreaker

__all__ = ["Decided", "Election", "ElectionRules", "Method", "Round", "SeedNeeded", "Transfer", "elect"]


class Method(StrEnum):
    """The counting methods, each stated in its own module."""

    STV_SCOTTISH = "stv-scottish"
    STV_MEEK = "stv-meek"
    IRV = "irv"
    IRV_MINNEAPOLIS = "irv-minneapolis"
    SCHULZE = "schulze"
    MAJORITY_JUDGMENT = "majority-judgment"
    BORDA = "borda"


STAGED = frozenset({Method.STV_SCOTTISH, Method.STV_MEEK, Method.IRV, Method.IRV_MINNEAPOLIS})
"""The methods that count in stages, and so can break a tie by the previous one."""

ONE_SEAT = frozenset({Method.IRV, Method.IRV_MINNEAPOLIS})
PLACES = {Method.STV_SCOTTISH: stv_scottish.PLACES, Method.STV_MEEK: stv_meek.DECIMALS}
TIE_BREAKS = {Method.STV_SCOTTISH: (TieBreak.PREVIOUS_STAGE, TieBreak.LOT)}
"""What the source of a method says about ties; other methods leave it to a lot."""

MAX_DECIMALS = 18
MAX_COMPARED = 200
"""Options that schulze may compare pair by pair: its work grows with their cube, its record with their square."""
MAX_SEATS = MAX_OPTIONS


COUNTS: Mapping[Method, Callable[[Contest], tuple[str, ...]]] = {
    Method.STV_SCOTTISH: stv_scottish.count,
    Method.IRV: irv.count,
    Method.IRV_MINNEAPOLIS: irv_minneapolis.count,
}


def _is_none(value: object) -> bool:
    return value is None


class ElectionRules(BaseModel):
    """The count as a charter declares it. What `tie_break` leaves tied is drawn by lot.

    Without `tie_break`, ties are broken as the method's source says. `points` is what each place is worth, best first
    (borda); `decimals` and `omega` are the precision and the end of the iteration of stv-meek.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method
    seats: int = Field(default=1, ge=1, le=MAX_SEATS)
    tie_break: tuple[TieBreak, ...] | None = Field(default=None, min_length=1, exclude_if=_is_none)
    points: tuple[Exact, ...] | None = Field(default=None, min_length=1, max_length=MAX_OPTIONS, exclude_if=_is_none)
    decimals: int | None = Field(default=None, ge=1, le=MAX_DECIMALS, exclude_if=_is_none)
    omega: Exact | None = Field(default=None, gt=0, exclude_if=_is_none)

    @model_validator(mode="after")
    def _is_consistent(self) -> ElectionRules:
        for problem in _problems(self):
            raise ValueError(problem)
        return self

    @cached_property
    def ties(self) -> tuple[TieBreak, ...]:
        """The tie-breaks in force: those declared, else the method's own."""
        own = TIE_BREAKS.get(self.method, (TieBreak.LOT,))
        return own if self.tie_break is None else self.tie_break

    @cached_property
    def places(self) -> int:
        """How many decimals votes are written with; 0 where the method has none."""
        return self.decimals or PLACES.get(self.method, 0)


def _problems(rules: ElectionRules) -> list[str]:
    method, ties = rules.method, rules.tie_break or ()
    found = []
    if method in ONE_SEAT and rules.seats != 1:
        found.append(f"{method} fills one seat, found {rules.seats}; stv-scottish and stv-meek fill several")
    if len(set(ties)) != len(ties):
        found.append(f"each tie-break is listed once; found {', '.join(ties)}")
    if TieBreak.LOT in ties[:-1]:
        found.append("a lot tells all apart: nothing follows it in tie_break")
    if TieBreak.PREVIOUS_STAGE in ties and method not in STAGED:
        found.append(f"previous_stage belongs to {', '.join(sorted(STAGED))}; {method} has no stages")
    if TieBreak.MORE_VOTES_ELSEWHERE in ties:
        found.append("more_votes_elsewhere compares the voters behind projects; rankings and grades do not tell them")
    if rules.points is not None and method is not Method.BORDA:
        found.append(f"points belong to borda; found in {method}")
    if rules.points is not None and min(rules.points) < 0:
        found.append("points are zero or more")
    if rules.points is not None and list(rules.points) != sorted(rules.points, reverse=True):
        found.append(f"points never rise from one place to the next; found {', '.join(map(str, rules.points))}")
    if method is not Method.STV_MEEK and (rules.decimals is not None or rules.omega is not None):
        found.append(f"decimals and omega belong to stv-meek; found in {method}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """Who was elected, in order, with each round and each tie met on the way.

    `quota` is the last round's; `ranking` is the whole order, equal ones together, of the methods that make one; `details`
    is what else such a method shows: pairwise preferences and strongest paths, or each option's grades.
    """

    method: Method
    seats: int
    tie_break: tuple[TieBreak, ...]
    quota: Number | None
    elected: tuple[str, ...]
    rounds: tuple[Round, ...]
    ties: tuple[Decided, ...]
    blank: Number
    ranking: tuple[tuple[str, ...], ...] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    places: int = 0

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, exact numbers as text: with the method's decimals (5 of stv-scottish), else as ratios."""
        found: dict[str, Any] = {
            "method": self.method.value,
            "seats": self.seats,
            "tie_break": [rule.value for rule in self.tie_break],
            "quota": written_quota(self.quota, self.places),
            "elected": list(self.elected),
            "rounds": [each.to_json(number, self.places) for number, each in enumerate(self.rounds, 1)],
            "ties": [tie.to_json() for tie in self.ties],
            "blank": written(self.blank),
        }
        if self.ranking is not None:
            found["ranking"] = [list(equal) for equal in self.ranking]
        return {**found, **self.details}


def elect(
    rules: ElectionRules,
    options: Mapping[str, Option],
    groups: Groups,
    seed: bytes | None = None,
    scale: Sequence[str] = (),
) -> Election | SeedNeeded:
    """Count grouped choices; a lot met without a seed is returned as needed.

    A ranking is a tuple of options, best first; of irv-minneapolis, a rank may also be `SKIPPED` or `OVERVOTED`. Grades
    are (option, grade) pairs, a missing one being the worst; `scale` is the grades, best first. A choice that ranks or
    grades nobody is blank and counts for nothing. Fewer options than seats are all elected. Raises `ValueError` at a
    choice that is not of this count.
    """
    breaker = TieBreaker(rules.ties, {}, seed)
    if rules.method is Method.MAJORITY_JUDGMENT:
        contest = Contest(options, rules.seats, NO_PAPERS, breaker)
        found = _by_grades(rules, contest, groups, scale)
    else:
        reading = irv_minneapolis.reading if rules.method is Method.IRV_MINNEAPOLIS else unmarked
        contest = Contest(options, rules.seats, read_papers(groups, options, reading), breaker)
        found = _by_rankings(rules, contest)
    return found if breaker.needs is None else breaker.needs


def _by_rankings(rules: ElectionRules, contest: Contest) -> Election:
    if rules.method is Method.SCHULZE:
        preferred = schulze.preferences(contest.papers, contest.listed())
        paths = schulze.strongest_paths(preferred)
        details = {"preferences": _matrix(preferred), "paths": _matrix(paths)}
        return _by_order(rules, contest, schulze.order(contest, paths), schulze.wins(paths), details)
    if rules.method is Method.BORDA:
        points = borda.scores(contest, rules.points)
        return _by_order(rules, contest, by_score(contest, points.__getitem__), points, {})
    if rules.method is Method.STV_MEEK:
        elected = stv_meek.count(contest, rules.decimals or stv_meek.DECIMALS, rules.omega or stv_meek.OMEGA)
    else:
        elected = COUNTS[rules.method](contest)
    return _election(rules, contest, elected)


def _by_grades(rules: ElectionRules, contest: Contest, groups: Groups, scale: Sequence[str]) -> Election:
    given, blank = majority_judgment.weights(groups, contest, scale)
    tally = {name: majority_judgment.support(each) for name, each in given.items()}
    merits = {name: majority_judgment.described(each, scale) for name, each in given.items()}
    found = _by_order(rules, contest, majority_judgment.order(given), tally, {"scale": list(scale), "merits": merits})
    return replace(found, blank=blank)


def _by_order(
    rules: ElectionRules,
    contest: Contest,
    order: Sequence[Sequence[str]],
    tally: Mapping[str, Number],
    details: Mapping[str, Any],
) -> Election:
    elected, ranking = elect_first(contest, order, tally.__getitem__)
    contest.rounds.append(Round(tally=tally, elected=elected))
    return replace(_election(rules, contest, elected), ranking=ranking, details=details)


def _election(rules: ElectionRules, contest: Contest, elected: tuple[str, ...]) -> Election:
    return Election(
        method=rules.method,
        seats=rules.seats,
        tie_break=rules.ties,
        quota=contest.rounds[-1].quota if contest.rounds else None,
        elected=elected,
        rounds=tuple(contest.rounds),
        ties=tuple(contest.decided),
        blank=contest.papers.blank,
        places=rules.places,
    )


def _matrix(pairs: schulze.Matrix) -> dict[str, dict[str, str | None]]:
    return {name: {other: written(number) for other, number in row.items()} for name, row in pairs.items()}
