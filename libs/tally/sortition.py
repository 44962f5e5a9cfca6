"""A panel is drawn by one lot among tickets fixed beforehand; every ticket names a panel that meets every quota."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from kernel import canonical
from kernel.ids import Name
from kernel.refusal import Kind, Refused
from tally.lots import MAX_DRAWS, draw_lot

MAX_PEOPLE = MAX_TICKETS = MAX_DRAWS
MIN_SEED, MAX_SEED = 16, 64
PANEL_LOT, RESERVE_LOT = 1, 2

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,128}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=MAX_PEOPLE)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Model = TypeVar("Model", bound=_Frozen)


class Quota(_Frozen):
    """How many of a panel's members have this value in this category: at least so many, at most so many."""

    category: Word
    value: Word
    at_least: Count
    at_most: Count

    @property
    def name(self) -> str:
        """`gender: woman`."""
        return f"{self.category}: {self.value}"


@dataclass(frozen=True, slots=True)
class Pool:
    """Who may be drawn: pseudonyms in order, each with a value in every category; categories in order."""

    categories: tuple[str, ...]
    people: Mapping[str, tuple[str, ...]]

    def having(self, quota: Quota) -> frozenset[str]:
        """Everyone whom a quota counts."""
        place = self.categories.index(quota.category)
        return frozenset(person for person, values in self.people.items() if values[place] == quota.value)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON of categories and people: the same for every order of lines and columns."""
        people = {person: list(values) for person, values in self.people.items()}
        return hashlib.sha256(canonical.dumps({"categories": list(self.categories), "people": people})).hexdigest()


class Tickets(_Frozen):
    """A panel, its members in order, and how many of the lottery's tickets name it."""

    share: Annotated[int, Field(ge=1, le=MAX_TICKETS)]
    members: tuple[Name, ...]


class Lottery(_Frozen):
    """What is published before the draw. Ticket numbers run from 1 through the panels in the order listed.

    `seed_from` names the public randomness that will decide, which nobody can know yet.
    """

    kind: Literal["comitia.panel-lottery"] = "comitia.panel-lottery"
    v: Literal[1] = 1
    pool: Sha256
    people: Annotated[int, Field(ge=1, le=MAX_PEOPLE)]
    quotas: tuple[Quota, ...]
    size: Annotated[int, Field(ge=1, le=MAX_PEOPLE)]
    seed_from: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    tickets: Annotated[int, Field(ge=1, le=MAX_TICKETS)]
    panels: tuple[Tickets, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> Lottery:
        shares = sum(panel.share for panel in self.panels)
        if shares != self.tickets:
            raise ValueError(f"the panels' shares add up to {shares}; there are {self.tickets} tickets")
        return self

    def to_bytes(self) -> bytes:
        """Canonical JSON; its SHA-256 is what is published."""
        return canonical.dumps(self.model_dump())

    def digest(self) -> str:
        """SHA-256 of `to_bytes()`."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def panel_of(self, ticket: int) -> tuple[str, ...]:
        """Who is on the panel that a ticket, from 1, names."""
        for panel in self.panels:
            if ticket <= panel.share:
                return panel.members
            ticket -= panel.share
        raise ValueError(f"the lottery has {self.tickets} tickets")

    def tickets_of(self) -> Counter[str]:
        """How many tickets would put each person on the panel; out of `tickets`, that is the person's chance."""
        held: Counter[str] = Counter()
        for panel in self.panels:
            for member in panel.members:
                held[member] += panel.share
        return held


class Drawn(_Frozen):
    """A draw, with all that redoes it: RFC 3797's hash of the first lot's key, modulo the tickets, names the ticket.

    `reserves` is everyone else who is on some panel of the lottery, in the order of the seed's second lot.
    """

    kind: Literal["comitia.panel-draw"] = "comitia.panel-draw"
    v: Literal[1] = 1
    lottery: Sha256
    seed: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2}){16,64}$")]
    key: str
    digest: str
    ticket: Annotated[int, Field(ge=1, le=MAX_TICKETS)]
    panel: tuple[Name, ...]
    reserves_key: str
    reserves: tuple[Name, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical.dumps(self.model_dump())


def read_lottery(data: bytes) -> Lottery | Refused:
    """A lottery as it was written, and no other spelling of it: its bytes are what was hashed."""
    return _read(Lottery, data, "lottery_malformed", "this is no lottery as `comitia sortition lottery` writes it")


def read_drawn(data: bytes) -> Drawn | Refused:
    """A draw as it was written, and no other spelling of it."""
    return _read(Drawn, data, "draw_malformed", "this is no draw as `comitia sortition draw` writes it")


def _read(model: type[Model], data: bytes, reason: str, say: str) -> Model | Refused:
    try:
        canonical.loads_canonical(data)
        return model.model_validate_json(data)
    except canonical.NotCanonical as error:
        return Refused(reason, kind=Kind.INVALID, say=say, found=str(error))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return Refused(reason, kind=Kind.INVALID, say=say, field=where, found=first["msg"])


def draw(lottery: Lottery, seed: bytes) -> Drawn | Refused:
    """The draw of a lottery by a seed of 16 to 64 bytes."""
    if not MIN_SEED <= len(seed) <= MAX_SEED:
        say = f"a seed has {MIN_SEED} to {MAX_SEED} bytes; hash what was published if it is of another length"
        return Refused("seed_length", kind=Kind.INVALID, say=say, found=len(seed))
    return drawn_by(lottery, seed)


def drawn_by(lottery: Lottery, seed: bytes) -> Drawn:
    """Draw the ticket, and put everyone else who might have been drawn in the order of a second lot."""
    lot = draw_lot(seed, PANEL_LOT, [str(number) for number in range(1, lottery.tickets + 1)])
    first = lot.draws[0]
    panel = lottery.panel_of(first.place)
    others = sorted(lottery.tickets_of().keys() - set(panel))
    reserves = draw_lot(seed, RESERVE_LOT, others)
    return Drawn(
        lottery=lottery.digest(),
        seed=seed.hex(),
        key=lot.key,
        digest=first.digest,
        ticket=first.place,
        panel=panel,
        reserves_key=reserves.key,
        reserves=reserves.order,
    )
