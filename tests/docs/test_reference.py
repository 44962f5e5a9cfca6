"""What the documentation lists is what there is: calls, reasons, checks, events, commands, files."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from cli.main import app
from comitia.audit.v1 import audit_pb2
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from replay.findings import CHECKS
from tests.docs.conftest import DOCS, EXAMPLES

ROOT = DOCS.parent
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
REASON_AT = {"Refused": 0, "refused": 0, "_refused": 0, "fault": 0, "refuse_status": 2, "refuse": 2}
"""Which argument of a call is a refusal's reason."""

ANSWERED = ("services", "libs/eventlog", "libs/runtime", "libs/kernel", "libs/rules", "libs/tally")
"""Where reasons come from that a server may answer with."""

READ_FROM_FILES = (
    "services/cli/",
    "libs/rules/drafting/",
    "libs/rules/counts",
    "libs/tally/ballot_file",
    "libs/tally/pabulib",
    "libs/tally/sortition",
)
COMPOSED = {
    "process_{}": ("process_completed", "process_cancelled"),
    "phase_already_{}": ("phase_already_open", "phase_already_closed"),
    "{}_missing": ("chamber_missing", "allocation_missing"),
}
"""Reasons that the code composes."""

CHOSEN = {"points_negative", "points_zero"}
"""Reasons that the code chooses between before it names one."""


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The text under a heading, up to the next of its level or above."""
    level = len(title.partition(" ")[0])
    found = re.search(rf"^{re.escape(title)}\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def first_column(text: str) -> list[str]:
    """The names in backquotes of the first column of a table."""
    return [name for cell in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE) for name in re.findall(r"`(.+?)`", cell)]


def reasons_in(source: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        place = REASON_AT.get(name)
        reason = call.args[place] if place is not None and len(call.args) > place else None
        if isinstance(reason, ast.Constant) and isinstance(reason.value, str):
            yield from [reason.value] if re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.value) else []
        elif isinstance(reason, ast.JoinedStr):
            shape = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in reason.values)
            yield from COMPOSED.get(shape, ())


def test_every_reason_that_a_server_may_give_is_listed_and_no_other() -> None:
    sources = [path for folder in ANSWERED for path in sorted((ROOT / folder).rglob("*.py"))]
    given = {
        reason
        for path in sources
        if not path.relative_to(ROOT).as_posix().startswith(READ_FROM_FILES)
        for reason in reasons_in(path.read_text(encoding="utf-8"))
    }
    rows = "\n".join(row for row in section(page("integrators.md"), "### Reasons").splitlines() if "**" not in row)
    listed = first_column(rows)
    assert len(given) > 100
    assert sorted(given - set(listed)) == []
    assert sorted(set(listed) - given - CHOSEN) == []


def test_every_call_is_listed() -> None:
    contracts = (processes_pb2, proposals_pb2, chambers_pb2, ballots_pb2, audit_pb2)
    services = [service for each in contracts for service in each.DESCRIPTOR.services_by_name.values()]
    listed = first_column(section(page("integrators.md"), "## Services"))
    assert listed == [method.name for service in services for method in service.methods]


def test_every_event_is_listed() -> None:
    golden = {path.name.partition(".v")[0] for path in (ROOT / "tests/contracts/golden").glob("*.json")}
    assert set(first_column(section(page("integrators.md"), "### Event types"))) == golden


def test_every_check_of_the_verification_is_explained() -> None:
    explained = section(page("auditors.md"), "## What each check proves, and what it does not")
    assert first_column(explained) == list(CHECKS)


def commands() -> list[list[str]]:
    """Each `comitia …` line of a shell block, without comments."""
    blocks = [
        block
        for path in PAGES
        for block in re.findall(r"^```sh\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    ]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("comitia ")]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_that_is_shown_exists_with_its_options(words: list[str]) -> None:
    command = typer.main.get_command(app)
    words = words[: words.index(">")] if ">" in words else words
    while isinstance(command, TyperGroup):
        name, *words = words
        assert name in command.commands
        command = command.commands[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if re.match(r"--?[a-z]", word) and word not in options] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    missing = []
    for target in targets:
        file, _, anchor = target.partition("#")
        aim = (path.parent / file) if file else path
        headings = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        if not aim.exists() or (anchor and anchor not in map(_anchor, headings)):
            missing.append(target)
    assert missing == []


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_names_this_machine(path: Path) -> None:
    assert re.findall(r"/(?:work|tmp|home|root|opt)/", path.read_text(encoding="utf-8")) == []


def test_code_shown_is_the_examples_own() -> None:
    shown = {
        name: code
        for path in sorted(DOCS.glob("*.md"))
        for name, code in re.findall(
            r"\(examples/(\w+\.py)\)[^\n]*:\n\n```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL
        )
    }
    assert len(shown) == 7
    for name, code in shown.items():
        assert code == (EXAMPLES / name).read_text(encoding="utf-8"), name
