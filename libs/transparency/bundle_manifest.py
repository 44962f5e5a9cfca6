"""A bundle's manifest says whose log it holds, up to what size, under which key, and how long each of its files is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel import canonical
from kernel.ids import PROCESS_PATTERN
from kernel.refusal import Kind, Refused
from transparency.checkpoints import MAX_SIZE
from transparency.notes import VerifierKey

FORMAT = 1
_FIELDS = {"files", "format", "origin", "process_id", "size", "verifier_key"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents page of a bundle: `size` is a number of events, `files` the length in bytes of every other file."""

    origin: str
    process_id: str
    size: int
    verifier_key: VerifierKey
    files: Mapping[str, int]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical.dumps(
            {
                "files": dict(self.files),
                "format": FORMAT,
                "origin": self.origin,
                "process_id": self.process_id,
                "size": self.size,
                "verifier_key": self.verifier_key.format(),
            }
        )

    @staticmethod
    def parse(data: bytes) -> Manifest | Refused:
        """Read what `to_bytes` writes; refuses another format version, naming both."""
        try:
            found = canonical.loads_canonical(data)
        except canonical.NotCanonical as error:
            return _bad("manifest.json", "canonical JSON", str(error))
        if not isinstance(found, dict) or found.get("format") != FORMAT or isinstance(found["format"], bool):
            version = found.get("format") if isinstance(found, dict) else found
            return _bad("format", str(FORMAT), version)
        if set(found) != _FIELDS:
            return _bad("manifest.json", ", ".join(sorted(_FIELDS)), ", ".join(sorted(found)))
        return _parse_fields(found)


def _parse_fields(found: dict[str, Any]) -> Manifest | Refused:
    process_id, size, files = found["process_id"], found["size"], found["files"]
    if not isinstance(process_id, str) or not re.fullmatch(PROCESS_PATTERN, process_id):
        return _bad("process_id", "lower-case letters, digits and hyphens", process_id)
    if not _is_count(size):
        return _bad("size", "a number of events", size)
    if not isinstance(files, dict) or not all(_is_count(length) for length in files.values()):
        return _bad("files", "the length of each file in bytes", files)
    if not isinstance(found["verifier_key"], str):
        return _bad("verifier_key", "a verifier key (vkey)", found["verifier_key"])
    key = VerifierKey.parse(found["verifier_key"])
    if isinstance(key, Refused):
        return key
    if found["origin"] != key.name:
        return _bad("origin", f"the name of the verifier key, {key.name}", found["origin"])
    return Manifest(key.name, process_id, size, key, files)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SIZE


def _bad(field: str, expected: str, found: object) -> Refused:
    return Refused(
        "manifest_malformed",
        kind=Kind.INVALID,
        say="the bundle's manifest is not one this version reads",
        field=field,
        expected=expected,
        found=str(found)[:200],
    )
