"""A bundle, as it comes over gRPC: whole, the same each time, and of exactly the events asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import grpc
import pytest

from comitia.audit.v1 import audit_pb2 as pb
from tests.services.audit.conftest import ORIGIN, PROCESS, Town, at_once, refusal
from transparency import merkle
from transparency.bundle import Bundle, open_bundle
from transparency.checkpoints import Checkpoint, open_checkpoint


def _opened(data: bytes) -> Bundle:
    bundle = open_bundle(data)
    assert isinstance(bundle, Bundle), bundle
    return bundle


def _sizes(bundle: Bundle) -> list[int]:
    opened = [open_checkpoint(note, bundle.manifest.verifier_key) for note in bundle.checkpoints]
    assert all(isinstance(one, Checkpoint) for one in opened)
    return [one.size for one in opened if isinstance(one, Checkpoint)]


def test_a_bundle_holds_the_records_leaves_and_key_of_one_process(town: Town) -> None:
    town.happen(process="other", times=2)
    town.happen(times=300, note="été")
    town.happen(process="other")
    records = list(town.log.read_process(PROCESS))
    bundle = _opened(town.bundle())
    assert list(bundle.records()) == records
    assert list(bundle.leaf_hashes()) == [merkle.hash_leaf(record.leaf()) for record in records]
    assert (bundle.manifest.origin, bundle.manifest.process_id, bundle.manifest.size) == (ORIGIN, PROCESS, 300)


def test_every_checkpoint_so_far_is_in_it_and_the_last_is_of_its_size(town: Town) -> None:
    town.happen(times=9)
    for size in (7, 2, 4):
        town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS, size=size))
    assert _sizes(_opened(town.bundle())) == [2, 4, 7, 9]
    assert _sizes(_opened(town.bundle(size=5))) == [2, 4, 5]


def test_the_results_are_what_the_four_services_say_at_its_size(town: Town) -> None:
    town.happen(times=6)
    assert _opened(town.bundle(size=4)).results() == {
        "process": {"phase": "vote"},
        "proposals": {},
        "shortlists": {},
        "rolls": {},
        "motions": {},
        "boxes": {},
        "processes_at": 4,
        "proposals_at": 4,
        "chambers_at": 4,
        "ballots_at": 4,
    }


def test_the_same_size_is_the_same_file(town: Town) -> None:
    town.happen(times=4)
    first = town.bundle()
    town.happen()
    assert town.bundle(size=4) == first


def test_a_large_bundle_comes_in_chunks_of_a_mebibyte_at_most(town: Town) -> None:
    for number in range(30):
        noise = "".join(hashlib.sha256(f"{number}.{part}".encode()).hexdigest() for part in range(3000))
        town.happen(note=noise)
    chunks = [one.chunk for one in town.audit.GetBundle(pb.GetBundleRequest(process_id=PROCESS))]
    assert len(chunks) > 2
    assert all(len(chunk) == 2**20 for chunk in chunks[:-1])
    assert list(_opened(b"".join(chunks)).records()) == list(town.log.read_process(PROCESS))


def test_many_bundles_at_once_are_all_whole(town: Town) -> None:
    town.happen(times=50)
    assert len(set(at_once(*([town.bundle] * 12)))) == 1


def test_callers_that_go_away_leave_the_way_free_for_others(town: Town) -> None:
    town.happen(times=2000)
    for _ in range(20):
        town.audit.GetBundle(pb.GetBundleRequest(process_id=PROCESS)).cancel()
    stream = town.audit.GetBundle(pb.GetBundleRequest(process_id=PROCESS), timeout=0.02)
    with pytest.raises(grpc.RpcError, match="Deadline Exceeded"):
        list(stream)
    assert _opened(town.bundle()).manifest.size == 2000


def test_refuses_to_make_a_bundle_without_the_published_results(found_towns: Callable[..., Town]) -> None:
    town = found_towns(stand_ins=False)
    town.happen()
    code, reason, numbers = refusal(town.audit.GetBundle, pb.GetBundleRequest(process_id=PROCESS))
    assert (code, reason, numbers["service"]) == ("FAILED_PRECONDITION", "state_unavailable", "processes")
    assert "unimplemented" in numbers["why"]


def test_refuses_while_it_does_not_know_where_the_other_services_are(town: Town) -> None:
    town.happen()
    town.storage.announce("")
    code, reason, numbers = refusal(town.audit.GetBundle, pb.GetBundleRequest(process_id=PROCESS))
    assert (code, reason, numbers["why"]) == ("FAILED_PRECONDITION", "state_unavailable", "its address is not known")


def test_the_other_services_may_be_elsewhere(found_towns: Callable[..., Town], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_AUDIT_CHAMBERS", "127.0.0.1:1")
    town = found_towns()
    town.happen()
    _, reason, numbers = refusal(town.audit.GetBundle, pb.GetBundleRequest(process_id=PROCESS))
    assert (reason, numbers["service"], numbers["address"]) == ("state_unavailable", "chambers", "127.0.0.1:1")
    assert "unavailable" in numbers["why"]
