"""Replays the count sheets of a box: each signed by its station, corrected only by a sheet that names the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from kernel import canonical
from kernel.ids import stream_id
from kernel.records import Record
from kernel.refusal import Refused
from replay.findings import Findings
from tally.counting import Sheet
from tally.forms import BallotRules, Option
from tally.sheets import check_sheet


class SheetBook:
    """The stations of a box and the latest sheet of each."""

    def __init__(self, stations: list[dict[str, Any]]) -> None:
        self.stations = {each["station"]: {"key": each["key"], "unit": each["unit"]} for each in stations}
        self.latest: dict[str, tuple[int, Sheet]] = {}

    def file(
        self,
        findings: Findings,
        record: Record,
        data: dict[str, Any],
        rules: BallotRules,
        options: Mapping[str, Option],
    ) -> None:
        """Take a sheet into the book, noting whatever is wrong with it."""
        index, station = record.process_index, data["station"]
        known = self.stations.get(station, {"key": "", "unit": None})
        if not signed_by(known["key"], record.process_id, data):
            findings.add("sheets", index, "signature", f"by the key of station {station}", data["signature"])
        findings.compare("sheets", index, "unit", known["unit"], data["unit"])
        before = self.latest.get(station)
        findings.compare("sheets", index, "replaces", before[0] if before else None, data["replaces"])
        stream = stream_id("sheets", record.process_id, data["box"], station)
        findings.compare("sheets", index, "stream_id", stream, record.stream_id)
        try:
            fields = ("station", "unit", "voters", "totals", "blank", "invalid")
            sheet = Sheet.model_validate({name: data[name] for name in fields})
        except (ValidationError, KeyError) as error:
            findings.add("sheets", index, "totals", "a well-formed sheet", str(error))
            return
        refused = check_sheet(rules, options, sheet)
        if isinstance(refused, Refused):
            findings.add("sheets", index, "totals", "plausible totals", str(refused))
        self.latest[station] = (record.stream_version, sheet)

    def counted(self) -> list[Sheet]:
        return [sheet for _, sheet in self.latest.values()]

    def state(self) -> dict[str, Any]:
        return {name: {"version": version, "voters": sheet.voters} for name, (version, sheet) in self.latest.items()}


def signed_by(key: str, process_id: str, data: dict[str, Any]) -> bool:
    """Whether the sheet's signature is its station's (RFC 8032) over the sheet and the process it belongs to."""
    signed = {name: value for name, value in data.items() if name != "signature"} | {"process_id": process_id}
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(data["signature"]), canonical.dumps(signed)
        )
    except (InvalidSignature, ValueError):
        return False
    return True
