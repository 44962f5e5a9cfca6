"""The gate: what may be done is what the open phase of an open process allows."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.refusal import Kind
from proposals.application import ACTIONS
from proposals.domain.process import Process, refuse_unless_allowed
from proposals.domain.submission import SubmitProposal
from tests.services.proposals import building as a


def test_the_open_phase_lets_through_what_it_allows() -> None:
    assert refuse_unless_allowed(a.process(), "submit") is None


@pytest.mark.parametrize(
    ("changes", "action", "numbers"),
    [
        pytest.param(
            {},
            "review",
            {"phase": "ideas", "action": "review", "allowed": "submit, revise", "phases_allowing": "review"},
            id="the open phase does not allow it, a later one does",
        ),
        pytest.param(
            {"phase": "vote"},
            "revise",
            {"phase": "vote", "allowed": "vote", "phases_allowing": "ideas, review"},
            id="two other phases do",
        ),
        pytest.param({}, "deliver", {"phase": "ideas", "phases_allowing": ""}, id="no phase does"),
        pytest.param({"phase": None}, "submit", {"phase": None, "allowed": ""}, id="no phase is open"),
    ],
)
def test_refuses_what_the_open_phase_does_not_allow(
    changes: dict[str, Any], action: str, numbers: dict[str, Any]
) -> None:
    refused = refuse_unless_allowed(a.process(**changes), action)
    assert refused is not None
    assert refused.reason == "action_not_allowed_in_phase"
    assert numbers.items() <= dict(refused.details).items()


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_refuses_everything_once_the_process_has_ended(status: str) -> None:
    refused = refuse_unless_allowed(a.process(status=status), "submit")
    assert refused is not None
    assert refused.reason == f"process_{status}"
    assert "open another process" in refused.sentence()


def test_refuses_everything_in_a_process_that_nobody_opened() -> None:
    refused = refuse_unless_allowed(Process(process_id="nowhere"), "submit")
    assert refused is not None
    assert (refused.reason, refused.kind) == ("unknown_process", Kind.NOT_FOUND)


def test_every_command_has_an_action() -> None:
    assert ACTIONS[SubmitProposal] == "submit"
    assert set(ACTIONS.values()) == {"submit", "revise", "withdraw", "review", "shortlist", "deliver"}
