"""A selection counted again from its own ballots, by another rule or with other money, seats or threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kernel.refusal import Kind, Refused
from replay.boxes import Box
from replay.what_if.changes import Changes
from tally.allocation import Allocation, AllocationRules, Rule, SeedNeeded, allocate, needs_ballots
from tally.allocation_rules import Completion, Utility
from tally.counting import Count, WeightedChoice, count
from tally.election import Election, ElectionRules, Method, elect
from tally.forms import Form, Number
from tally.grouping import Groups, Said, grouped

BALLOT_FIELDS = ("utility", "completion", "step", "comparison")
"""What only rules that need whole ballots declare."""

EQUAL_SHARES = {"utility": Utility.COST.value, "completion": Completion.ADD1U.value}
"""What is taken for Equal Shares when nothing is said: what equalshares.net recommends."""

Rules = TypeVar("Rules", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Recounted:
    """The winners as they are and as they would be, in order, each with the rules that made them."""

    matter: str
    rules: Mapping[str, Any]
    winners: tuple[str, ...]
    spent: str | None
    other_rules: Mapping[str, Any]
    other_winners: tuple[str, ...]
    other_spent: str | None
    record: Mapping[str, Any]
    left_out: int = 0
    """The voters on paper whose sheets were left out."""

    @property
    def gained(self) -> tuple[str, ...]:
        """Who would win and does not."""
        return tuple(each for each in self.other_winners if each not in self.winners)

    @property
    def lost(self) -> tuple[str, ...]:
        """Who wins and would not."""
        return tuple(each for each in self.winners if each not in self.other_winners)

    def to_json(self) -> dict[str, Any]:
        """JSON; `what_if` says that it is not the outcome, and holds the whole record of the count."""
        return {
            "kind": "selection",
            "matter": self.matter,
            "outcome": {"rules": dict(self.rules), "winners": list(self.winners), "spent": self.spent},
            "what_if": {
                "is_the_outcome": False,
                "rules": dict(self.other_rules),
                "winners": list(self.other_winners),
                "spent": self.other_spent,
                "voters_left_out": self.left_out,
                "record": dict(self.record),
            },
            "gained": list(self.gained),
            "lost": list(self.lost),
        }


def recount(matter: str, box: Box, ballots: Iterable[WeightedChoice], changes: Changes) -> Recounted | Refused:
    """Count the box again from `ballots`, those of who is represented included; lots are drawn from its own root at the seal.

    Where whole ballots are needed, voters on paper, of whom only totals are known, are left out, and their number is told.
    """
    rules = _rules(box, changes)
    if isinstance(rules, Refused):
        return rules
    filed = box.sheets.counted()
    whole = isinstance(rules, ElectionRules) or needs_ballots(rules)
    refused = _countable(matter, box.rules.form, rules)
    if refused is None and whole and filed and not box.ballots:
        say = "this needs whole ballots, and all were counted on paper: their totals alone are known"
        refused = Refused("needs_ballots", say=say, matter=matter, sheets=len(filed))
    if refused is not None:
        return refused
    left_out = filed if whole or changes.without_sheets else []
    sheets = [] if left_out else filed
    groups: dict[Said, Number] = {}
    tally = count(box.rules, box.options, grouped(ballots, groups), sheets)
    anew = _outcome(box, rules, tally, groups, box.seal_root or b"")
    if isinstance(anew, SeedNeeded):
        return Refused("seed_missing", say="a lot must be drawn, and this log has no root at the seal to draw it from")
    winners, spent, in_force = _as_it_is(box)
    other = anew.to_json()
    return Recounted(
        matter=matter,
        rules=in_force,
        winners=winners,
        spent=spent,
        other_rules=rules.model_dump(mode="json"),
        other_winners=anew.elected if isinstance(anew, Election) else anew.winners,
        other_spent=other.get("spent"),
        record=other,
        left_out=sum(sheet.voters for sheet in left_out),
    )


def _rules(box: Box, changes: Changes) -> AllocationRules | ElectionRules | Refused:
    ties = {} if changes.tie_break is None else {"tie_break": changes.tie_break}
    if changes.election or (box.election is not None and not changes.allocation):
        kept = {} if box.election is None else box.election.model_dump(mode="json")
        method = changes.election.get("method", kept.get("method"))
        if method != kept.get("method"):
            kept = {name: value for name, value in kept.items() if name == "seats"}
        return _valid(ElectionRules, {**kept, **ties, **changes.election}, "method")
    kept = {} if box.allocation is None else box.allocation.model_dump(mode="json")
    rule = changes.allocation.get("rule", kept.get("rule"))
    if rule != kept.get("rule"):
        kept = {name: value for name, value in kept.items() if name not in BALLOT_FIELDS}
    usual = EQUAL_SHARES if rule == Rule.EQUAL_SHARES else {}
    return _valid(AllocationRules, {**usual, **kept, **ties, **changes.allocation}, "rule")


def _valid(model: type[Rules], data: Mapping[str, Any], what: str) -> Rules | Refused:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        found = {} if not place else {"field": place, "found": str(data.get(place, "nothing"))[:100]}
        say = f"these rules cannot be counted by: {first['msg'].removeprefix('Value error, ')}"
        return Refused(f"wrong_{what}", kind=Kind.INVALID, say=say, **found)


def _countable(matter: str, form: Form, rules: AllocationRules | ElectionRules) -> Refused | None:
    """Whether ballots of this form say what the rules count."""
    if isinstance(rules, ElectionRules):
        wanted = Form.GRADES if rules.method is Method.MAJORITY_JUDGMENT else Form.RANKING
        if form is wanted:
            return None
        say = f"{rules.method.value} counts a ballot of form {wanted.value}"
        return Refused("wrong_form", say=say, matter=matter, found=form.value, expected=wanted.value)
    if form is Form.GRADES:
        return Refused(
            "wrong_form", say="grades give no scores that money could follow", matter=matter, found=form.value
        )
    return None


def _outcome(
    box: Box, rules: AllocationRules | ElectionRules, tally: Count, groups: Groups, seed: bytes
) -> Allocation | Election | SeedNeeded:
    if isinstance(rules, ElectionRules):
        return elect(rules, box.options, groups, seed, box.rules.grades or ())
    return allocate(rules, box.options, tally.scores, tally.supporters, seed, groups=groups)


def _as_it_is(box: Box) -> tuple[tuple[str, ...], str | None, Mapping[str, Any]]:
    """The winners in the log, what they cost, and the rules that made them."""
    if box.election is not None:
        elected: Sequence[str] = (box.count or {})["election"]["elected"]
        return tuple(elected), None, box.election.model_dump(mode="json")
    in_force = {} if box.allocation is None else box.allocation.model_dump(mode="json")
    allocated = box.allocated or {"winners": [], "spent": None}
    return tuple(allocated["winners"]), allocated["spent"], in_force
