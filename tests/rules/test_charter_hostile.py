"""Whatever text or values come in, reading a charter answers; it never raises."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Refused
from rules import templates
from rules.charter import Charter, load_charter, parse_charter
from rules.counts import decide_counts
from tests.rules.building import charter_data, patient, template

pytestmark = pytest.mark.slow

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1/2", "3/2", "board", "reject", "P1M", "2026-01-01", "yes_no_abstain", "projects"])
)
KEYS = st.text(max_size=8) | st.sampled_from(
    ["comitia", "name", "phases", "chambers", "matters", "decision", "all_of", "chamber", "majority", "tie", "derived"]
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
TEMPLATES = st.sampled_from(templates.names()).map(templates.text)


def answers(found: Charter | Refused) -> bool:
    return isinstance(found, Charter) or bool(found.sentence() and found.details["expected"])


@patient
@given(st.text())
def test_any_text(text: str) -> None:
    assert answers(load_charter(text))


@patient
@given(st.text(alphabet=list("{}[]:,-&*!|>'\"%@`#? \n\tab10~<"), max_size=60))
def test_any_punctuation(text: str) -> None:
    assert answers(load_charter(text))


@patient
@given(VALUES)
def test_any_yaml(value: Any) -> None:
    assert answers(load_charter(yaml.safe_dump(value)))


@patient
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_values(data: dict[str, Any]) -> None:
    assert answers(parse_charter(data))


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [path, *(place for key, each in value.items() for place in _places(each, (*path, key)))]
    if isinstance(value, list):
        return [path, *(place for index, each in enumerate(value) for place in _places(each, (*path, index)))]
    return [path]


@patient
@given(st.sampled_from(templates.names()), st.data(), VALUES)
def test_any_value_in_any_place_of_a_template(name: str, data: st.DataObject, value: Any) -> None:
    document = template(name).to_json()
    path = data.draw(st.sampled_from(_places(document)[1:]))
    holder: Any = document
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    assert answers(parse_charter(document))


@patient
@given(TEMPLATES, st.integers(0, 3000), st.integers(0, 40), st.text(max_size=5))
def test_a_template_with_a_piece_cut_out(text: str, start: int, length: int, patch: str) -> None:
    assert answers(load_charter(text[:start] + patch + text[start + length :]))


def test_values_nested_a_thousand_deep() -> None:
    deep: Any = {"chamber": "board"}
    for _ in range(1000):
        deep = {"all_of": [deep]}
    data = charter_data()
    data["matters"][0]["decision"] = deep
    told = parse_charter(data)
    assert isinstance(told, Refused)
    assert told.details["expected"] == "Recursion error - maximum validation depth exceeded"


def test_values_that_hold_themselves() -> None:
    data = charter_data()
    data["matters"].append(data)
    assert answers(parse_charter(data))


ROWS = st.text(max_size=200) | st.lists(
    st.tuples(
        st.sampled_from(["board", "workers", "x", ""]),
        st.sampled_from(["", "ana", "chair", "ZH"]) | st.text(max_size=4),
        st.sampled_from(["yes", "no", "abstain", "blank", "invalid", "absent", "maybe"]),
        st.sampled_from(["0", "3", "1/2", "-1", "1e9", "7.5", "many"]) | st.text(max_size=4),
    ).map(",".join),
    max_size=6,
).map(lambda rows: "\n".join(["chamber,voter,option,count", *rows]))


@patient
@given(ROWS, st.sampled_from(["government", "management", None, "x"]))
def test_any_counts(text: str, matter: str | None) -> None:
    found = decide_counts(template("bicameral-firm"), text, matter)
    assert found.sentence() if isinstance(found, Refused) else found["outcome"]
