"""How many examples a law is tried on (20 in `make check`, 60 otherwise; none fails for being slow), and what begins first."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ("tests.servers",)

settings.register_profile("check", max_examples=20, deadline=None)
settings.register_profile("test", max_examples=60, deadline=None)
settings.load_profile("test")

WAITING = ("tests/system/faults/", "tests/cluster/", "tests/broker/", "tests/services/relay/", "tests/benchmarks/")
"""Tests that mostly wait for processes: begun first, they leave the machine to the others meanwhile."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--no-loadscope-reorder`, xdist hands files out in this order."""
    items.sort(key=lambda item: not item.nodeid.startswith(WAITING))
