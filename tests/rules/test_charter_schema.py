"""The published JSON Schema of a charter is valid, is the model's, and takes every charter that may be used."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rules import templates
from rules.charter import Charter, parse_charter
from rules.charter_schema import charter_schema
from rules.yaml_text import read_yaml
from tests.rules.rich_changes import MORE, rich, with_change
from tests.rules.rich_charter import RICH

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "charter.schema.json"
SCHEMA = charter_schema()
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def complaints(charter: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(charter)]


def test_it_is_a_valid_schema_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_published_schema_is_the_models_own() -> None:
    """When this fails, the model has changed: `comitia charter schema > docs/charter.schema.json`."""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json.loads(json.dumps(charter_schema()))


@pytest.mark.parametrize("name", templates.names())
def test_takes_every_template_as_it_is_written_and_as_the_log_holds_it(name: str) -> None:
    written = read_yaml(templates.text(name))
    assert isinstance(written, tuple)
    assert complaints(written[0]) == []
    charter = parse_charter(written[0])
    assert isinstance(charter, Charter)
    assert complaints(charter.to_json()) == []


def test_takes_a_charter_that_uses_every_part_of_the_model() -> None:
    assert complaints(RICH) == []
    for charter in (rich(), *(with_change(path, value) for path, value in MORE)):
        assert complaints(charter.to_json()) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("colour",), "red", id="an unknown field"),
        pytest.param(("comitia",), 2, id="another format"),
        pytest.param(("phases",), [], id="no phase"),
        pytest.param(("phases", 0, "opens"), "1 May", id="a day that is no date"),
        pytest.param(("phases", 0, "allows"), ["dance"], id="an action nobody knows"),
        pytest.param(("matters", 11, "allocation", "budget"), "1e6", id="a number that is not exact"),
        pytest.param(("matters", 11, "allocation", "budget"), 0.5, id="a float"),
        pytest.param(("matters", 0, "decision", "majority"), {"more_then": "1/2"}, id="a misspelt field"),
        pytest.param(("matters", 0, "decision", "chamber"), "two words", id="a name with a space"),
        pytest.param(("name",), None, id="no name"),
    ],
)
def test_refuses_what_the_model_refuses(path: tuple[str | int, ...], value: Any) -> None:
    charter: Any = copy.deepcopy(RICH)
    at = charter
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    assert complaints(charter) != []
    assert not isinstance(parse_charter(charter), Charter)


def test_every_part_is_described() -> None:
    """Descriptions are the model's docstrings: an editor shows them."""
    assert [name for name, part in SCHEMA["$defs"].items() if not part.get("description")] == []
