"""Composition root: `python -m chambers api | worker | settings`."""

from __future__ import annotations

import sys

from chambers.wiring import wire
from runtime.main import main

if __name__ == "__main__":
    sys.exit(main("chambers", wire))
