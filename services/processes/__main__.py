"""Composition root: `python -m processes api | worker | settings`."""

from __future__ import annotations

import sys

from processes.wiring import wire
from runtime.main import main

if __name__ == "__main__":
    sys.exit(main("processes", wire))
