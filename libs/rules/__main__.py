"""Prints each rule module's path and the sentence that is its rule: `python -m rules`, or `make rules`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

PACKAGES = ("rules", "tally")
NOT_RULES = frozenset(
    {
        "rules/charter_faults.py",
        "rules/counts_csv.py",
        "rules/decision/evidence.py",
        "rules/decision/measures.py",
        "rules/decision/model.py",
        "rules/decision/outcome.py",
        "rules/decision/result.py",
        "rules/decision/walk.py",
        "rules/yaml_text.py",
        "tally/allocation_rules.py",
        "tally/consideration.py",
        "tally/funding.py",
        "tally/payments.py",
        "tally/support.py",
    }
)
"""Modules that carry rules but state none; everything else is listed, so that a new rule cannot be forgotten."""


def sentences(packages: Sequence[str] = PACKAGES) -> Iterator[tuple[str, str]]:
    """(path under `libs/`, first line of the docstring) of every rule module, sorted by path."""
    for package in packages:
        yield from (found for found in sorted(_in_folder(package, files(package))) if found[0] not in NOT_RULES)


def _in_folder(path: str, folder: Traversable) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        name = entry.name
        if entry.is_dir() and not name.startswith("__"):
            yield from _in_folder(f"{path}/{name}", entry)
        elif name.endswith(".py") and not name.startswith("__"):
            docstring = ast.get_docstring(ast.parse(entry.read_text(encoding="utf-8"))) or ""
            yield f"{path}/{name}", docstring.partition("\n")[0]


def main() -> int:
    """Print them all."""
    for path, sentence in sentences():
        sys.stdout.write(f"libs/{path}\n    {sentence}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
