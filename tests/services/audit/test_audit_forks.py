"""No checkpoint is signed that contradicts one that was signed before, whatever happened to the log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from audit.domain.signing import contradiction
from comitia.audit.v1 import audit_pb2 as pb
from kernel.refusal import Refused
from tests.services.audit.conftest import PROCESS, Town, refusal
from transparency import merkle
from transparency.checkpoints import Checkpoint

HASHES = [merkle.hash_leaf(bytes([number])) for number in range(9)]
OTHERS = [*HASHES[:2], merkle.hash_leaf(b"other"), *HASHES[3:]]


def _prove(old: int, new: int) -> list[bytes]:
    return merkle.consistency_proof(old, new, HASHES)


def _head(hashes: list[bytes], size: int) -> Checkpoint:
    return Checkpoint("o", size, merkle.root_of(hashes[:size]))


@pytest.mark.parametrize(
    ("one", "other", "contradicts"),
    [
        pytest.param(_head(HASHES, 3), _head(HASHES, 7), False, id="a log that grew"),
        pytest.param(_head(HASHES, 7), _head(HASHES, 3), False, id="an earlier size asked for later"),
        pytest.param(_head(HASHES, 7), _head(HASHES, 7), False, id="the same again"),
        pytest.param(_head(HASHES, 0), _head(HASHES, 7), False, id="from the empty log"),
        pytest.param(_head(OTHERS, 2), _head(HASHES, 7), False, id="they differ after the earlier one only"),
        pytest.param(_head(OTHERS, 3), _head(HASHES, 7), True, id="an event of the earlier one was changed"),
        pytest.param(_head(HASHES, 3), _head(OTHERS, 7), True, id="the later one is of another log"),
        pytest.param(_head(OTHERS, 7), _head(HASHES, 7), True, id="two roots for one size"),
    ],
)
def test_two_checkpoints_agree_when_one_grew_into_the_other(
    one: Checkpoint, other: Checkpoint, contradicts: bool
) -> None:
    found = contradiction(one, other, _prove)
    assert isinstance(found, Refused) is contradicts


def test_a_log_whose_past_was_changed_gets_no_checkpoint_any_more(found_towns: Callable[..., Town]) -> None:
    town = found_towns()
    town.happen(times=5, note="honest")
    town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))
    _change_the_past(town, "UPDATE records SET payload = CAST('{}' AS BLOB) WHERE process_index = 2")
    town = found_towns()
    town.happen(times=5)
    code, reason, numbers = refusal(town.audit.GetCheckpoint, pb.GetCheckpointRequest(process_id=PROCESS))
    assert (code, reason, numbers["old_size"], numbers["new_size"]) == ("FAILED_PRECONDITION", "log_forked", "5", "10")
    for size in (3, 5, 7):
        request = pb.GetCheckpointRequest(process_id=PROCESS, size=size)
        assert refusal(town.audit.GetCheckpoint, request)[1] == "log_forked"
    assert refusal(town.audit.GetBundle, pb.GetBundleRequest(process_id=PROCESS))[1] == "log_forked"


def test_what_does_not_reach_the_change_is_still_signed(found_towns: Callable[..., Town]) -> None:
    town = found_towns()
    town.happen(times=5, note="honest")
    for size in (2, 5):
        town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS, size=size))
    _change_the_past(town, "UPDATE records SET payload = CAST('{}' AS BLOB) WHERE process_index = 3")
    town = found_towns()
    assert town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS, size=2)).size == 2


def test_a_log_that_lost_events_gets_no_checkpoint_any_more(found_towns: Callable[..., Town]) -> None:
    town = found_towns()
    town.happen(times=5)
    town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))
    _change_the_past(town, "DELETE FROM records WHERE process_index >= 3")
    town = found_towns()
    found = refusal(town.audit.GetCheckpoint, pb.GetCheckpointRequest(process_id=PROCESS))
    numbers = {"origin": f"town.example/process/{PROCESS}", "signed": "5", "events": "3"}
    assert found == ("FAILED_PRECONDITION", "log_shrunk", numbers)


def test_a_reaction_to_a_forked_log_is_reported_and_does_not_stop_the_others(
    found_towns: Callable[..., Town], caplog: pytest.LogCaptureFixture
) -> None:
    town = found_towns()
    town.happen(times=5, note="honest")
    town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))
    _change_the_past(town, "UPDATE records SET payload = CAST('{}' AS BLOB) WHERE process_index = 2")
    town = found_towns()
    town.react(town.happen("ballots.BoxSealed"))
    assert "log_forked" in caplog.text


def _change_the_past(town: Town, statement: str) -> None:
    """What someone with the file could do: stop the service, drop the triggers, change the log and the leaves."""
    town.close()
    with sqlite3.connect(town.settings.log_path) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement)
    db.close()
    for path in town.settings.data_dir.glob("leaves.db*"):
        path.unlink()
