"""The table of roles that integrators read is the one that servers go by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.caller import Role
from runtime.permissions import EVERYONE, LOOKED_UP, NONE, PERMISSIONS
from runtime.settings import Settings
from runtime.tokens import MAX_TOKEN
from tests.docs.test_reference import page, section

OWNERS = {"proposals": "author", "chambers": "mover"}
"""Whom a service looks up of a proposal or a motion."""


def rows() -> Iterator[str]:
    """The rows of the table, as it must be written."""
    for name, rule in PERMISSIONS.items():
        service, _, method = name.partition(".")
        roles = "every role" if rule.roles == EVERYONE else ", ".join(role for role in Role if role in rule.roles)
        own = OWNERS[service] if rule.own is LOOKED_UP else rule.own.rpartition(".")[2]
        concerns = "" if rule.concerns is NONE else rule.concerns
        yield f"| `{method}` | {roles} | {own} | {concerns} |".replace("  ", " ")


def test_the_table_is_the_codes() -> None:
    written = section(page("integrators.md"), "## Tokens and roles").splitlines()
    assert [line for line in written if line.startswith("| `") and line.count("|") == 5] == list(rows())


@pytest.mark.parametrize("role", Role)
def test_every_role_is_named(role: Role) -> None:
    assert f"`{role}`" in section(page("integrators.md"), "## Tokens and roles")


def test_the_numbers_are_those_of_the_code() -> None:
    said = section(page("integrators.md"), "## Tokens and roles")
    assert f"At most {MAX_TOKEN:,} characters" in said
    assert f"`{Settings.model_fields['auth_audience'].default}` by default" in said
    assert f"{Settings.model_fields['auth_leeway_seconds'].default} seconds by default" in said
