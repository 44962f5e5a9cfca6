"""Amending a charter: only where it allows it, never what has begun, nor how votes already asked for are counted."""

from __future__ import annotations

import pytest

from kernel.events import Event
from kernel.refusal import Kind
from processes.domain.amendment import amend
from processes.domain.evolution import UNOPENED, evolve
from processes.domain.states import Open
from testkit.scenario import scenario
from tests.services.processes import building as a

amending = scenario(UNOPENED, evolve, amend)

IDEAS_OPEN = (a.phase_opened("ideas"),)
IDEAS_CLOSED = a.passed("ideas")
VOTE_OPEN = (*IDEAS_CLOSED, a.phase_opened("vote"))
VOTE_CLOSED = a.passed("ideas", "vote")

BUDGET = a.CHARTER.replace("budget: 1800000", "budget: 2000000")
CHAMBER = a.CHARTER.replace("title: Residents", "title: Everyone")
VOTE_LONGER = a.CHARTER.replace("title: Vote,", "title: Vote, closes: 2026-12-31,")
IDEAS_OTHERWISE = a.CHARTER.replace("title: Ideas, allows: [submit, revise]", "title: Ideas, allows: [submit]")
IDEAS_LAST = a.CHARTER.replace("allows: [submit, revise], next: vote", "allows: [submit, revise], next: null")
ONLY_IDEAS = "\n".join(
    line for line in IDEAS_LAST.splitlines() if not line.strip().startswith(("- {name: vote", "- {name: delivery"))
)
VOTE_ON_SOMETHING_ELSE = a.CHARTER.replace("votes: projects, ", "")
MOTIONS = a.CHARTER.replace("allows: [submit, revise]", "allows: [submit, move]")
ANOTHER_PHASE_BETWEEN = a.CHARTER.replace(
    "allows: [submit, revise], next: vote}",
    "allows: [submit, revise], next: talk}\n  - {name: talk, title: Talk, allows: [], next: vote}",
)
ANOTHER_PHASE_FIRST = a.CHARTER.replace(
    "phases:\n", "phases:\n  - {name: talk, title: Talk, allows: [], next: ideas}\n"
)


@pytest.mark.parametrize(
    ("before", "text", "changed"),
    [
        pytest.param((), BUDGET, "/matters/projects/allocation/budget", id="the budget before any phase"),
        pytest.param(IDEAS_OPEN, BUDGET, "/matters/projects/allocation/budget", id="the budget before the vote"),
        pytest.param(IDEAS_CLOSED, VOTE_LONGER, "/phases/vote/closes", id="when the vote closes, before it opens"),
        pytest.param(VOTE_OPEN, VOTE_LONGER, "/phases/vote/closes", id="when the vote closes, while it is open"),
        pytest.param(IDEAS_OPEN, IDEAS_OTHERWISE, "/phases/ideas/allows", id="what the open phase allows"),
    ],
)
def test_a_charter_is_amended_where_it_allows_it(before: tuple[Event, ...], text: str, changed: str) -> None:
    amending(a.opened(), *before).when(a.amend(text)).then(a.amended(a.CHARTER, text, changed))


def test_a_phase_may_be_put_after_what_has_begun() -> None:
    decided = amending(a.opened(), *IDEAS_CLOSED).when(a.amend(ANOTHER_PHASE_BETWEEN))
    decided.then(a.amended(a.CHARTER, ANOTHER_PHASE_BETWEEN, "/phases/ideas/next", "/phases/talk"))


def test_an_amended_process_keeps_what_happened_under_the_new_charter() -> None:
    event = a.amended(a.CHARTER, ANOTHER_PHASE_BETWEEN, "/phases/ideas/next", "/phases/talk")
    state = amending(a.opened(), *IDEAS_CLOSED, event).state
    assert isinstance(state, Open)
    assert state.course.phases == {"ideas": "closed", "talk": "waiting", "vote": "waiting", "delivery": "waiting"}
    following = state.course.next_phase()
    assert following is not None
    assert (following.name, state.course.amendments) == ("talk", 1)


@pytest.mark.parametrize(
    ("before", "text", "phase"),
    [
        pytest.param(IDEAS_CLOSED, IDEAS_OTHERWISE, "ideas", id="what a closed phase allowed"),
        pytest.param(IDEAS_OPEN, ANOTHER_PHASE_FIRST, "ideas", id="a phase put before the open one"),
        pytest.param(VOTE_OPEN, ANOTHER_PHASE_BETWEEN, "vote", id="a phase put before the open vote"),
        pytest.param(VOTE_OPEN, VOTE_ON_SOMETHING_ELSE, "vote", id="what the open vote is about"),
        pytest.param(VOTE_CLOSED, ONLY_IDEAS, "vote", id="a closed phase taken out"),
    ],
)
def test_refuses_to_rewrite_what_has_begun(before: tuple[Event, ...], text: str, phase: str) -> None:
    amending(a.opened(), *before).when(a.amend(text)).refused("amendment_rewrites_the_past", phase=phase)


