"""Whatever is appended, in whatever order, the log does what a list and a few dictionaries say it should."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog.contract import EventIdReused, LogRecorder, VersionConflict
from infra.local.postgres import Postgres
from kernel.records import NewRecord
from testkit.check_log import check_log
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import PostgresRecorder, SQLiteRecorder, StepClock

STREAMS = ("p-1/a", "p-1/b", "p-2/a", "p-3/a")
Step = tuple[list[tuple[str, int, int, int]], dict[str, int]]
Answer = list[int] | type[Exception]
"""The positions of what was appended, or the kind of the refusal."""


class Model:
    """The contract of `append`, told with a list."""

    def __init__(self) -> None:
        self.records: list[NewRecord] = []

    def version(self, stream: str) -> int:
        return sum(record.stream_id == stream for record in self.records)

    def append(self, batch: Sequence[NewRecord], expect: Mapping[str, int]) -> Answer:
        """The positions, or the kind of the refusal."""
        if self._contradicts_itself(batch, expect):
            return ValueError
        places = {record.event_id: place for place, record in enumerate(self.records, start=1)}
        known = [record for record in batch if record.event_id in places]
        if known:
            positions = [places[record.event_id] for record in known]
            same = all(
                (first.stream_id, first.payload) == (record.stream_id, record.payload)
                for record, first in zip(known, (self.records[place - 1] for place in positions), strict=True)
            )
            return positions if same and len(known) == len(batch) else EventIdReused
        starts = {record.stream_id: record.stream_version - 1 for record in reversed(batch)}
        if any(self.version(stream) != version for stream, version in {**expect, **starts}.items()):
            return VersionConflict
        self.records.extend(batch)
        return list(range(len(self.records) - len(batch) + 1, len(self.records) + 1))

    def _contradicts_itself(self, batch: Sequence[NewRecord], expect: Mapping[str, int]) -> bool:
        versions: dict[str, list[int]] = {}
        for record in batch:
            versions.setdefault(record.stream_id, []).append(record.stream_version)
        return (
            len({record.event_id for record in batch}) < len(batch)
            or any(found != list(range(found[0], found[0] + len(found))) for found in versions.values())
            or any(found[0] < 1 for found in versions.values())
            or any(stream in versions and versions[stream][0] != version + 1 for stream, version in expect.items())
        )


steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.lists(
            st.tuples(
                st.sampled_from(STREAMS),
                st.sampled_from([0, 0, 0, 0, 0, 0, 1, -1]),
                st.integers(0, 40),
                st.integers(0, 4),
            ),
            max_size=4,
        ),
        st.dictionaries(st.sampled_from(STREAMS), st.sampled_from([0, 0, 0, 0, 1, -1]), max_size=2),
    ),
    max_size=25,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(story=steps)
def test_the_sqlite_log_does_what_the_model_says(story: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = SQLiteRecorder(Path(folder) / "log.db").open(StepClock())
        model, of_log, of_model = _play(log, story)
        assert of_log == of_model
        _assert_same(log, model)
        log.close()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(story=steps)
def test_the_postgres_log_does_what_the_model_says(
    postgres: Postgres, migrated_template: str, story: list[Step]
) -> None:
    url = postgres.database(template=migrated_template)
    log = PostgresRecorder(url, postgres.folder).open(StepClock())
    model, of_log, of_model = _play(log, story)
    assert of_log == of_model
    _assert_same(log, model)
    log.close()
    postgres.drop(url)


def _play(log: LogRecorder, story: list[Step]) -> tuple[Model, list[Answer], list[Answer]]:
    """The model after the story, and how the log and the model answered each of its appends."""
    model, of_log, of_model = Model(), list[Answer](), list[Answer]()
    for wanted, expected in story:
        batch = _batch(model, wanted)
        expect = {stream: model.version(stream) + off for stream, off in expected.items()}
        of_log.append(_append(log, batch, expect))
        of_model.append(model.append(batch, expect))
    return model, of_log, of_model


def _batch(model: Model, wanted: Sequence[tuple[str, int, int, int]]) -> list[NewRecord]:
    """Records at their stream's next version, give or take; ids and contents come from a small set, so that they recur."""
    batch = []
    ahead: Counter[str] = Counter()
    for stream, off, id, content in wanted:
        ahead[stream] += 1
        version = model.version(stream) + ahead[stream] + off
        batch.append(a_record(stream, version, id=str(id), process=stream[:3], content=content // 4))
    return batch


def _append(log: LogRecorder, batch: Sequence[NewRecord], expect: Mapping[str, int]) -> Answer:
    try:
        return [record.position for record in log.append(batch, expect=expect)]
    except (ValueError, VersionConflict, EventIdReused) as error:
        return type(error)


def _assert_same(log: LogRecorder, model: Model) -> None:
    found = log.read()
    assert [_new(record) for record in found] == [_new(record) for record in model.records]
    assert log.versions(STREAMS) == {stream: model.version(stream) for stream in STREAMS}
    indexes: Counter[str] = Counter()
    for record in found:
        assert record.process_index == indexes[record.process_id]
        indexes[record.process_id] += 1
    assert check_log(log) == len(model.records)


def _new(record: NewRecord) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in NewRecord.__slots__)
