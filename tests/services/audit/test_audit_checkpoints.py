"""Checkpoints and proofs, as an auditor gets them over gRPC and checks them with the published key."""

from __future__ import annotations

from collections.abc import Callable

from comitia.audit.v1 import audit_pb2 as pb
from tests.services.audit.conftest import ORIGIN, PROCESS, Town, at_once, refusal
from transparency import merkle
from transparency.checkpoints import Checkpoint, open_checkpoint
from transparency.notes import VerifierKey


def _key(town: Town) -> VerifierKey:
    answer = town.audit.GetVerifierKey(pb.GetVerifierKeyRequest(process_id=PROCESS))
    key = VerifierKey.parse(answer.verifier_key)
    assert isinstance(key, VerifierKey)
    assert key.name == answer.origin == ORIGIN
    return key


def _checkpoint(town: Town, size: int | None = None) -> Checkpoint:
    answer = town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS, size=size))
    checkpoint = open_checkpoint(answer.checkpoint, _key(town))
    assert isinstance(checkpoint, Checkpoint)
    assert (answer.origin, answer.size, answer.root) == (checkpoint.origin, checkpoint.size, checkpoint.root)
    return checkpoint


def _leaves(town: Town) -> list[bytes]:
    return [merkle.hash_leaf(record.leaf()) for record in town.log.read_process(PROCESS)]


def test_a_checkpoint_is_of_all_events_and_opens_with_the_published_key(town: Town) -> None:
    town.happen(times=5)
    assert _checkpoint(town) == Checkpoint(ORIGIN, 5, merkle.root_of(_leaves(town)))


def test_a_checkpoint_of_an_earlier_size_can_be_asked_for(town: Town) -> None:
    town.happen(times=5)
    assert _checkpoint(town, 3) == Checkpoint(ORIGIN, 3, merkle.root_of(_leaves(town)[:3]))
    assert _checkpoint(town, 0) == Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)


def test_asking_twice_gives_the_same_bytes(town: Town) -> None:
    town.happen(times=2)
    request = pb.GetCheckpointRequest(process_id=PROCESS)
    assert town.audit.GetCheckpoint(request).checkpoint == town.audit.GetCheckpoint(request).checkpoint


def test_many_askers_at_once_get_one_checkpoint_for_each_size(town: Town) -> None:
    town.happen(times=400)
    requests = [pb.GetCheckpointRequest(process_id=PROCESS, size=size) for size in (100, 300, 400) * 6]
    answers = at_once(*(lambda request=request: town.audit.GetCheckpoint(request) for request in requests))
    notes = {(answer.size, answer.checkpoint) for answer in answers}
    assert sorted(size for size, _ in notes) == [100, 300, 400]


def test_each_process_is_a_log_of_its_own(town: Town) -> None:
    town.happen(times=3)
    town.happen(process="other", times=2)
    answer = town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id="other"))
    assert (answer.origin, answer.size) == ("town.example/process/other", 2)
    assert _checkpoint(town).size == 3


def test_the_key_and_the_checkpoints_outlive_the_service(found_towns: Callable[..., Town]) -> None:
    first = found_towns()
    first.happen(times=3)
    key, before = _key(first), _checkpoint(first)
    second = found_towns()
    assert (_key(second), _checkpoint(second)) == (key, before)


def test_a_receipt_is_proven_to_be_in_the_log(town: Town) -> None:
    town.happen(times=300)
    leaves, root = _leaves(town), _checkpoint(town).root
    for index in (0, 1, 254, 255, 256, 299):
        request = pb.GetInclusionProofRequest(process_id=PROCESS, process_index=index)
        answer = town.audit.GetInclusionProof(request)
        assert answer.leaf_hash == leaves[index] == merkle.hash_leaf(answer.leaf)
        assert merkle.verify_inclusion(index, answer.size, answer.leaf_hash, list(answer.proof), root)
        assert open_checkpoint(answer.checkpoint, _key(town)) == Checkpoint(ORIGIN, answer.size, root)


def test_the_latest_checkpoint_that_holds_the_event_is_used_before_a_new_one_is_signed(town: Town) -> None:
    town.happen(times=5)
    _checkpoint(town)
    town.happen(times=5)
    sizes = [
        town.audit.GetInclusionProof(pb.GetInclusionProofRequest(process_id=PROCESS, process_index=index)).size
        for index in (0, 4, 5, 0)
    ]
    assert sizes == [5, 5, 10, 10]


