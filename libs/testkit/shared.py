"""Where tests find the real elections and standard vectors that are not part of this repository."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "COMITIA_SHARED_DATA"


def shared_data(*parts: str) -> Path:
    """The file or folder `parts` of the shared data: under $COMITIA_SHARED_DATA, or beside the repository.

    Raises `FileNotFoundError` naming the path when it is missing.
    """
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    found = Path(os.environ.get(VARIABLE) or beside).joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(f"{found} is missing: set {VARIABLE} to the folder that holds the shared data")
    return found
