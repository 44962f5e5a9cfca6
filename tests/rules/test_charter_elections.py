"""A selection is decided by an allocation or by an election, whose method counts what its ballot asks for."""

from __future__ import annotations

from typing import Any

import pytest

from rules.charter import charter_hash
from tally.election import Method
from tests.rules.building import chamber, charter_data, motion, parsed, refused, selection

RANKING: dict[str, Any] = {"form": "ranking"}
GRADES: dict[str, Any] = {"form": "grades", "grades": ["good", "bad"]}
QUADRATIC: dict[str, Any] = {"form": "quadratic", "credits": 4}
EQUAL_SHARES = {"rule": "equal-shares", "budget": "10", "utility": "cost"}


def elected(ballot: dict[str, Any], method: str = "schulze", **more: Any) -> dict[str, Any]:
    """A charter whose selection is an election."""
    matter = selection(ballot=ballot, election={"method": method}, **more)
    del matter["allocation"]
    return charter_data(matters=[matter | more])


def paid(ballot: dict[str, Any], allocation: dict[str, Any] | None = None) -> dict[str, Any]:
    """A charter whose selection shares out a budget."""
    matter = selection(ballot=ballot)
    return charter_data(matters=[matter | ({"allocation": allocation} if allocation else {})])


@pytest.mark.parametrize("method", list(Method))
def test_every_method_counts_its_own_ballot_and_no_other(method: Method) -> None:
    fits, other = (GRADES, RANKING) if method is Method.MAJORITY_JUDGMENT else (RANKING, GRADES)
    assert parsed(elected(fits, method)).matters[0].election is not None
    for ballot in (other, {"form": "approval"}, {"form": "yes_no_abstain"}, QUADRATIC):
        why = refused(elected(ballot, method))
        assert (why.reason, why.details["field"]) == ("wrong_form", "matters[0].ballot.form")


PAID = {
    "approval": ({"form": "approval"}, None),
    "quadratic votes": (QUADRATIC, None),
    "quadratic votes, also against, where totals decide": (QUADRATIC | {"votes_against": True}, None),
    "quadratic votes for, where whole ballots decide": (QUADRATIC, EQUAL_SHARES),
    "a knapsack": ({"form": "approval", "budget_limit": True}, EQUAL_SHARES),
    "an order by lot": ({"form": "approval", "order": "lot"}, None),
}


@pytest.mark.parametrize(("ballot", "allocation"), PAID.values(), ids=PAID.keys())
def test_money_follows(ballot: dict[str, Any], allocation: dict[str, Any] | None) -> None:
    assert parsed(paid(ballot, allocation)).matters[0].allocation is not None


REFUSED = {
    "both ways": (
        charter_data(matters=[selection(ballot=RANKING, election={"method": "irv"})]),
        "decided_twice", "matters[0]", "allocation and election",
    ),
    "neither way": (
        charter_data(matters=[selection(allocation=None)]), "allocation_missing", "matters[0]", "a selection without allocation",
    ),
    "an election of a motion": (
        charter_data(matters=[motion(chamber()) | {"election": {"method": "irv"}}]),
        "not_for_motions", "matters[0]", "chamber, allocation or election",
    ),
    "grades that money cannot follow": (paid(GRADES), "wrong_form", "matters[0].ballot.form", "'grades' with an allocation"),
    "a knapsack without a budget": (
        elected(RANKING | {"budget_limit": True}), "no_budget", "matters[0].ballot.budget_limit", "a budget_limit in an election",
    ),
    "votes against, paid by voters": (
        paid(QUADRATIC | {"votes_against": True}, EQUAL_SHARES),
        "votes_against_paid", "matters[0].ballot.votes_against", "votes against with equal-shares",
    ),
    "two seats of one": (
        charter_data(matters=[{**elected(RANKING)["matters"][0], "election": {"method": "irv", "seats": 2}}]),
        "charter_invalid", "matters[0].election", "a mapping with method, seats",
    ),
    "an unknown method": (elected(RANKING, "plurality"), "charter_invalid", "matters[0].election.method", "'plurality'"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "reason", "field", "found"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(data: dict[str, Any], reason: str, field: str, found: str) -> None:
    why = refused(data)
    assert (why.reason, why.details["field"], why.details["found"]) == (reason, field, found)


def test_a_charter_with_neither_an_election_nor_new_limits_keeps_the_bytes_that_were_hashed() -> None:
    charter = parsed(charter_data(matters=[selection(), motion(chamber(), "law")]))
    assert all("election" not in matter for matter in charter.to_json()["matters"])
    assert charter_hash(charter) == charter_hash(parsed(charter.to_json()))
