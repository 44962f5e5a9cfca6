"""Opening and cancelling a process: once under its id, under a valid charter; cancelled for good."""

from __future__ import annotations

import hashlib

import pytest
from pydantic import ValidationError

from kernel import canonical
from kernel.events import Event
from kernel.refusal import Kind
from processes.domain.cancellation import cancel
from processes.domain.evolution import UNOPENED, evolve
from processes.domain.opening import open_process
from processes.domain.states import show_process
from testkit.scenario import scenario
from tests.services.processes import building as a

opening = scenario(UNOPENED, evolve, open_process)
cancelling = scenario(UNOPENED, evolve, cancel)


def test_a_process_opens_with_its_charter_whole_and_hashed() -> None:
    event = a.opened()
    opening().when(a.open_process()).then(event)
    assert event.charter_hash == hashlib.sha256(canonical.dumps(event.charter)).hexdigest()
    assert event.charter["matters"][0]["allocation"]["budget"] == "1800000"


def test_one_charter_has_one_hash_however_it_is_written() -> None:
    spread = a.CHARTER.replace(
        "{name: residents, title: Residents}", "name: residents\n    title: 'Residents'  # all\n    roles: []"
    )
    assert spread != a.CHARTER
    opening().when(a.open_process(charter_yaml=spread)).then(a.opened())


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((a.opened(),), id="that is open"),
        pytest.param((a.opened(), a.cancelled), id="that was cancelled"),
    ],
)
def test_refuses_the_id_of_a_process(before: tuple[Event, ...]) -> None:
    assert opening(*before).when(a.open_process()).refused("process_exists").kind is Kind.EXISTS


def test_refuses_a_charter_of_which_a_motion_could_never_end() -> None:
    refused = opening().when(a.open_process(charter_yaml=a.ENDLESS)).refused("decision_not_carried", matter="advice")
    assert "ask the one it is derived from" in str(refused.details["found"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "charter_not_yaml", id="nothing"),
        pytest.param("{", "charter_not_yaml", id="not YAML"),
        pytest.param(a.CHARTER + "colour: blue\n", "charter_invalid", id="an unknown field"),
        pytest.param(a.CHARTER.replace("next: null", "next: ideas"), "phase_cycle", id="a cycle of phases"),
        pytest.param(a.CHARTER.replace("votes: projects", "votes: roads"), "unknown_matter", id="an unknown matter"),
        pytest.param(a.CHARTER.replace("name: vote,", "name: ideas,"), "name_twice", id="two phases of one name"),
    ],
)
def test_refuses_a_charter_that_is_not_valid(text: str, reason: str) -> None:
    refused = opening().when(a.open_process(charter_yaml=text)).refused(reason)
    assert refused.kind is Kind.INVALID


@pytest.mark.parametrize("process_id", ["", "Upper", "-first", "a/b", "a b", "x" * 64, "é"])
def test_refuses_an_id_that_would_not_fit_an_origin(process_id: str) -> None:
    with pytest.raises(ValidationError, match="process_id"):
        a.open_process(process_id=process_id)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((), id="before any phase"),
        pytest.param((a.phase_opened("ideas"),), id="while a phase is open"),
        pytest.param(a.passed("ideas", "vote"), id="between two phases"),
    ],
)
def test_an_open_process_can_be_cancelled(before: tuple[Event, ...]) -> None:
    cancelling(a.opened(), *before).when(a.cancel()).then(a.cancelled)


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        pytest.param((), "unknown_process", id="that nobody opened"),
        pytest.param((a.opened(), a.cancelled), "process_cancelled", id="twice"),
        pytest.param(
            (a.opened(), *a.passed("ideas", "vote", "delivery"), a.completed), "process_completed", id="once completed"
        ),
    ],
)
def test_refuses_to_cancel_a_process(before: tuple[Event, ...], reason: str) -> None:
    cancelling(*before).when(a.cancel()).refused(reason)


def test_a_cancelled_process_shows_the_phase_it_was_in_and_why() -> None:
    shown = show_process(cancelling(a.opened(), a.phase_opened("ideas"), a.cancelled).state)
    assert shown is not None
    assert (shown["status"], shown["phase"]) == ("cancelled", "ideas")
    assert shown["cancelled"] == {"reason": "no money", "authority": "the council"}


def test_before_it_is_opened_there_is_no_process_to_show() -> None:
    assert show_process(UNOPENED) is None
