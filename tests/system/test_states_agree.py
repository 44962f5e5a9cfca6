"""After each event, the services' state and the auditor's replay of the bundle are the same: two implementations agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ballots.domain.box import Box, OpenBox, Unopened, evolve
from ballots.domain.events import CATALOGUE
from ballots.state import box_state
from ballots.turnout import NO_TURNOUT, TYPES, count_in
from cli.demo import budget, company, swiss
from kernel.records import Record
from replay.replay import Replay
from replay.verify import replay_states
from tests.system.conftest import Demo
from tests.system.tampering import opened

pytestmark = pytest.mark.slow

PARTS = {
    "processes": ("process",),
    "proposals": ("proposals", "shortlists"),
    "chambers": ("rolls", "motions"),
    "ballots": ("boxes",),
}
"""The service that writes an event, and the parts of the state that are its own."""

WHOLE_EVERY = 400


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def steps(demo: Demo, process_id: str) -> Iterator[tuple[int, Record, Replay]]:
    """The number of events so far, the last of them, and the replay after it."""
    for number, (record, replay) in enumerate(replay_states(opened(demo.told[process_id].bundle)), 1):
        yield number, record, replay


@pytest.mark.parametrize("process_id", [company.PROCESS, swiss.PROCESS])
def test_the_whole_state_is_the_replays_after_every_event(demo: Demo, process_id: str) -> None:
    number = 0
    for number, _, replay in steps(demo, process_id):
        assert demo.client.state(process_id, number) == plain(replay.state()), number
    assert number == demo.told[process_id].report.size


def test_the_budgets_state_is_the_replays_after_every_event(demo: Demo) -> None:
    """What an event's own service says after each event; the whole state through the API at every 400th and the last."""
    readers = {service.name: service.states for service in demo.engine.services}
    box: Box = Unopened()
    turnouts: dict[str, Any] = {}
    number, size = 0, demo.told[budget.PROCESS].report.size
    for number, record, replay in steps(demo, budget.PROCESS):
        service = record.type.partition(".")[0]
        if service == "ballots":
            if record.type in TYPES:
                turnouts = count_in(turnouts, record)
            else:
                box = evolve(box, CATALOGUE[record.type].read(record))
            assert isinstance(box, OpenBox)
            found = {"boxes": {budget.MATTER: box_state(box, turnouts.get(budget.MATTER, NO_TURNOUT))}}
        else:
            reader = readers[service]
            assert reader is not None
            found = dict(reader(budget.PROCESS, number))
        expected = replay.state()
        assert plain(found) == plain({part: expected[part] for part in PARTS[service]}), number
        if number % WHOLE_EVERY == 0 or number == size:
            assert demo.client.state(budget.PROCESS, number) == plain(expected), number
    assert number == size > 8000
