"""What a verification found: one check a line with its count, and each difference by event index, field, both values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MISSING = "(nothing)"
MAX_FINDINGS_PER_CHECK = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: `index` is the event's index in its process, or None when no single event is at fault."""

    check: str
    index: int | None
    field: str
    expected: str
    found: str

    def sentence(self) -> str:
        where = "bundle" if self.index is None else f"event {self.index}"
        return f"{self.check}: {where}: {self.field}: expected {self.expected}, found {self.found}"

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "event": self.index,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
        }


@dataclass(slots=True)
class Check:
    """One line of the report: how many things were checked, of what kind, and what was wrong with them."""

    name: str
    what: str
    count: int = 0
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return self.wrong == 0


CHECKS = {
    "container": "files of the bundle",
    "signatures": "signed checkpoints",
    "root": "leaves recomputed from the records",
    "consistency": "checkpoints on one history",
    "indexes": "gapless indexes",
    "charter": "charters, hashed and valid",
    "phases": "phase changes allowed by the charter",
    "proposals": "steps of proposals, in order",
    "rolls": "rolls frozen as enrolled",
    "boxes": "boxes opened as the charter says",
    "ballots": "ballots by someone on the roll, in time, well-formed, counted at most once",
    "delegations": "delegations given as the charter allows, and who cast for whom",
    "sheets": "count sheets signed by their station",
    "tallies": "tallies recounted",
    "draws": "draws redone",
    "decisions": "decisions re-derived",
    "laureates": "laureates as allocated",
    "results": "published results equal to the replay",
}
"""Every check by name, in the order of the report."""


class Findings:
    """Collects counts and differences while a bundle is read once from front to back."""

    def __init__(self) -> None:
        self.checks = {name: Check(name, what) for name, what in CHECKS.items()}

    def count(self, check: str, number: int = 1) -> None:
        """`number` more things were looked at."""
        self.checks[check].count += number

    def add(self, check: str, index: int | None, name: str, expected: Any, found: Any) -> None:
        """Something differs; values are shown as short text."""
        line = self.checks[check]
        line.wrong += 1
        if len(line.findings) < MAX_FINDINGS_PER_CHECK:
            line.findings.append(Finding(check, index, name, short(expected), short(found)))

    def expect(self, check: str, index: int | None, name: str, expected: Any, found: Any) -> bool:
        """Count one thing and note each place where JSON value `found` differs from `expected`; True when none does."""
        self.count(check)
        return self.compare(check, index, name, expected, found)

    def compare(self, check: str, index: int | None, name: str, expected: Any, found: Any) -> bool:
        """Note each place where JSON value `found` differs from `expected`; True when none does."""
        same = True
        for path, want, got in differences(expected, found, name):
            self.add(check, index, path, want, got)
            same = False
        return same

    def held(self) -> bool:
        return all(check.held for check in self.checks.values())


def differences(expected: Any, found: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Where two JSON values differ: path, expected, found; the smallest differing parts."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(expected.keys() | found.keys()):
            inner = f"{path}.{name}" if path else str(name)
            yield from differences(expected.get(name, MISSING), found.get(name, MISSING), inner)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (want, got) in enumerate(zip(expected, found, strict=True)):
            yield from differences(want, got, f"{path}[{place}]")
    elif type(expected) is not type(found) or expected != found:
        yield path, expected, found


def short(value: Any) -> str:
    """A value as one short line."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
