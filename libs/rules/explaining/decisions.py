"""A decision: when a motion is adopted, operator by operator, each part below what combines it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from rules.decision.measures import Base, CastingVote, Majority, Measured, Presence, Quorum, SecondVote, TieStep
from rules.decision.model import (
    AdviceRule,
    Advised,
    AllOf,
    AnyOf,
    AtLeast,
    ChamberVote,
    Consent,
    Decision,
    InSequence,
    Override,
    TieBreak,
    Veto,
    VetoRule,
)
from rules.explaining.language import Language, Line

if TYPE_CHECKING:
    from rules.charter import Charter

HALF = Fraction(1, 2)
SETTLED = ("reject", "lot")
NAMED_MAJORITIES = {Base.EXPRESSED: "majority.simple", Base.MEMBERS: "majority.absolute"}


@dataclass(frozen=True, slots=True)
class Voice(Language):
    """The language, and the chambers whose members are units: what is said of ballots on paper is not said of them."""

    units: frozenset[str]


Told: TypeAlias = Callable[[Any, str, int, Voice], Iterator[Line]]
"""A node, the beginning of its sentence (a motion is adopted …), its depth, the language."""


def decision_lines(charter: Charter, matter: str, decision: Decision, depth: int, language: Language) -> Iterator[Line]:
    """When a motion of the matter is adopted."""
    derived = frozenset(chamber.name for chamber in charter.chambers if chamber.derived is not None)
    told = (language.code, language.phrases, language.thousands, language.point, language.is_one, language.contract)
    say = Voice(*told, derived)
    if isinstance(decision, Advised):
        yield from _advice(decision, say.say("on.motion", matter=say.quoted(matter)), depth, say)
        return
    yield from _told(decision, say.say("adopted.motion", matter=say.quoted(matter)), depth, say)


def _told(node: Decision, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    yield from TOLD[type(node)](node, adopted, depth, say)


def _parts(nodes: Sequence[Decision], depth: int, say: Voice) -> Iterator[Line]:
    for number, node in enumerate(nodes, 1):
        head = say.say("on.part" if isinstance(node, Advised) else "adopted.part", number=str(number))
        yield from _told(node, head, depth, say)


def _vote(node: ChamberVote, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    majority = majority_clause(node.majority, say, units=node.chamber in say.units)
    yield Line(depth, say.say("vote", adopted=adopted, chamber=say.quoted(node.chamber), majority=majority))
    if node.two_votes is not None:
        yield Line(depth + 1, say.say("two_votes", role=say.quoted(node.two_votes)))
    if node.quorum is not None:
        yield Line(depth + 1, quorum_sentence(node.quorum, say))
    if node.chamber not in say.units:
        yield Line(depth + 1, say.say(f"blank.{node.blank.value}"))
    yield Line(depth + 1, _ties(node, say))


def majority_clause(majority: Majority, say: Language, *, units: bool = False) -> str:
    """When the votes in favour are enough: more than half of …; `units` when units vote, not people."""
    if majority.votes is not None:
        return say.say("majority.votes", majority.votes)
    strict, share = majority.more_than is not None, majority.share or Fraction(0)
    amount = say.more_than(share) if strict else say.at_least(share)
    clause = say.say(
        "majority.share", amount=amount, of=say.say(f"{'units_of' if units else 'of'}.{majority.of.value}")
    )
    name = NAMED_MAJORITIES.get(majority.of) if majority.more_than == HALF and not units else None
    return clause if name is None else say.say(name, clause=clause)


def quorum_sentence(quorum: Quorum, say: Language) -> str:
    """Who must have voted, counted how, and what follows when they have not."""
    rules, counted = _presence(quorum, say)
    if quorum.second_call is None:
        return say.say("quorum", rules=rules, counted=counted)
    again, counted_again = _presence(quorum.second_call, say)
    return say.say("quorum.second_call", rules=rules, counted=counted, again=again, counted_again=counted_again)


def _presence(presence: Presence, say: Language) -> tuple[str, str]:
    """How many must have voted, and by what they are counted."""
    rules = []
    if presence.more_than is not None:
        rules.append(say.say("quorum.share", amount=say.more_than(presence.more_than)))
    if presence.at_least is not None:
        rules.append(say.say("quorum.share", amount=say.at_least(presence.at_least)))
    if presence.seats is not None:
        rules.append(say.say("quorum.seats", presence.seats))
    counted = "heads" if presence.seats is not None else presence.count
    return say.listed(rules), say.say(f"quorum.{counted}")


def _ties(node: Measured, say: Language) -> str:
    if node.majority.share != HALF:
        return say.say("tie.never")
    steps = [_step(step, say) for step in node.tie]
    if not node.tie or node.tie[-1] not in SETTLED:
        steps.append(say.say("tie.open"))
    return say.say("tie", steps=say.say("tie.then").join(steps))


def _step(step: TieStep, say: Language) -> str:
    if isinstance(step, CastingVote):
        return say.say("tie.casting_vote", role=say.quoted(step.casting_vote))
    if isinstance(step, SecondVote):
        return say.say("tie.second_vote", role=say.quoted(step.second_vote))
    return say.say(f"tie.{step}")


def _all_of(node: AllOf, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    yield Line(depth, say.say("all_of", adopted=adopted))
    yield from _parts(node.all_of, depth + 1, say)


def _any_of(node: AnyOf, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    yield Line(depth, say.say("any_of", adopted=adopted))
    yield from _parts(node.any_of, depth + 1, say)


def _at_least(node: AtLeast, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    rule = node.at_least
    yield Line(depth, say.say("at_least.of", rule.k, adopted=adopted, parts=str(len(rule.of))))
    yield from _parts(rule.of, depth + 1, say)


def _sequence(node: InSequence, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    yield Line(depth, say.say("sequence", adopted=adopted))
    yield from _parts(node.sequence, depth + 1, say)


def _advice(node: Advised, on: str, depth: int, say: Voice) -> Iterator[Line]:
    rule: AdviceRule = node.advice
    deadline = say.duration(rule.deadline)
    yield Line(depth, say.say("advice", on=on, chamber=say.quoted(rule.chamber), deadline=deadline))
    yield Line(depth + 1, say.say("advice.positive", majority=majority_clause(rule.majority, say)))
    if rule.quorum is not None:
        yield Line(depth + 1, f"{quorum_sentence(rule.quorum, say)} {say.say('advice.inquorate')}")
    yield Line(depth + 1, say.say(f"blank.{rule.blank.value}"))
    yield Line(depth + 1, say.say(f"silence.{rule.silence.value}"))


def _veto(node: Veto, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    rule = node.veto
    yield Line(depth, say.say("veto", adopted=adopted, chamber=say.quoted(rule.chamber)))
    window, enough = say.duration(rule.window), _objections(rule, say)
    yield Line(depth + 1, say.say("veto.window", window=window, enough=enough))
    yield from _parts((rule.of,), depth + 1, say)


def _objections(rule: VetoRule, say: Language) -> str:
    if rule.members is not None:
        return say.say("veto.members", rule.members)
    if rule.more_than is not None:
        return say.say("veto.share", amount=say.more_than(rule.more_than))
    return say.say("veto.share", amount=say.at_least(rule.at_least or Fraction(0)))


def _override(node: Override, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    yield Line(depth, say.say("override", adopted=adopted))
    yield from _parts((node.override.of, node.override.by), depth + 1, say)


def _tie_break(node: TieBreak, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    rule = node.tie_break
    first, second = rule.preferred()
    yield Line(depth, say.say("tie_break", adopted=adopted, first=say.quoted(first), second=say.quoted(second)))
    for name, option in rule.options.items():
        head = "on.option" if isinstance(option, Advised) else "adopted.option"
        yield from _told(option, say.say(head, option=say.quoted(name)), depth + 1, say)
    question, count = say.names(rule.question), len(rule.question)
    told = say.say("tie_break.question", count, first=say.quoted(first), second=say.quoted(second), chambers=question)
    yield Line(depth + 1, told)
    yield Line(depth + 1, say.say("tie_break.disagree"))


def _consent(node: Consent, adopted: str, depth: int, say: Voice) -> Iterator[Line]:
    rule = node.consent
    window = say.duration(rule.window)
    yield Line(depth, say.say("consent", adopted=adopted, chamber=say.quoted(rule.chamber), window=window))
    if rule.tester is None:
        yield Line(depth + 1, say.say("consent.untested"))
        return
    yield Line(depth + 1, say.say("consent.tested", len(rule.criteria), role=say.quoted(rule.tester)))
    for criterion in rule.criteria:
        yield Line(depth + 2, say.quoted(criterion))


TOLD: Mapping[type[Any], Told] = {
    ChamberVote: _vote,
    AllOf: _all_of,
    AnyOf: _any_of,
    AtLeast: _at_least,
    InSequence: _sequence,
    Advised: _advice,
    Veto: _veto,
    Override: _override,
    TieBreak: _tie_break,
    Consent: _consent,
}
"""How each operator is told: one for every one that a charter may write."""
