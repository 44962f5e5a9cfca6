"""An event is read in its newest schema and in every older one, by one upcast; a newer one asks for an upgrade."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from eventsourcing.persistence import MapperDeserialisationError

from eventlog.contract import stored
from eventlog.mapping import Fact, RecordMapper
from kernel.events import Event, UnknownSchema, catalogue
from kernel.records import NewRecord
from tests.contracts.golden_records import as_record


class Moved(Event):
    """In schema 1 the place was called `to`; schema 3 added who moved it."""

    TYPE: ClassVar[str] = "trial.Moved"
    SCHEMA: ClassVar[int] = 3

    place: str
    by: str | None

    @classmethod
    def upcast(cls, data: dict[str, Any], schema: int) -> dict[str, Any]:
        if schema == 1:
            data = {"place": data["to"]}
        return {**data, "by": None}


def moved(schema: int, payload: bytes) -> NewRecord:
    return as_record(Moved.TYPE, schema, payload)


READ = [
    pytest.param(1, b'{"to":"hall"}', Moved(place="hall", by=None), id="the first schema"),
    pytest.param(2, b'{"place":"hall"}', Moved(place="hall", by=None), id="the second"),
    pytest.param(3, b'{"by":"ana","place":"hall"}', Moved(place="hall", by="ana"), id="the newest"),
]


@pytest.mark.parametrize(("schema", "payload", "event"), READ)
def test_every_schema_is_read_as_the_newest(schema: int, payload: bytes, event: Moved) -> None:
    assert Moved.read(moved(schema, payload)) == event
    mapper = RecordMapper(catalogue((Moved,)), lambda: bytes(32))
    fact = mapper.to_domain_event(stored(moved(schema, payload)))
    assert isinstance(fact, Fact)
    assert fact.event == event


@pytest.mark.parametrize("schema", [0, 4])
def test_a_schema_nobody_knows_yet_is_not_guessed_at(schema: int) -> None:
    with pytest.raises(UnknownSchema, match=f"has schema {schema}; this version of Comitia knows 3: upgrade"):
        Moved.read(moved(schema, b'{"place":"hall"}'))


@pytest.mark.parametrize(
    ("schema", "payload"),
    [
        pytest.param(2, b'{"place":"hall","colour":"red"}', id="an unknown field"),
        pytest.param(2, b"{", id="no JSON"),
        pytest.param(3, b"[]", id="no object"),
        pytest.param(3, b'{"to":"hall"}', id="a field of an older schema in the newest"),
    ],
)
def test_a_payload_that_is_none_of_its_schema_is_named_with_its_place(schema: int, payload: bytes) -> None:
    mapper = RecordMapper(catalogue((Moved,)), lambda: bytes(32))
    with pytest.raises(MapperDeserialisationError, match=r"trial\.Moved of stream s/1, version 1"):
        mapper.to_domain_event(stored(moved(schema, payload)))
