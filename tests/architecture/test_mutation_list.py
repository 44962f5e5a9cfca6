"""What tests/mutation explains is still in the code: a line that has gone explains nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "tests/mutation").glob("*.yaml"))


@pytest.mark.parametrize("listed", LISTS, ids=lambda path: path.name)
def test_every_line_that_is_explained_is_there(listed: Path) -> None:
    entries: list[dict[str, Any]] = yaml.safe_load(listed.read_text(encoding="utf-8"))
    assert [entry for entry in entries if not there(entry)] == []


@pytest.mark.parametrize("listed", LISTS, ids=lambda path: path.name)
def test_every_change_is_explained_once(listed: Path) -> None:
    entries: list[dict[str, Any]] = yaml.safe_load(listed.read_text(encoding="utf-8"))
    changes = [(entry["module"], tuple(entry["change"])) for entry in entries]
    assert len(set(changes)) == len(changes)
    assert all(entry["because"] for entry in entries)


def there(entry: dict[str, Any]) -> bool:
    """Each line that the change takes away is a line of its module."""
    source = (ROOT / "libs" / entry["module"]).read_text(encoding="utf-8").splitlines()
    lines = {" ".join(line.split()) for line in source}
    return all(line[2:] in lines for line in entry["change"] if line.startswith("- "))
