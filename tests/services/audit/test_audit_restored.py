"""A database restored to an earlier time is noticed at the start: what was signed lives beside the key, outside of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from audit.projections import Leaves
from comitia.audit.v1 import audit_pb2 as pb
from runtime.listening import CannotStart
from tests.services.audit.conftest import PROCESS, Town
from transparency.merkle import hash_leaf, root_of

FoundTowns = Callable[..., Town]


def back_up(town: Town) -> bytes:
    """The log as it is now."""
    with closing(sqlite3.connect(town.settings.log_path)) as db:
        return db.serialize()


def restore(found_towns: FoundTowns, town: Town, backup: bytes) -> Town:
    """A town on the log of the backup, with the key, the checkpoints and the leaves as they are now."""
    town.close()
    for path in town.settings.data_dir.glob("log.db*"):
        path.unlink()
    town.settings.log_path.write_bytes(backup)
    return found_towns()


def sign(town: Town) -> None:
    town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))


def refused(town: Town) -> str:
    with pytest.raises(CannotStart) as told:
        town.service.before_start()
    return str(told.value)


def test_a_log_that_grew_since_it_was_signed_starts(found_towns: FoundTowns) -> None:
    town = found_towns()
    town.service.before_start()
    town.happen(times=300)
    sign(town)
    town.happen(times=5)
    town.happen(process="other")
    town.service.before_start()
    again = found_towns()
    again.service.before_start()
    assert again.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS)).size == 305


def test_a_log_restored_to_before_a_checkpoint_does_not_start(found_towns: FoundTowns) -> None:
    town = found_towns()
    town.happen(times=3)
    backup = back_up(town)
    town.happen(times=4)
    sign(town)
    said = refused(restore(found_towns, town, backup))
    assert said.startswith(
        f"the log holds 3 events of process {PROCESS}, and a checkpoint of 7 was signed: it was restored"
    )
    assert "docs/operators.md" in said


def test_a_restored_log_that_grew_again_past_the_checkpoint_does_not_start_either(found_towns: FoundTowns) -> None:
    town = found_towns()
    town.happen(times=3)
    backup = back_up(town)
    town.happen(times=4, note="lost")
    sign(town)
    town = restore(found_towns, town, backup)
    town.happen(times=9, note="otherwise")
    assert refused(town).startswith(
        f"the first 7 of 12 events of process {PROCESS} are not those that were signed (root "
    )


def test_a_log_restored_to_after_its_last_checkpoint_starts_and_what_it_signs_is_the_log(
    found_towns: FoundTowns,
) -> None:
    """The leaves that were computed of the lost events are of a history that is no more."""
    town = found_towns()
    town.happen(times=3)
    sign(town)
    backup = back_up(town)
    town.happen(times=4, note="lost")
    Leaves(town.settings.data_dir / "leaves.db", town.log).extend(PROCESS, 7)
    town = restore(found_towns, town, backup)
    town.happen(times=6, note="otherwise")
    town.service.before_start()
    signed = town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))
    assert (signed.size, signed.root) == (9, root_of(hash_leaf(one.leaf()) for one in town.log.read_process(PROCESS)))


def test_leaves_that_were_damaged_are_computed_again(found_towns: FoundTowns) -> None:
    town = found_towns()
    town.happen(times=300)
    sign(town)
    with closing(sqlite3.connect(town.settings.data_dir / "leaves.db", isolation_level=None)) as db:
        db.execute("UPDATE tiles SET root = zeroblob(32) WHERE tile = 0")
    town.service.before_start()
    signed = town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))
    assert signed.root == root_of(hash_leaf(one.leaf()) for one in town.log.read_process(PROCESS))


def test_an_event_changed_before_the_checkpoint_is_noticed_where_the_leaves_are_gone(found_towns: FoundTowns) -> None:
    town = found_towns()
    town.happen(times=5, note="honest")
    sign(town)
    town.close()
    with closing(sqlite3.connect(town.settings.log_path, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE records SET payload = CAST('{}' AS BLOB) WHERE process_index = 2")
    for path in town.settings.data_dir.glob("leaves.db*"):
        path.unlink()
    assert "are not those that were signed" in refused(found_towns())
