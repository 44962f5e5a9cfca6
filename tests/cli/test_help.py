"""Every command says what it does, what it takes and how it ends; what it is not given or does not know is status 2."""

from __future__ import annotations

import pytest

from tests.cli.running import HELD, WRONG, comitia

COMMANDS = {
    "serve": ["--data", "--listen", "--insecure", "--json"],
    "demo": ["--data", "--seed", "--server", "--json"],
    "recount": ["--rule", "--tie-break", "--json"],
    "count": ["--method", "--seats", "--tie-break", "--json"],
    "import": ["--rule", "--tie-break", "--process", "--bundle", "--server", "--data", "--json"],
    "decide": ["--matter", "--json"],
    "charter check": ["--json"],
    "charter list": ["--json"],
    "charter show": ["--json"],
    "process list": ["--server", "--data", "--json"],
    "process show": ["--server", "--data", "--json"],
    "process timeline": ["--ballots", "--server", "--data", "--json"],
    "process state": ["--at", "--server", "--data", "--json"],
    "bundle": ["--output", "--server", "--data", "--json"],
    "verify": ["--key", "--json"],
    "sortition lottery": ["--size", "--seed-from", "--tickets", "--output", "--json"],
    "sortition draw": ["--seed", "--output", "--json"],
    "sortition verify": ["--pool", "--quotas", "--json"],
    "sortition replace": ["--leaving", "--pool", "--quotas", "--json"],
    "token key": ["--out", "--json"],
    "token issue": ["--key", "--sub", "--role", "--process", "--chamber", "--member", "--on-behalf", "--minutes"],
}
NEEDING = [
    "recount",
    "count",
    "import",
    "decide",
    "charter check",
    "charter show",
    "process show",
    "bundle",
    "verify",
    "sortition lottery",
    "sortition draw",
    "sortition verify",
    "sortition replace",
    "token key",
    "token issue",
]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_tells_the_purpose_and_every_option(name: str) -> None:
    said = comitia(*name.split(), "--help")
    assert (said.status, said.err) == (HELD, "")
    text = " ".join(said.out.split())
    assert f"Usage: comitia {name} " in text
    assert [option for option in COMMANDS[name] if option not in text] == []
    (purpose,) = [line for line in said.out.splitlines()[3:4] if line.strip()]
    assert purpose.strip()[0].isupper()


def test_where_to_serve_may_be_set_in_the_environment() -> None:
    text = " ".join(comitia("serve", "--help").out.split())
    assert [name for name in ("COMITIA_DATA_DIR", "COMITIA_LISTEN") if name not in text] == []


def test_a_key_is_said_to_be_one_processs() -> None:
    text = " ".join(comitia("verify", "--help").out.replace("│", " ").split())
    assert "The process's verifier key" in text
    assert "comitia process show" in text


@pytest.mark.parametrize("group", ["", "charter", "process", "token"])
@pytest.mark.parametrize("asked", [(), ("--help",)], ids=["alone", "with --help"])
def test_a_table_of_contents_lists_every_command(group: str, asked: tuple[str, ...]) -> None:
    said = comitia(*group.split(), *asked)
    within = [name.removeprefix(group).split()[0] for name in COMMANDS if name.startswith(group)]
    listed = {line.split()[1] for line in said.out.splitlines() if line.startswith("│ ")}
    assert set(within) <= listed
    assert said.status == (HELD if asked else WRONG)


@pytest.mark.parametrize("name", NEEDING)
def test_a_missing_argument_is_named(name: str) -> None:
    said = comitia(*name.split())
    assert (said.status, said.out) == (WRONG, "")
    assert "Missing" in said.err


@pytest.mark.parametrize("arguments", [("elect",), ("recount", "x.pb", "--fast"), ("process", "close"), ("--verbose",)])
def test_what_is_not_known_is_refused(arguments: tuple[str, ...]) -> None:
    said = comitia(*arguments)
    assert (said.status, said.out) == (WRONG, "")
    assert "No such" in said.err
