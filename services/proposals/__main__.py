"""Composition root: `python -m proposals api | worker | settings`."""

from __future__ import annotations

import sys

from proposals.wiring import wire
from runtime.main import main

if __name__ == "__main__":
    sys.exit(main("proposals", wire))
