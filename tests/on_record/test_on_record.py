"""Each outcome, refusal, explanation and count says all that it always said: none of it may change unseen.

`python -m tests.on_record` writes the files anew.
"""

from __future__ import annotations

import pytest

from rules.decisions import OPERATORS
from tally.allocation import Rule
from tally.election import Method
from tally.forms import Form
from tests.on_record import ballots, charters, counts, explanations, files, outcomes
from tests.on_record.record import Record
from tests.rules.building import decision

RECORDS = tuple(each.RECORD for each in (ballots, charters, counts, explanations, files, outcomes))
NAMED = [pytest.param(record, name, id=f"{record.path.stem}: {name}") for record in RECORDS for name in record.said]


@pytest.mark.parametrize(("record", "name"), NAMED)
def test_what_is_said_is_what_is_on_record(record: Record, name: str) -> None:
    assert record.said[name]() == record.known[name]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.path.stem)
def test_everything_is_on_record(record: Record) -> None:
    assert list(record.known) == list(record.said)


def test_every_operator_of_a_charter_has_an_outcome() -> None:
    assert {type(decision(one.decision)) for one in outcomes.SITUATIONS.values()} == set(OPERATORS)


def test_every_method_rule_and_form_has_a_count() -> None:
    found = [counting() for counting in counts.COUNTS.values()]
    assert {each.get("method") for each in found} >= set(Method)
    assert {each.get("rule") for each in found} >= set(Rule)
    assert {each.get("form") for each in found} >= set(Form)
