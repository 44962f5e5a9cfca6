"""How many examples a law is tried on: 20 in `make check`, 100 otherwise; a busy machine never fails one for being slow."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ("tests.servers",)

settings.register_profile("check", max_examples=20, deadline=None)
settings.register_profile("test", max_examples=100, deadline=None)
settings.load_profile("test")
