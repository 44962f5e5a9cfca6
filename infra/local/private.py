"""Files that only their owner may read: passwords, and configuration that holds them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write the file, mode 0600 from its first byte on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def password(path: Path) -> str:
    """The password kept in the file, made once."""
    if not path.is_file():
        write_private(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8")
