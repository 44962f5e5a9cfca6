"""The lean way in which a ballot writes its payload gives the same bytes as every event's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ballots.domain.events import BallotCast
from kernel import canonical
from kernel.events import Event

NAMES = st.from_regex(r"[^\s\x00-\x1f\x7f]{1,20}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
CHOICES = st.one_of(TEXTS, st.lists(TEXTS, max_size=4), st.dictionaries(TEXTS, TEXTS, max_size=4))


@given(box=NAMES, voter=NAMES, channel=NAMES, choice=CHOICES, replaces=st.none() | st.integers(1, 2**53 - 1))
def test_a_ballots_payload_is_the_canonical_json_of_its_fields(**fields: Any) -> None:
    event = BallotCast(**fields)
    assert event.payload() == canonical.dumps(event.model_dump(mode="json")) == Event.payload(event)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('p"1\\', id="quotes and backslashes"),
        pytest.param("é/ü/漢", id="letters beyond ASCII"),
        pytest.param("a\u007f\u2028\u2029\u0000\u001f\b\f\n\r\t", id="control characters and line separators"),
        pytest.param("\ue000", id="sorted by UTF-16: private use comes after an emoji"),
        pytest.param("😀", id="an emoji comes before private use"),
    ],
)
def test_a_choices_options_are_escaped_and_sorted_as_rfc_8785_says(name: str) -> None:
    points = {name: "1", "\ue000": "2", "😀": "3", "a": "4"}
    event = BallotCast(box="b", voter="v", choice=points, channel="web", replaces=None)
    assert event.payload() == canonical.dumps(event.model_dump(mode="json"))
    assert json.loads(event.payload())["choice"] == points


def test_a_ballot_is_checked_when_it_is_read_back() -> None:
    event = BallotCast(box="b", voter="v", choice=["p1"], channel="web", replaces=1)
    assert BallotCast.model_validate_json(event.payload()) == event
    with pytest.raises(ValidationError):
        BallotCast.model_validate_json(event.payload().replace(b'"v"', b'"two words"'))


def test_a_text_that_utf_8_cannot_hold_is_no_ballot() -> None:
    with pytest.raises(ValidationError):
        BallotCast(box="b", voter="\ud800", choice="yes", channel="web", replaces=None)
