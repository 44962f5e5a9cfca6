"""A whole number longer than Python writes is refused wherever it stands in a charter, and told to be too long."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from kernel.numbers import WIDE_DIGITS
from kernel.refusal import Refused
from rules.charter import parse_charter
from tests.rules.building import charter_data
from tests.rules.rich_changes import rich

HUGE = 10**5000
LONG = f"a number of more than {WIDE_DIGITS} digits"


def places(at: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value of a document, but the document itself."""
    for key, value in at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ():
        yield (*way, key)
        yield from places(value, (*way, key))


WAYS = list(places(rich().to_json()))


@pytest.mark.parametrize("number", [HUGE, -HUGE], ids=["above", "below"])
def test_in_any_place_of_a_charter(number: int) -> None:
    assert len(WAYS) > 300
    for *way, last in WAYS:
        data = at = deepcopy(rich().to_json())
        for key in way:
            at = at[key]
        at[last] = number
        refused = parse_charter(data)
        assert isinstance(refused, Refused), (*way, last)
        assert refused.details["found"] == LONG
        assert "Exceeds" not in refused.sentence()


@pytest.mark.parametrize(
    ("data", "field", "found"),
    [
        pytest.param({"comitia": HUGE}, "comitia", LONG, id="alone"),
        pytest.param(HUGE, "charter", LONG, id="in place of a charter"),
        pytest.param(charter_data(title={HUGE: 1}), "title", f"a mapping with {LONG}", id="as a name"),
        pytest.param(charter_data(title=10**50), "title", f"1{'0' * 50}", id="a long one that is written"),
    ],
)
def test_one_that_stands(data: Any, field: str, found: str) -> None:
    refused = parse_charter(data)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details["field"], refused.details["found"]) == ("charter_invalid", field, found)
