"""Composition root: `python -m audit api | worker | settings`."""

from __future__ import annotations

import sys

from audit.settings import AuditSettings
from audit.wiring import wire
from runtime.main import main

if __name__ == "__main__":
    sys.exit(main("audit", wire, settings=AuditSettings))
