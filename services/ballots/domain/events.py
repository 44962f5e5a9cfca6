"""What happens to ballot boxes: each event's published name and fields, which never change."""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring
from typing import ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from kernel.events import Event, absent, catalogue
from kernel.ids import Name
from kernel.numbers import Exact

Choice: TypeAlias = str | list[str] | dict[str, str]
"""A choice as `tally.forms.check_choice` returns it: `"yes"`, `["p1","p2"]`, `{"p1":"3"}` or `{"p1":"Très bien"}`."""

Electors: TypeAlias = Literal["enrolled", "counted"]
Trigger: TypeAlias = Literal["phase", "command", "deadline"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OptionOffered(_Part):
    """What can be voted for: its cost where it has one, and its place in the order of submission, from 1.

    `district` is that whose envelope pays for it, `group` that of which at most one is funded.
    """

    option: Name
    cost: Exact | None
    submitted: int
    district: Name | None = Field(default=None, exclude_if=absent)
    group: Name | None = Field(default=None, exclude_if=absent)


class RollUsed(_Part):
    """The frozen roll: how many members, their whole weight, and the digest that `chambers.RollFrozen` published."""

    members: int
    weight: Exact
    digest: str


class StationKnown(_Part):
    """A paper station: its Ed25519 public key in hex, and the unit whose electors vote there."""

    station: Name
    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    unit: str | None


class BoxOpened(Event):
    """A box opens with all that decides who may cast what into it. In a motion's box `options` is empty.

    `options` are listed as on the ballot; `order_seed` (hex) is given when their order was drawn. What schema 2 added
    (`election`, `order_seed`, an option's `district` and `group`) is left out where there is none. Since schema 3, which has
    the same fields, the box takes nothing once it is moot (`ballots.domain.moot`).
    """

    TYPE: ClassVar[str] = "ballots.BoxOpened"
    SCHEMA: ClassVar[int] = 3

    box: Name
    matter: Name
    chamber: Name
    motion: Name | None
    round: int
    ballot: dict[str, JsonValue]
    options: list[OptionOffered]
    allocation: dict[str, JsonValue] | None
    electors: Electors
    roll: RollUsed | None
    units: list[str] | None
    stations: list[StationKnown]
    deadline: str | None
    election: dict[str, JsonValue] | None = Field(default=None, exclude_if=absent)
    order_seed: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", exclude_if=absent)


class StationRegistered(Event):
    """A paper station may file count sheets for this box, signed by this key."""

    TYPE: ClassVar[str] = "ballots.StationRegistered"

    box: Name
    station: Name
    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    unit: str | None


class BallotCast(Event):
    """A ballot that counts until another replaces it; `replaces` is the version of this voter's ballot that it replaces."""

    TYPE: ClassVar[str] = "ballots.BallotCast"

    box: Name
    voter: Name
    choice: Choice
    channel: Name
    replaces: int | None

    def payload(self) -> bytes:
        """The same RFC 8785 bytes as every event's, written for this shape alone: a city casts tens of thousands."""
        replaces = "null" if self.replaces is None else self.replaces
        return (
            f'{{"box":{encode_basestring(self.box)},"channel":{encode_basestring(self.channel)},'
            f'"choice":{_choice_json(self.choice)},"replaces":{replaces},"voter":{encode_basestring(self.voter)}}}'
        ).encode()


class BallotArrivedLate(Event):
    """A ballot that came after the seal: recorded, never counted."""

    TYPE: ClassVar[str] = "ballots.BallotArrivedLate"

    box: Name
    voter: Name
    choice: Choice
    channel: Name


class CountSheetFiled(Event):
    """A station's signed totals; `replaces` is the version of its sheet that this one corrects."""

    TYPE: ClassVar[str] = "ballots.CountSheetFiled"

    box: Name
    station: Name
    unit: str | None
    voters: int
    totals: dict[str, Exact]
    blank: int
    invalid: int
    replaces: int | None
    note: str = Field(max_length=1000)
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")


class BoxSealed(Event):
    """Nothing after this counts. `ballots` = voters with a counted ballot, `sheets` = stations with a counted sheet."""

    TYPE: ClassVar[str] = "ballots.BoxSealed"

    box: Name
    ballots: int
    sheets: int
    trigger: Trigger


class BoxTallied(Event):
    """The sealed box counted, and its budget allocated; `seed` (hex) is given when a lot was drawn."""

    TYPE: ClassVar[str] = "ballots.BoxTallied"

    box: Name
    matter: Name
    chamber: Name
    motion: Name | None
    round: int
    count: dict[str, JsonValue]
    allocation: dict[str, JsonValue] | None
    seed: str | None


def _choice_json(choice: Choice) -> str:
    if isinstance(choice, str):
        return encode_basestring(choice)
    if isinstance(choice, list):
        return f"[{','.join(map(encode_basestring, choice))}]"
    return _points_json(tuple(choice.items()))


@lru_cache(maxsize=4096)
def _points_json(points: tuple[tuple[str, str], ...]) -> str:
    """RFC 8785 §3.2.3 sorts names by their UTF-16 code units. Many voters say the same, so what was written is remembered."""
    ordered = sorted(points, key=lambda point: point[0].encode("utf-16-be"))
    return f"{{{','.join(f'{encode_basestring(name)}:{encode_basestring(given)}' for name, given in ordered)}}}"


CATALOGUE = catalogue(
    (
        BoxOpened,
        StationRegistered,
        BallotCast,
        BallotArrivedLate,
        CountSheetFiled,
        BoxSealed,
        BoxTallied,
    )
)
