"""Of two adopted options the one all chambers prefer wins; if they disagree, the larger sum of shares; equal sums stay tied."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kernel.numbers import show
from rules.decision.at_least import combine
from rules.decision.evidence import VoteCount
from rules.decision.measures import Base, Majority, Measured
from rules.decision.model import TieBreak, as_logged
from rules.decision.outcome import Outcome, Reason, Status
from rules.decision.reading import read_ballot
from rules.decision.result import Question, together

PREFERS = Majority(more_than=Fraction(1, 2), of=Base.EXPRESSED)


def evaluate(node: TieBreak, question: Question) -> Outcome:
    """BV 139b: `yes` on the tie-break question prefers one option, `no` the other; all is asked at once."""
    names = node.tie_break.preferred()
    listed = sorted(names, key=as_logged)
    options = question.ask_all(tuple(node.tie_break.options[name] for name in listed))
    answers, counts = _answers(node, question)
    parts = (*options, *answers)
    if any(part.status is Status.PENDING for part in parts):
        return together(Status.PENDING, parts)
    adopted = [name for name, option in zip(listed, options, strict=True) if option.status is Status.ADOPTED]
    if len(adopted) < 2:
        alone = combine("tie_break", 1, options)
        return replace(alone, choice=adopted[0] if adopted else None)
    chosen, reason = _prefer(names, counts)
    outcome = together(Status.TIED if chosen is None else Status.ADOPTED, parts, reason)
    return replace(outcome, choice=chosen)


def _answers(node: TieBreak, question: Question) -> tuple[list[Outcome], list[VoteCount]]:
    answers: list[Outcome] = []
    counts: list[VoteCount] = []
    for chamber in node.tie_break.question:
        measured = Measured(chamber=chamber, majority=PREFERS, tie=())
        reading = read_ballot(measured, question.evidence, question.used.get(chamber, 0) + 1)
        answers.append(reading.outcome(chamber, dict(question.used)))
        counts.append(reading.count or VoteCount())
    return answers, counts


def _prefer(names: tuple[str, ...], counts: list[VoteCount]) -> tuple[str | None, Reason]:
    first, second = names
    if all(count.yes > count.no for count in counts):
        return first, Reason("tie_break", f"every chamber prefers {first}")
    if all(count.no > count.yes for count in counts):
        return second, Reason("tie_break", f"every chamber prefers {second}")
    for_first = sum((_share(count.yes, count) for count in counts), Fraction(0))
    for_second = sum((_share(count.no, count) for count in counts), Fraction(0))
    numbers = {first: for_first, second: for_second}
    said = f"the chambers disagree; sums of shares: {first} {show(for_first)}, {second} {show(for_second)}"
    if for_first == for_second:
        return None, Reason("tie_break", f"{said}: tied", None, numbers)
    chosen = first if for_first > for_second else second
    return chosen, Reason("tie_break", f"{said}: {chosen} is taken", None, numbers)


def _share(part: Fraction, count: VoteCount) -> Fraction:
    whole = count.yes + count.no
    return part / whole if whole else Fraction(0)