def test_refuses_to_take_away_every_phase_still_to_come() -> None:
    amending(a.opened(), *IDEAS_CLOSED).when(a.amend(ONLY_IDEAS)).refused("amendment_leaves_no_phase", needed=1)


def test_the_open_phase_may_become_the_last() -> None:
    decided = amending(a.opened(), *IDEAS_OPEN).when(a.amend(ONLY_IDEAS))
    decided.then(a.amended(a.CHARTER, ONLY_IDEAS, "/phases/delivery", "/phases/ideas/next", "/phases/vote"))


@pytest.mark.parametrize(
    ("before", "text", "changed"),
    [
        pytest.param(VOTE_OPEN, BUDGET, "matters", id="the budget while people vote"),
        pytest.param(VOTE_CLOSED, BUDGET, "matters", id="the budget after the vote"),
        pytest.param(VOTE_OPEN, CHAMBER, "chambers", id="the chamber while people vote"),
    ],
)
def test_refuses_to_change_votes_once_they_could_be_cast(before: tuple[Event, ...], text: str, changed: str) -> None:
    decided = amending(a.opened(), *before).when(a.amend(text))
    decided.refused("amendment_after_voting_began", changed=changed, phase="vote")


def test_a_phase_in_which_motions_are_put_is_one_of_voting() -> None:
    chamber = MOTIONS.replace("title: Residents", "title: Everyone")
    decided = amending(a.opened(MOTIONS), *IDEAS_OPEN).when(a.amend(chamber))
    decided.refused("amendment_after_voting_began", changed="chambers", phase="ideas")
    amending(a.opened(MOTIONS)).when(a.amend(chamber)).then(a.amended(MOTIONS, chamber, "/chambers/residents/title"))


def test_voting_has_begun_also_where_the_open_phase_no_longer_allows_it() -> None:
    no_more_motions = a.amended(MOTIONS, a.CHARTER, "/phases/ideas/allows")
    decided = amending(a.opened(MOTIONS), *IDEAS_OPEN, no_more_motions).when(a.amend(CHAMBER))
    decided.refused("amendment_after_voting_began", changed="chambers", phase="ideas")


def test_voting_begins_also_where_the_open_phase_comes_to_allow_it() -> None:
    motions = a.amended(a.CHARTER, MOTIONS, "/phases/ideas/allows")
    chamber = MOTIONS.replace("title: Residents", "title: Everyone")
    decided = amending(a.opened(), *IDEAS_OPEN, motions).when(a.amend(chamber))
    decided.refused("amendment_after_voting_began", changed="chambers", phase="ideas")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(a.CHARTER, "amendment_changes_nothing", id="nothing changed"),
        pytest.param(a.CHARTER + "summary: New.\n", "amendment_not_allowed", id="a part that may not be amended"),
        pytest.param(a.CHARTER.replace("next: null", "next: ideas"), "phase_cycle", id="not a valid charter"),
        pytest.param(a.ENDLESS, "decision_not_carried", id="a matter of which no motion could be held"),
    ],
)
def test_refuses_an_amendment(text: str, reason: str) -> None:
    amending(a.opened()).when(a.amend(text)).refused(reason)


def test_an_older_charter_with_such_a_matter_may_still_be_amended() -> None:
    later = a.ENDLESS.replace("title: A budget", "title: A larger budget")
    amending(a.opened(a.ENDLESS)).when(a.amend(later)).then(a.amended(a.ENDLESS, later, "/title"))


def test_refuses_any_amendment_of_a_charter_that_allows_none() -> None:
    fixed = a.CHARTER[: a.CHARTER.index("amendment:")]
    longer = fixed.replace("title: A budget", "title: A larger budget")
    amending(a.opened(fixed)).when(a.amend(longer)).refused("amendment_not_allowed", paths="/title")


def test_refuses_to_amend_what_is_not_open() -> None:
    assert amending().when(a.amend(BUDGET)).refused("unknown_process").kind is Kind.NOT_FOUND
    amending(a.opened(), a.cancelled).when(a.amend(BUDGET)).refused("process_cancelled")
