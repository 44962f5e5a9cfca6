"""Each count says all that it always said: winners, rounds, transfers, payments, ties and why."""

from __future__ import annotations

import pytest

from tally.allocation import Rule
from tally.election import Method
from tally.forms import Form
from tests.tally.counts_in_full import COUNTS, WRITTEN, in_full

KNOWN = dict(part.split("\n", 1) for part in WRITTEN.read_text(encoding="utf-8").rstrip("\n").split("\n\n"))


@pytest.mark.parametrize("name", COUNTS)
def test_the_count_is_the_one_on_record(name: str) -> None:
    assert in_full(COUNTS[name]()) == [line.removeprefix("    ") for line in KNOWN[name].split("\n")]


def test_every_count_is_on_record_and_every_method_rule_and_form_has_some() -> None:
    assert list(KNOWN) == list(COUNTS)
    found = [counting() for counting in COUNTS.values()]
    assert {each.get("method") for each in found} >= set(Method)
    assert {each.get("rule") for each in found} >= set(Rule)
    assert {each.get("form") for each in found} >= set(Form)
