"""A count is recorded round by round: the votes of each option, then who was elected or eliminated, and what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from tally.forms import Number, Option
from tally.papers import Papers
from tally.ties import Tie, TieBreaker


def written(value: Number | None, places: int = 0) -> str | None:
    """An exact number as text: with so many decimals where that is exact, else as a whole number or a ratio."""
    if value is None:
        return None
    scaled = Fraction(value) * 10**places
    if not places or scaled.denominator != 1:
        return show(Fraction(value))
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    return f"{'-' if scaled < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def written_quota(quota: Number | None, places: int) -> str | None:
    """A whole quota as a whole number, another with the decimals of votes."""
    return written(quota, 0 if quota is None or quota.denominator == 1 else places)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What moved from options to others, and what could not go to any (a surplus's remainders are in `exhausted`)."""

    sources: tuple[str, ...]
    votes: Mapping[str, Number]
    exhausted: Number

    def to_json(self, places: int) -> dict[str, Any]:
        """From whom, to whom how much, and what was exhausted."""
        votes = {option: written(number, places) for option, number in self.votes.items()}
        return {"from": list(self.sources), "votes": votes, "exhausted": written(self.exhausted, places)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The votes of a round, and what followed from them: `transfers` lead to the next round's votes.

    `quota` is what elects in this round; `exhausted` the weight that no longer counts for anybody, `skipped` that of
    papers left aside for the ranks they skip, `keep` the share of a vote that each elected option keeps (Meek).
    """

    tally: Mapping[str, Number]
    quota: Number | None = None
    elected: tuple[str, ...] = ()
    eliminated: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    exhausted: Number = 0
    skipped: Number | None = None
    keep: Mapping[str, Number] | None = None

    def to_json(self, number: int, places: int) -> dict[str, Any]:
        """All of it, numbers as text; `skipped` and `keep` only of a rule that has them."""
        found: dict[str, Any] = {
            "round": number,
            "quota": written_quota(self.quota, places),
            "tally": {option: written(votes, places) for option, votes in self.tally.items()},
            "elected": list(self.elected),
            "eliminated": list(self.eliminated),
            "transfers": [transfer.to_json(places) for transfer in self.transfers],
            "exhausted": written(self.exhausted, places),
        }
        if self.skipped is not None:
            found["skipped"] = written(self.skipped, places)
        if self.keep is not None:
            found["keep"] = {option: written(kept, places) for option, kept in self.keep.items()}
        return found


@dataclass(frozen=True, slots=True)
class Decided:
    """A tie, the round in which it was met, and what it decided: surplus, elimination or seat."""

    round: int
    decides: str
    tie: Tie

    def to_json(self) -> dict[str, Any]:
        """Round, what it decided, and the tie with its lot."""
        return {"round": self.round, "decides": self.decides, **self.tie.to_json()}


@dataclass(slots=True)
class Contest:
    """An election being counted: the options, seats and papers, and the rounds and ties so far."""

    options: Mapping[str, Option]
    seats: int
    papers: Papers
    breaker: TieBreaker
    rounds: list[Round] = field(default_factory=list)
    stages: list[Mapping[str, Number]] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.breaker.stages = self.stages

    def listed(self) -> list[str]:
        """The options in order of submission, then id: the order wherever the count tells nothing apart."""
        return sorted(self.options, key=lambda name: (self.options[name].submitted, name))

    def order(self, tied: Sequence[str], score: Number, decides: str) -> list[str]:
        """Options of equal score, best first, by the declared tie-breaks."""
        known = len(self.breaker.ties)
        ordered = self.breaker.order([self.options[name] for name in tied], Fraction(score))
        self.decided += [Decided(len(self.rounds) + 1, decides, tie) for tie in self.breaker.ties[known:]]
        return [option.option for option in ordered]

    def highest(self, votes: Mapping[str, Number], decides: str) -> str:
        """The option with the most votes."""
        most = max(votes.values())
        return self.order([name for name, number in votes.items() if number == most], most, decides)[0]

    def lowest(self, votes: Mapping[str, Number], decides: str) -> str:
        """The option with the fewest votes."""
        fewest = min(votes.values())
        return self.order([name for name, number in votes.items() if number == fewest], fewest, decides)[-1]

    def by_votes(self, names: Sequence[str], votes: Mapping[str, Number]) -> tuple[str, ...]:
        """Those elected together, from the most votes down; equal ones as listed."""
        listed = {name: place for place, name in enumerate(self.listed())}
        return tuple(sorted(names, key=lambda name: (-votes[name], listed[name])))
