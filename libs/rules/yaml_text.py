"""YAML as a charter may write it: safe, no aliases, no duplicate keys, numbers and dates left as written, lines kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml

from kernel.refusal import Kind, Refused

MAX_CHARACTERS = 256 * 1024
MAX_DEPTH = 40
MAX_PARTS = 50_000

Path: TypeAlias = tuple[str | int, ...]
Lines: TypeAlias = dict[Path, int]


class _Loader(yaml.SafeLoader):
    """Resolves only true, false, null and whole numbers; `1/2`, `0.25`, `2026-03-01`, `no` and `on` stay text."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]{0,14})$"), list("-0123456789"))
_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda text: None,
}
"""Whatever the resolvers and the default give; tags written in a document are refused before."""


class _Refusal(Exception):
    def __init__(self, line: int, found: str, expected: str) -> None:
        self.refused = _refused(line, found, expected)


def _refused(line: int, found: str, expected: str) -> Refused:
    return Refused(
        "charter_not_yaml",
        kind=Kind.INVALID,
        say="this is not YAML that a charter may be written in",
        line=line,
        found=found,
        expected=expected,
    )


def read_yaml(text: str) -> tuple[Any, Lines] | Refused:
    """The document as plain values, and the line (from 1) of each value by its path; never raises."""
    if len(text) > MAX_CHARACTERS:
        return _refused(1, f"{len(text)} characters", f"at most {MAX_CHARACTERS} characters")
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return _refused(1, "an empty document", "a mapping that starts with comitia: 1")
        lines: Lines = {}
        return _value(node, (), lines), lines
    except _Refusal as refusal:
        return refusal.refused
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _refused(
            mark.line + 1 if mark else 1, error.problem or error.context or "broken YAML", "well-formed YAML"
        )
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return _refused(1, " ".join(str(error).split()), "well-formed YAML")


def _check_events(text: str) -> None:
    """Refuses aliases, deep nesting and too many parts before anything is built, so that neither can cost memory or stack."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if number > MAX_PARTS:
            raise _Refusal(line, f"more than {MAX_PARTS} parts", f"at most {MAX_PARTS} keys, values and brackets")
        if isinstance(event, yaml.AliasEvent):
            raise _Refusal(line, f"the alias *{event.anchor}", "the value itself, written out")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
            raise _Refusal(line, f"the tag {event.tag}", "a value without a tag")
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refusal(line, f"nesting {depth} deep", f"nesting at most {MAX_DEPTH} deep")
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


def _value(node: yaml.Node, path: Path, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, place), lines) for place, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    return _SCALARS[node.tag](node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise _Refusal(line, "a key that is not text", "a key that is text")
        key = str(key_node.value)
        if key in found:
            raise _Refusal(line, f"the key {key!r} a second time", "each key once")
        found[key] = _value(value_node, (*path, key), lines)
        lines[(*path, key)] = line
    return found
