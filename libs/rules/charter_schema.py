"""The JSON Schema (draft 2020-12) of a charter, made from the model, for editors and for other programs."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from kernel.numbers import Exact
from rules.charter import Charter

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PATTERN = TypeAdapter(Exact).json_schema()["pattern"]
NOT_KEYWORDS = frozenset({"ge", "gt", "le", "lt"})
"""Limits of exact numbers, which are text: JSON Schema has no keyword for them."""


def charter_schema() -> dict[str, Any]:
    """The schema of a charter as JSON or YAML. It knows fields and forms; what refers to what, `charter check` knows."""
    made = _written(Charter.model_json_schema())
    made["title"] = "A Comitia charter"
    return {"$schema": DRAFT, **made}


def _written(part: Any) -> Any:
    """As pydantic made it, but for exact numbers, which a charter may write as whole numbers too."""
    if isinstance(part, list):
        return [_written(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "string" and part.get("pattern") == PATTERN:
        kept = {name: value for name, value in part.items() if name not in {"type", "pattern", *NOT_KEYWORDS}}
        return {**kept, "anyOf": [{"type": "integer"}, {"type": "string", "pattern": PATTERN}]}
    return {name: _written(value) for name, value in part.items()}
