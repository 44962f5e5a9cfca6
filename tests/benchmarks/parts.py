"""The parts of casting that nothing can avoid, each timed alone on what the engine has just cast."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import rfc8785
from rich.console import Console
from rich.table import Table

from comitia.ballots.v1 import ballots_pb2
from kernel import canonical
from kernel.records import Record

BATCH = 1000
ROUND = 5
AT_LEAST = 0.5

Row: TypeAlias = tuple[Any, ...]


class Alone:
    """`insert` puts one batch of rows, as `row` makes them, on the disk; `storing` is what the table calls that."""

    def __init__(self, storing: str, row: Callable[[Record], Row], insert: Callable[[Sequence[Row]], None]) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.own_spelling = 0.0
        self.storing, self._row, self._insert = storing, row, insert

    def take(self, messages: Sequence[bytes], records: Sequence[Record]) -> None:
        """Time each part for these messages and the records that came of them."""
        payloads = [json.loads(record.payload) for record in records]
        headers = [{**record.header(), "commit": record.commitment().hex()} for record in records]
        leaves = [record.leaf() for record in records]
        rows = [self._row(record) for record in records]
        dumps = rfc8785.dumps
        parts: dict[str, Callable[[], object]] = {
            "parse protobuf": lambda: [ballots_pb2.CastBallotsRequest.FromString(message) for message in messages],
            "RFC 8785 of the payload": lambda: [dumps(payload) for payload in payloads],
            "RFC 8785 of the leaf header": lambda: [dumps(header) for header in headers],
            "HMAC-SHA-256 of the payload": lambda: [hmac.digest(one.salt, one.payload, "sha256") for one in records],
            "SHA-256 of the leaf": lambda: [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves],
            self.storing: lambda: [self._insert(rows[first : first + BATCH]) for first in range(0, len(rows), BATCH)],
        }
        for name, part in parts.items():
            began = time.perf_counter()
            part()
            self.seconds[name] += time.perf_counter() - began
        began = time.perf_counter()
        for payload, record in zip(payloads, records, strict=True):
            canonical.dumps(payload)
            record.leaf()
        self.own_spelling += time.perf_counter() - began


@dataclass(frozen=True)
class Cast:
    """How long the ballots took through the engine and in each part alone, and the server's peak memory in bytes."""

    ballots: int
    seconds: float
    parts: Mapping[str, float]
    own_spelling: float
    """Seconds of canonical JSON the engine's own way, instead of by the `rfc8785` package as in `parts`."""
    storing: float
    """Seconds of putting the rows on the disk, alone."""
    memory: int

    @property
    def ratio(self) -> float:
        """The engine's rate as a share of the unavoidable parts' alone."""
        return sum(self.parts.values()) / self.seconds

    @property
    def strict_ratio(self) -> float:
        """The same against the cheapest parts known: with the engine's own way of writing canonical JSON."""
        others = sum(seconds for name, seconds in self.parts.items() if not name.startswith("RFC 8785"))
        return (others + self.own_spelling) / self.seconds

    @property
    def storing_ratio(self) -> float:
        """The engine's rate as a share of storing the same rows alone."""
        return self.storing / self.seconds

    def rows(self) -> list[tuple[str, float]]:
        """The lines of the table: what, and its seconds."""
        alone = sum(self.parts.values())
        return [*self.parts.items(), ("the unavoidable parts", alone), ("through the engine", self.seconds)]

    def table(self) -> str:
        """The lines of the table, as a document has them."""
        return "\n".join(
            f"| {name} | {seconds:.2f} | {seconds / self.ballots * 1e6:.1f} | {self.ballots / seconds:,.0f} |"
            for name, seconds in self.rows()
        )


def report(cast: Cast, title: str) -> None:
    """Print the table."""
    table = Table(title=title)
    for column in ("", "seconds", "µs a ballot", "ballots a second"):
        table.add_column(column, justify="left" if not column else "right")
    for name, seconds in cast.rows():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / cast.ballots * 1e6:.1f}", f"{cast.ballots / seconds:,.0f}")
    console = Console()
    console.print(table)
    console.print(
        f"{cast.ratio:.2f} of the rate of the unavoidable parts (at least {AT_LEAST} is asked), "
        f"{cast.strict_ratio:.2f} with canonical JSON the engine's own way, {cast.storing_ratio:.2f} of storing alone; "
        f"peak memory of the server {cast.memory / 2**20:,.0f} MiB"
    )