def test_inclusion_is_proven_in_the_tree_of_any_size_asked_for(town: Town) -> None:
    town.happen(times=9)
    request = pb.GetInclusionProofRequest(process_id=PROCESS, process_index=2, size=7)
    answer = town.audit.GetInclusionProof(request)
    root = merkle.root_of(_leaves(town)[:7])
    assert merkle.verify_inclusion(2, 7, answer.leaf_hash, list(answer.proof), root)


def test_growth_is_proven_between_any_two_sizes(town: Town) -> None:
    town.happen(times=520)
    leaves, key = _leaves(town), _key(town)
    for old, new in ((0, 520), (1, 2), (3, 520), (255, 256), (256, 520), (300, 512), (519, 520), (520, 520)):
        answer = town.audit.GetConsistencyProof(
            pb.GetConsistencyProofRequest(process_id=PROCESS, old_size=old, new_size=new)
        )
        roots = merkle.root_of(leaves[:old]), merkle.root_of(leaves[:new])
        assert merkle.verify_consistency(old, new, list(answer.proof), *roots)
        assert open_checkpoint(answer.checkpoint, key) == Checkpoint(ORIGIN, new, roots[1])


def test_growth_is_proven_up_to_now_when_no_new_size_is_named(town: Town) -> None:
    town.happen(times=6)
    answer = town.audit.GetConsistencyProof(pb.GetConsistencyProofRequest(process_id=PROCESS, old_size=4))
    assert (answer.old_size, answer.new_size) == (4, 6)


def test_refuses_what_the_process_has_not_reached(town: Town) -> None:
    town.happen(times=3)
    size = ("INVALID_ARGUMENT", "size_out_of_range", {"size": "4", "events": "3"})
    assert refusal(town.audit.GetCheckpoint, pb.GetCheckpointRequest(process_id=PROCESS, size=4)) == size
    request = pb.GetInclusionProofRequest(process_id=PROCESS, process_index=0, size=4)
    assert refusal(town.audit.GetInclusionProof, request) == size
    consistency = pb.GetConsistencyProofRequest(process_id=PROCESS, old_size=3, new_size=4)
    assert refusal(town.audit.GetConsistencyProof, consistency) == size
    assert refusal(town.audit.GetBundle, pb.GetBundleRequest(process_id=PROCESS, size=4)) == size


def test_refuses_a_negative_size_and_a_log_that_shrinks(town: Town) -> None:
    town.happen(times=3)
    found = refusal(town.audit.GetCheckpoint, pb.GetCheckpointRequest(process_id=PROCESS, size=-1))
    assert found == ("INVALID_ARGUMENT", "size_out_of_range", {"size": "-1", "events": "3"})
    shrinking = pb.GetConsistencyProofRequest(process_id=PROCESS, old_size=3, new_size=2)
    found = refusal(town.audit.GetConsistencyProof, shrinking)
    assert found == ("INVALID_ARGUMENT", "size_out_of_range", {"size": "3", "events": "2"})


def test_refuses_an_event_that_the_process_or_the_tree_does_not_have(town: Town) -> None:
    town.happen(times=3)
    for index, size, events in ((3, None, "3"), (-1, None, "3"), (2, 2, "2"), (2**62, None, "3")):
        request = pb.GetInclusionProofRequest(process_id=PROCESS, process_index=index, size=size)
        found = refusal(town.audit.GetInclusionProof, request)
        numbers = {"process_index": str(index), "events": events}
        assert found == ("INVALID_ARGUMENT", "index_out_of_range", numbers)


def test_refuses_a_process_that_does_not_exist(town: Town) -> None:
    town.happen()
    for name in ("nowhere", "", "../budget-2026", "BUDGET-2026", "a\0b", "x" * 500):
        for rpc, request in (
            (town.audit.GetCheckpoint, pb.GetCheckpointRequest(process_id=name)),
            (town.audit.GetVerifierKey, pb.GetVerifierKeyRequest(process_id=name)),
            (town.audit.GetInclusionProof, pb.GetInclusionProofRequest(process_id=name)),
            (town.audit.GetConsistencyProof, pb.GetConsistencyProofRequest(process_id=name)),
            (town.audit.GetBundle, pb.GetBundleRequest(process_id=name)),
        ):
            assert refusal(rpc, request) == ("NOT_FOUND", "unknown_process", {"process": name[:128]})
