"""A matter: what is put to whom, how a ballot is filled in, when a motion is adopted or which projects are paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rules.explaining.decisions import decision_lines
from rules.explaining.language import Language, Line
from tally.allocation import BALLOT_RULES, AllocationRules
from tally.allocation_rules import Envelopes
from tally.election import ElectionRules, Method
from tally.forms import BallotRules, Form
from tally.stv_meek import OMEGA
from tally.ties import TieBreak

if TYPE_CHECKING:
    from rules.charter import Charter, Matter

CHOICES = (Form.APPROVAL, Form.POINTS, Form.RANKING, Form.GRADES, Form.QUADRATIC)
"""Forms in which a voter names one option or more."""


def matter_lines(charter: Charter, matter: Matter, say: Language) -> Iterator[Line]:
    yield Line(1, say.say(f"matter.{matter.kind}", name=say.quoted(matter.name), title=matter.title))
    if matter.chamber is not None:
        yield Line(2, say.say("selection", chamber=say.quoted(matter.chamber)))
    yield Line(2, " ".join(_ballot(matter.ballot, say)))
    if matter.decision is not None:
        yield from decision_lines(charter, matter.name, matter.decision, 2, say)
    if matter.allocation is not None:
        yield Line(2, " ".join(_score(matter.ballot, say)))
        yield from _allocation(matter.allocation, say)
    if matter.election is not None:
        yield from _election(matter.election, say)


def _ballot(ballot: BallotRules, say: Language) -> Iterator[str]:
    yield say.say(f"form.{ballot.form.value}")
    if ballot.form in CHOICES:
        yield _how_many(ballot, say)
    if ballot.min == 0:
        yield say.say("blank_allowed")
    if ballot.points is not None:
        yield say.say(f"points.{ballot.points_use.value}", ballot.points)
    if ballot.max_per_option is not None:
        yield say.say("points.option", ballot.max_per_option)
    if ballot.grades is not None:
        yield say.say("grades", len(ballot.grades), grades=say.names(ballot.grades))
        yield say.say("grades.all" if ballot.grade_all else "grades.some")
    if ballot.credits is not None:
        yield say.say("credits", ballot.credits)
        yield say.say("credits.against" if ballot.votes_against else "credits.for")
    if ballot.budget_limit:
        yield say.say("budget_limit")
    if ballot.form is not Form.YES_NO_ABSTAIN:
        yield say.say(f"order.{ballot.order.value}")
    yield say.say("revisable" if ballot.revisable else "not_revisable")
    yield say.say(f"secrecy.{ballot.secrecy.value}")


def _how_many(ballot: BallotRules, say: Language) -> str:
    least = max(ballot.min, 1)
    if ballot.most is None:
        return say.say("choose.at_least", least)
    if ballot.most == least:
        return say.say("choose.exactly", least)
    return say.say("choose.between", ballot.most, least=str(least))


def _score(ballot: BallotRules, say: Language) -> Iterator[str]:
    """What money follows: the score of an option, and for a ranking what each place is worth."""
    yield say.say(f"score.{ballot.form.value}")
    if ballot.form is not Form.RANKING:
        return
    if ballot.ranking_points is not None:
        yield _places(ballot.ranking_points, say)
    else:
        yield say.say("places.borda") if ballot.max is None else say.say("places.max", ballot.max)


def _places(worth: Sequence[Fraction], say: Language) -> str:
    return say.say("places.declared", len(worth), worth=say.listed(say.number(points) for points in worth))


def _allocation(allocation: AllocationRules, say: Language) -> Iterator[Line]:
    budget = say.say("budget", allocation.budget, currency=allocation.currency)
    yield Line(2, f"{budget} {say.say(f'rule.{allocation.rule.value}')}")
    if allocation.utility is not None:
        yield Line(2, say.say(f"utility.{allocation.utility.value}"))
    yield from _left_over(allocation, say)
    if allocation.envelopes is not None:
        yield from _envelopes(allocation.envelopes, allocation.currency, say)
    if allocation.threshold is None:
        yield Line(2, say.say("threshold.none"))
    else:
        yield Line(2, say.say("threshold", allocation.threshold))
    yield Line(2, say.say("breaks", steps=_breaks(allocation.tie_break, say)))


def _left_over(allocation: AllocationRules, say: Language) -> Iterator[Line]:
    """What Equal Shares or Phragmén do with money that they leave, and what their set is compared with."""
    if allocation.rule not in BALLOT_RULES:
        return
    if allocation.completion is None:
        yield Line(2, say.say("completion.none"))
    else:
        step = say.number(allocation.step or Fraction(1))
        yield Line(2, say.say(f"completion.{allocation.completion.value}", step=step, currency=allocation.currency))
    if allocation.comparison is not None:
        yield Line(2, say.say(f"comparison.{allocation.comparison.value}"))


def _envelopes(envelopes: Envelopes, currency: str, say: Language) -> Iterator[Line]:
    yield Line(2, say.say("envelopes", len(envelopes.districts)))
    for district, budget in envelopes.districts.items():
        yield Line(3, say.say("envelope", district=say.quoted(district), budget=say.number(budget), currency=currency))
    yield Line(2, say.say(f"left.{envelopes.left.value}"))


def _breaks(tie_break: Sequence[TieBreak], say: Language) -> str:
    steps = [say.say(f"break.{each.value}") for each in tie_break]
    if tie_break[-1] is not TieBreak.LOT:
        steps.append(say.say("break.lot"))
    return say.say("breaks.then").join(steps)


def _election(election: ElectionRules, say: Language) -> Iterator[Line]:
    seats = say.say("election", election.seats)
    yield Line(2, f"{seats} {say.say(f'method.{election.method.value}')}")
    if election.points is not None:
        yield Line(2, _places(election.points, say))
    if election.method is Method.STV_MEEK:
        omega = say.number(election.omega or OMEGA)
        yield Line(2, say.say("election.precision", election.places, omega=omega))
    yield Line(2, say.say("election.ties", steps=_breaks(election.ties, say)))
