"""Going through a decision: its parts, and the chambers and roles it names."""

from __future__ import annotations

from collections.abc import Iterator

from rules.decision.measures import CastingVote, SecondVote
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
)


def children(node: Decision) -> tuple[Decision, ...]:
    """The decisions that a decision combines, in order."""
    match node:
        case AllOf():
            return node.all_of
        case AnyOf():
            return node.any_of
        case AtLeast():
            return node.at_least.of
        case InSequence():
            return node.sequence
        case Veto():
            return (node.veto.of,)
        case Override():
            return (node.override.of, node.override.by)
        case TieBreak():
            return tuple(node.tie_break.options.values())
        case _:
            return ()


def parts(node: Decision) -> Iterator[Decision]:
    """The decision and everything in it, outermost first."""
    yield node
    for child in children(node):
        yield from parts(child)


def chambers_of(node: Decision) -> tuple[str, ...]:
    """The chambers that a decision may ask, each once, in the order in which it names them."""
    found: dict[str, None] = {}
    for part in parts(node):
        for chamber in _own_chambers(part):
            found[chamber] = None
    return tuple(found)


def roles_of(node: Decision) -> tuple[tuple[str, str], ...]:
    """(chamber, role) for each role that a decision gives a vote or a task to."""
    return tuple(pair for part in parts(node) for pair in _own_roles(part))


def advice_rules(node: Decision) -> dict[str, AdviceRule]:
    """The rule of each chamber that is asked for its opinion."""
    return {part.advice.chamber: part.advice for part in parts(node) if isinstance(part, Advised)}


def voting_chambers(node: Decision) -> frozenset[str]:
    """The chambers whose ballots a decision counts; advice and objections are not ballots."""
    votes = {part.chamber for part in parts(node) if isinstance(part, ChamberVote)}
    asked = {chamber for part in parts(node) if isinstance(part, TieBreak) for chamber in part.tie_break.question}
    return frozenset(votes | asked)


def objecting_chambers(node: Decision) -> frozenset[str]:
    """The chambers that may object to what was adopted or proposed."""
    vetoes = {part.veto.chamber for part in parts(node) if isinstance(part, Veto)}
    return frozenset(vetoes | {part.consent.chamber for part in parts(node) if isinstance(part, Consent)})


def single_answers(node: Decision) -> Iterator[tuple[str, str]]:
    """(chamber, what) for each thing a chamber is asked for that the evidence holds only once."""
    for part in parts(node):
        for chamber, role in _own_roles(part):
            yield chamber, f"the vote of {role}"
        if isinstance(part, ChamberVote) and "lot" in part.tie:
            yield part.chamber, "a lot"
        if isinstance(part, Advised):
            yield part.advice.chamber, "an opinion"
        if isinstance(part, (Veto, Consent)):
            yield (part.veto if isinstance(part, Veto) else part.consent).chamber, "objections"


def _own_chambers(node: Decision) -> tuple[str, ...]:
    match node:
        case ChamberVote():
            return (node.chamber,)
        case Advised():
            return (node.advice.chamber,)
        case Veto():
            return (node.veto.chamber,)
        case TieBreak():
            return node.tie_break.question
        case Consent():
            return (node.consent.chamber,)
        case _:
            return ()


def _own_roles(node: Decision) -> Iterator[tuple[str, str]]:
    if isinstance(node, ChamberVote):
        for step in node.tie:
            if isinstance(step, CastingVote):
                yield node.chamber, step.casting_vote
            elif isinstance(step, SecondVote):
                yield node.chamber, step.second_vote
        if node.two_votes is not None:
            yield node.chamber, node.two_votes
    elif isinstance(node, Consent) and node.consent.tester is not None:
        yield node.consent.chamber, node.consent.tester
