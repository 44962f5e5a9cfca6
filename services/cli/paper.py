"""Files count sheets as a paper station does: totals signed with the station's own Ed25519 key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comitia.ballots.v1 import ballots_pb2
from kernel import canonical


@dataclass(frozen=True)
class Station:
    """A station: its name, its unit (None without units) and its private key."""

    name: str
    unit: str | None
    key: Ed25519PrivateKey

    def registration(self, process_id: str, box: str) -> ballots_pb2.RegisterStationRequest:
        """The request that makes the station known to a box."""
        public = self.key.public_key().public_bytes_raw()
        return ballots_pb2.RegisterStationRequest(
            process_id=process_id, box=box, station=self.name, key=public, unit=self.unit
        )

    def sheet(
        self,
        process_id: str,
        box: str,
        totals: Mapping[str, int],
        *,
        voters: int,
        blank: int = 0,
        invalid: int = 0,
        replaces: int | None = None,
        note: str = "",
    ) -> ballots_pb2.FileCountSheetRequest:
        """The signed request. `replaces` is the version of the sheet that this one corrects."""
        signed: dict[str, Any] = {
            "process_id": process_id,
            "box": box,
            "station": self.name,
            "unit": self.unit,
            "voters": voters,
            "totals": {option: str(total) for option, total in totals.items()},
            "blank": blank,
            "invalid": invalid,
            "replaces": replaces,
            "note": note,
        }
        rows = [ballots_pb2.OptionTotal(option=option, total=str(total)) for option, total in totals.items()]
        plain = {name: value for name, value in signed.items() if name != "totals" and value is not None}
        signature = self.key.sign(canonical.dumps(signed))
        return ballots_pb2.FileCountSheetRequest(**plain, totals=rows, signature=signature)
