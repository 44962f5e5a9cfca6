"""Naming laureates: ranked as the allocation took them, and only what stood on the matter's shortlist."""

from __future__ import annotations

import pytest

from kernel.events import Event
from proposals.domain.evolution import UNSUBMITTED, evolve
from proposals.domain.laureates import BoxTallied, name_laureate
from testkit.scenario import scenario
from tests.services.proposals import building as a

naming = scenario(UNSUBMITTED, evolve, name_laureate)

TALLIED = BoxTallied(process_id=a.PROCESS, box="projects", matter="projects", winners=("tree", a.BENCH))


def test_a_winner_is_ranked_by_its_place_among_the_winners() -> None:
    second = a.laureate.model_copy(update={"rank": 2})
    naming(a.submitted, a.feasible, a.shortlisted).when(a.BENCH, TALLIED).then(second)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((), id="that was never submitted"),
        pytest.param((a.submitted, a.feasible), id="that was not shortlisted"),
        pytest.param((a.submitted, a.feasible, a.shortlisted, a.laureate), id="that is a laureate already"),
        pytest.param(
            (a.submitted, a.feasible, a.shortlisted.model_copy(update={"matter": "roads"})),
            id="that stands on another matter's shortlist",
        ),
    ],
)
def test_names_nothing_for_a_proposal(before: tuple[Event, ...]) -> None:
    naming(*before).when(a.BENCH, TALLIED).then()
