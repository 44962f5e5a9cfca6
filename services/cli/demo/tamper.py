"""Tampers with a copy of a bundle as a careless cheat would, to show that it is caught."""

from __future__ import annotations

import zipfile
from pathlib import Path

from transparency.bundle import RECORDS


def change_one_ballot(source: Path, target: Path) -> None:
    """Copy a bundle with one ballot's choice changed in its record, and everything else as it was.

    The record's length stays the same, so that the file looks whole. Raises `ValueError` when there is no such ballot.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, _change(data) if info.filename == RECORDS else data)


def _change(records: bytes) -> bytes:
    lines = records.split(b"\n")
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if b'"ballots.BallotCast"' in line:
            before, found, after = line.partition(b'\\"choice\\":[\\"p-')
            if found:
                digits = after[:3]
                other = b"117" if digits != b"117" else b"118"
                lines[number] = before + found + other + after[3:]
                return b"\n".join(lines)
    raise ValueError("no ballot to tamper with")
