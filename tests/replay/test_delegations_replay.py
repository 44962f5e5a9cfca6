"""The replay of delegations that no service would write: whatever their fields hold, it finds fault and goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.charter import Charter, parse_charter
from tests.replay.test_process_replay import replayed
from tests.rules.building import charter_data, patient

GIVEN, REVOKED = "chambers.DelegationGiven", "chambers.DelegationRevoked"
RIGHT: dict[str, Any] = {"chamber": "board", "member": "ana", "delegate": "bo", "kind": "liquid", "matter": None}
NOBODY: dict[str, Any] = {"from": None, "until": None}
BOARD: list[dict[str, Any]] = [
    {"member": name, "weight": "1", "roles": [], "unit": None, "mandate": NOBODY} for name in ("ana", "bo")
]


def charter() -> dict[str, Any]:
    board = {"name": "board", "title": "The board", "roles": ["chair"], "delegation": {"liquid": True}}
    found = parse_charter(charter_data(chambers=[board]))
    assert isinstance(found, Charter)
    return found.to_json()


def said_of(type_: str, data: dict[str, Any]) -> list[str]:
    """What is found in a history whose last event is this one."""
    sitting = ("processes.PhaseOpened", {"phase": "sittings", "trigger": "command", "due": None})
    enrolled = ("chambers.MembersEnrolled", {"chamber": "board", "members": BOARD})
    found = replayed(sitting, enrolled, (type_, data), charter=charter())
    return [each for each in found if "stream_id" not in each]


def test_a_delegation_as_it_should_be_has_no_fault() -> None:
    assert said_of(GIVEN, RIGHT) == []


def test_one_that_was_never_given_cannot_be_taken_back() -> None:
    (found,) = said_of(REVOKED, {"chamber": "board", "member": "ana", "matter": None})
    assert found == "delegations: event 3: delegation: expected one of ana, found (nothing)"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=3,
)


@patient
@given(st.sampled_from([GIVEN, REVOKED]), st.sampled_from(list(RIGHT)), JSON)
def test_a_field_that_holds_anything_else_is_found_or_harmless(type_: str, field: str, value: Any) -> None:
    found = said_of(type_, {**RIGHT, field: value})
    harmless = type_ == GIVEN and json.dumps(RIGHT[field]) == json.dumps(value)
    assert bool(found) != harmless


@pytest.mark.parametrize("field", RIGHT)
def test_a_field_that_is_missing_is_found(field: str) -> None:
    without = {name: value for name, value in RIGHT.items() if name != field}
    assert any(each.startswith("indexes: event 3: payload: expected the fields of") for each in said_of(GIVEN, without))
