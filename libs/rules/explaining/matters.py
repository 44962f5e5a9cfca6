"""A matter: what is put to whom, how a ballot is filled in, when a motion is adopted or which projects are paid for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.explaining.decisions import decision_lines
from rules.explaining.language import Language, Line
from tally.allocation import AllocationRules
from tally.forms import BallotRules, Form
from tally.ties import TieBreak

if TYPE_CHECKING:
    from rules.charter import Charter, Matter

CHOICES = (Form.APPROVAL, Form.POINTS, Form.RANKING)
"""Forms in which a voter names one option or more."""


def matter_lines(charter: Charter, matter: Matter, say: Language) -> Iterator[Line]:
    yield Line(1, say.say(f"matter.{matter.kind}", name=say.quoted(matter.name), title=matter.title))
    if matter.chamber is not None:
        yield Line(2, say.say("selection", chamber=say.quoted(matter.chamber)))
    yield Line(2, " ".join(_ballot(matter.ballot, say)))
    if matter.decision is not None:
        yield from decision_lines(charter, matter.name, matter.decision, 2, say)
    if matter.allocation is not None:
        yield from _allocation(matter.allocation, say)


def _ballot(ballot: BallotRules, say: Language) -> Iterator[str]:
    yield say.say(f"form.{ballot.form.value}")
    if ballot.form in CHOICES:
        yield _how_many(ballot, say)
    if ballot.min == 0:
        yield say.say("blank_allowed")
    yield from _worth(ballot, say)
    if ballot.budget_limit:
        yield say.say("budget_limit")
    yield say.say("revisable" if ballot.revisable else "not_revisable")
    yield say.say(f"secrecy.{ballot.secrecy.value}")


def _how_many(ballot: BallotRules, say: Language) -> str:
    least = max(ballot.min, 1)
    if ballot.most is None:
        return say.say("choose.at_least", least)
    if ballot.most == least:
        return say.say("choose.exactly", least)
    return say.say("choose.between", ballot.most, least=str(least))


def _worth(ballot: BallotRules, say: Language) -> Iterator[str]:
    """What points a ballot gives."""
    if ballot.points is not None:
        yield say.say(f"points.{ballot.points_use.value}", ballot.points)
    if ballot.max_per_option is not None:
        yield say.say("points.option", ballot.max_per_option)
    if ballot.form is not Form.RANKING:
        return
    if ballot.ranking_points is None:
        yield say.say("places.borda") if ballot.max is None else say.say("places.max", ballot.max)
    else:
        worth = say.listed(say.number(points) for points in ballot.ranking_points)
        yield say.say("places.declared", len(ballot.ranking_points), worth=worth)


def _allocation(allocation: AllocationRules, say: Language) -> Iterator[Line]:
    budget = say.say("budget", allocation.budget, currency=allocation.currency)
    yield Line(2, f"{budget} {say.say(f'rule.{allocation.rule.value}')}")
    if allocation.threshold is None:
        yield Line(2, say.say("threshold.none"))
    else:
        yield Line(2, say.say("threshold", allocation.threshold))
    steps = [say.say(f"break.{each.value}") for each in allocation.tie_break]
    if allocation.tie_break[-1] is not TieBreak.LOT:
        steps.append(say.say("break.lot"))
    yield Line(2, say.say("breaks", steps=say.say("breaks.then").join(steps)))
