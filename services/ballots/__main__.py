"""Composition root: `python -m ballots api | worker | settings`."""

from __future__ import annotations

import sys

from ballots.wiring import wire
from runtime.main import main

if __name__ == "__main__":
    sys.exit(main("ballots", wire))
