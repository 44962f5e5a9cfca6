"""A bundle that was handed out is verified by every later version: what was valid stays so, to the last hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.verify import Report, verify

GOLDEN = Path(__file__).parent / "golden" / "bundles"
EVENTS = {"double-majority.v1": 185, "ranking-budget.v1": 72}
"""What `comitia demo` and `comitia import` wrote on 2026-11-26, before charters knew elections and delegation."""


@pytest.mark.parametrize("name", EVENTS)
def test_what_an_earlier_version_wrote_still_verifies(name: str) -> None:
    report = verify((GOLDEN / f"{name}.comitia").read_bytes())
    assert isinstance(report, Report), report
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]
    assert report.size == EVENTS[name]


def test_every_bundle_kept_is_verified() -> None:
    assert {path.stem for path in GOLDEN.glob("*.comitia")} == set(EVENTS)
