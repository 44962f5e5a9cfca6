"""`python -m SERVICE settings`: what may be set, how it is called, what it is for and what it is now; secrets stay secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from textwrap import fill
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from runtime.telling import FILE, OF_A_SECRET, secrets_of, variable

MASK = "********"
_WIDTH = 110
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Described:
    """One setting. A secret's `value` and `default` are masked; `file` is the variable of a file that may hold it."""

    variable: str
    type: str
    default: Any
    value: Any
    description: str
    file: str | None


def describe(settings: BaseModel) -> dict[str, Described]:
    """Every setting of a process by its name in the settings file, in the order in which they are declared."""
    model = type(settings)
    properties: Mapping[str, Mapping[str, Any]] = model.model_json_schema()["properties"]
    secrets = secrets_of(model)
    return {
        name: Described(
            variable=variable(name),
            type=_type(properties[name]),
            default=None if field.default is PydanticUndefined else _shown(field.default),
            value=_shown(getattr(settings, name)),
            description=str(field.description or ""),
            file=variable(name + OF_A_SECRET) if name in secrets else None,
        )
        for name, field in model.model_fields.items()
    }


def as_json(settings: BaseModel) -> str:
    """The settings as one JSON object, by name."""
    return json.dumps({name: asdict(one) for name, one in describe(settings).items()}, indent=2, ensure_ascii=False)


def as_text(settings: BaseModel) -> str:
    """The settings as a table for a person."""
    rows = [("variable", "now", "default", "type"), *(_row(one) for one in describe(settings).values())]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    descriptions = ["", *(_explained(one) for one in describe(settings).values())]
    lines = [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])) + described
        for row, described in zip(rows, descriptions, strict=True)
    ]
    return "\n".join((*lines, "", _footer()))


def _footer() -> str:
    said = (
        f"Each may also stand in a YAML file named by {variable(FILE)}, in lower case without the prefix (`listen: "
        "127.0.0.1:7400`); a variable overrules the file. An empty variable is as if it were not set."
    )
    return fill(said, _WIDTH)


def _row(one: Described) -> tuple[str, str, str, str]:
    return one.variable, _cell(one.value), _cell(one.default), one.type


def _explained(one: Described) -> str:
    said = one.description + (f"; or {one.file}: a file that holds it" if one.file else "")
    return "\n" + fill(said, _WIDTH, initial_indent="    ", subsequent_indent="    ")


def _cell(value: Any) -> str:
    return "-" if value in (None, "") else str(value)


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK
    if value is None or isinstance(value, int | float):
        return value
    return _CREDENTIALS.sub(f"{MASK}@", str(value))


def _type(schema: Mapping[str, Any]) -> str:
    """`integer, 0 to 300`: a JSON schema in a few words."""
    known = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    if "enum" in known:
        return " | ".join(known["enum"])
    name = {"password": "secret", "path": "path"}.get(
        known.get("format", ""), str(known["type"]).replace("string", "text")
    )
    bounds = [
        f"{word} {known[key]}"
        for key, word in (("minimum", "at least"), ("exclusiveMinimum", "above"), ("maximum", "at most"))
        if key in known
    ]
    if {"minimum", "maximum"} <= known.keys():
        bounds = [f"{known['minimum']} to {known['maximum']}"]
    return ", ".join((name, *bounds))
