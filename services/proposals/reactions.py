"""When X is in the log, do Y: this service's policies, by the event that each follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kernel.records import Record
from proposals.application import Proposals
from proposals.inbox import BOX_TALLIED


def name_the_laureates(proposals: Proposals, tallied: Record) -> object:
    """The winners of a tallied box become laureates. If we crash here, the record is read again and does it once."""
    return proposals.name_laureates("name_the_laureates", tallied)


REACTIONS: Mapping[str, Callable[[Proposals, Record], object]] = MappingProxyType({BOX_TALLIED: name_the_laureates})
