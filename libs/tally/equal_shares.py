"""Every voter has an equal share and pays only for what they support; cheapest for its utility first, ties as declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tally import add1, greedy
from tally.allocation_rules import Completion, Utility
from tally.comparison import compare
from tally.consideration import Step
from tally.equal_shares_run import Market, Run, market
from tally.forms import Option
from tally.funding import Funded, Vote, decimal
from tally.payments import EqualSharesRecord, rounds_of
from tally.support import Support, support
from tally.ties import TieBreaker

ONE_BY_ONE = (Completion.ADD1, Completion.ADD1U)
THEN_GREEDY = (Completion.ADD1U, Completion.GREEDY)


def fund(vote: Vote) -> Funded:
    """Peters, Pierczyński, Skowron, Proportional Participatory Budgeting with Additive Utilities (NeurIPS 2021), §3.

    Each weight has the same share of the budget. An option is bought when its supporters can pay for it: each pays the
    same for each point of support, or all they have left. What is free is bought first. Completions and the comparison
    are equalshares.net's. Incomplete when `vote.breaker` then needs a seed.
    """
    eligible = vote.eligible()
    free = [option for option in vote.ranked(eligible) if not option.price]
    priced = {name: Fraction(option.price) for name, option in eligible.items() if option.price}
    ballots = support(vote.groups, eligible)
    by_cost = vote.rules.utility is Utility.COST
    step = vote.rules.step or Fraction(1)
    shop = market(ballots, priced, by_cost=by_cost, budget=vote.budget, step=step)
    repeated = None
    if vote.rules.completion in ONE_BY_ONE:
        repeated = add1.add(shop, lambda share: _run(vote, shop, share, _afresh(vote.breaker)))
    steps = 0 if repeated is None else repeated.steps
    share = shop.share + steps * shop.step
    run = _run(vote, shop, share, vote.breaker)
    if vote.breaker.needs is not None:
        return Funded(())
    rounds, unbought = rounds_of(shop, share, run.bought)
    record = EqualSharesRecord(
        utility=vote.rules.utility or Utility.COST,
        weight=Fraction(ballots.total, ballots.unit),
        share=Fraction(share * ballots.unit, shop.coin),
        added=steps * step,
        steps=None if repeated is None else repeated.steps,
        stopped=None if repeated is None else repeated.stopped,
        rounds=rounds,
        unbought=unbought,
        completed=(),
        comparison=None,
    )
    return _compared(vote, ballots, _completed(vote, eligible, free, record))


def _afresh(breaker: TieBreaker) -> TieBreaker:
    """A tie-breaker in the same state: of add1's repetitions, only the last leaves its ties on the record."""
    return TieBreaker(breaker.tie_break, breaker.supporters, breaker.seed, lots=breaker.lots)


def _run(vote: Vote, shop: Market, share: int, breaker: TieBreaker) -> Run:
    def choose(tied: Sequence[int], price: Fraction) -> int | None:
        by_name = {shop.options[place]: place for place in tied}
        first = breaker.order([vote.options[name] for name in by_name], price)[0]
        if breaker.needs is not None:
            vote.breaker.needs = breaker.needs
            return None
        return by_name[first.option]

    return Run(shop, share, choose, shop.budget).finish()


def _completed(vote: Vote, eligible: Mapping[str, Option], free: Sequence[Option], record: EqualSharesRecord) -> Funded:
    """The options bought, and after them those that the money left is enough for, where that is declared."""
    steps: list[Step] = []
    remaining = vote.budget
    for option in free:
        steps.append(Step(option.option, vote.score(option.option), Fraction(0), remaining, True, "costs nothing"))
    for each in record.rounds:
        why = f"bought by its supporters at {decimal(each.price, 2)} for each point of support"
        steps.append(Step(each.option, vote.score(each.option), each.cost, remaining, True, why))
        remaining -= each.cost
    money = {each.option: each.money for each in record.unbought}
    taken = {step.option for step in steps}
    others = {name: option for name, option in eligible.items() if name not in taken}
    if vote.rules.completion in THEN_GREEDY:
        added = tuple(greedy.steps(vote.in_order(others), remaining))
        completed = tuple(step.option for step in added if step.taken)
        told = tuple(replace(step, why="fits what is left: completion") if step.taken else step for step in added)
        return Funded((*steps, *told), replace(record, completed=completed))
    for option in vote.ranked(others):
        why = f"costs more than its supporters have left: {decimal(money.get(option.option, Fraction(0)), 2)}"
        cost = Fraction(option.price)
        steps.append(Step(option.option, vote.score(option.option), cost, remaining, False, why))
    return Funded(tuple(steps), record)


def _compared(vote: Vote, ballots: Support, funded: Funded) -> Funded:
    record = funded.record
    if vote.rules.comparison is None or not isinstance(record, EqualSharesRecord):
        return funded
    other = Funded(tuple(greedy.steps(vote.in_order(vote.eligible()), vote.budget)))
    found = compare(vote.rules.comparison, ballots, funded.winners, other.winners)
    steps = other.steps if found.greedy_is_preferred else funded.steps
    return Funded(steps, replace(record, comparison=found))
