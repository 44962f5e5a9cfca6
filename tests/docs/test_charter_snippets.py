"""Every YAML snippet of the documentation is a charter, or fits into one."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from rules import templates
from rules.charter import Charter, load_charter, parse_charter
from rules.decision.model import OPERATORS
from rules.explaining import LANGUAGES, explain
from tests.docs.conftest import DOCS, EXAMPLES

BASE = """
comitia: 1
name: base
title: What the snippets are put into
phases:
  - {name: work, title: Work, allows: [enrol, move, vote]}
chambers:
  - name: board
    title: The board
    roles: [chair, owners, employees]
  - {name: workers, title: The workers}
  - {name: tribunes, title: The tribunes}
  - {name: residents, title: Residents}
  - {name: people, title: The people, electors: counted}
  - name: cantons
    title: The cantons
    derived: {from: people}
    units: [{code: ZH}, {code: OW, weight: 1/2}]
matters:
  - name: motion
    title: A motion
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: board, majority: {more_than: 1/2}}
  - name: projects
    title: A selection
    kind: selection
    chamber: board
    ballot: {form: approval}
    allocation: {rule: greedy, budget: 1000}
"""

SNIPPETS = {
    f"{page.name}:{text.count(chr(10), 0, found.start()) + 2}": found[1]
    for page in sorted(DOCS.glob("*.md"))
    for text in (page.read_text(encoding="utf-8"),)
    for found in re.finditer(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
}


def in_a_charter(fragment: dict[str, Any]) -> dict[str, Any]:
    """The base with a fragment in its place: a part of the charter, or of its motion, selection or board."""
    charter: dict[str, Any] = yaml.load(BASE, Loader=yaml.BaseLoader)
    (name, part), *more = fragment.items()
    assert not more, f"one part is expected, found {', '.join(fragment)}"
    if name in charter or name == "amendment":
        return charter | {name: part}
    holder = {
        "decision": charter["matters"][0],
        "ballot": charter["matters"][1],
        "allocation": charter["matters"][1],
        "seats": charter["chambers"][0],
    }[name]
    holder[name] = part
    return charter


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_a_snippet_is_a_charter_or_fits_into_one(snippet: str) -> None:
    if snippet.startswith("comitia: 1"):
        charter = load_charter(snippet)
    else:
        whole = in_a_charter(yaml.load(snippet, Loader=yaml.BaseLoader))
        charter = parse_charter(_plain(whole))
    assert isinstance(charter, Charter), charter


def _plain(value: Any) -> Any:
    """Text as the charter's own reader takes it: only true, false, null and whole numbers are more than text."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    words = {"true": True, "false": False, "null": None}
    return words[value] if value in words else int(value) if re.fullmatch(r"0|[1-9][0-9]*", value) else value


def test_every_operator_of_decisions_has_an_example() -> None:
    shown = "\n".join(SNIPPETS.values())
    assert [name for name in OPERATORS if f"{name}:" not in shown] == []


def test_the_tutorials_charter_is_the_example() -> None:
    tutorial = [text for place, text in SNIPPETS.items() if place.startswith("tutorial.md:")]
    assert tutorial == [(EXAMPLES / "school-budget.yaml").read_text(encoding="utf-8")]


def test_every_template_is_listed() -> None:
    table = (DOCS / "charters.md").read_text(encoding="utf-8").partition("\n## Templates\n")[2]
    names = [name for line in re.findall(r"^\|(.*?)\|", table, re.MULTILINE) for name in re.findall(r"`(.*?)`", line)]
    assert sorted(names) == sorted(templates.names())


def test_what_the_page_says_that_a_charter_means_is_what_explain_says() -> None:
    """Compared with ordinary spaces, as the page has them."""
    page = (DOCS / "charters.md").read_text(encoding="utf-8").partition("\n## How it is written\n")[0]
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shown = [text for kind, text in blocks if not kind]
    charter = load_charter(templates.text("fr-cse-avis"))
    assert isinstance(charter, Charter)
    told = [
        "".join(f"{'  ' * (line.depth - 2)}{line.text}\n" for line in explain(charter, language))
        for language in LANGUAGES.values()
    ]
    assert len(shown) == len(told)
    for text, said in zip(shown, told, strict=True):
        assert text in re.sub("[\u00a0\u202f]", " ", said)
