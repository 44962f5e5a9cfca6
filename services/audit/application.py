"""Use cases: checkpoints signed once and never contradicted, proofs, and the bundle of a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from audit.domain.asking import check_index, check_size
from audit.domain.signing import contradiction, shrunk
from audit.projections import Leaves
from audit.signed import Signed, SignedCheckpoints
from audit.states import States
from eventlog.contract import LogRecorder
from kernel.records import Record
from kernel.refusal import Refused, unknown_process
from transparency.bundle import MAX_CHECKPOINTS
from transparency.bundle_writer import write_bundle
from transparency.checkpoints import Checkpoint
from transparency.notes import Signer, VerifierKey


class Abandoned(Exception):
    """Nobody waits for the bundle any more."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The leaf at an index, and what proves it to be in a signed checkpoint."""

    leaf: bytes
    leaf_hash: bytes
    proof: list[bytes]
    signed: Signed


@dataclass(frozen=True, slots=True)
class Consistency:
    """What proves that a signed checkpoint grew from the log's first `old_size` events."""

    old_size: int
    proof: list[bytes]
    signed: Signed


class Audit:
    """The transparency log of each process. Safe to use from many threads."""

    def __init__(
        self,
        log: LogRecorder,
        leaves: Leaves,
        signed: SignedCheckpoints,
        signer_of: Callable[[str], Signer],
        states: States,
        scratch: Callable[[], IO[bytes]],
    ) -> None:
        """`signer_of` gives a process's signer; `scratch` a new file for a bundle in the making."""
        self._log, self._leaves, self._signed = log, leaves, signed
        self._signer_of, self._states, self._scratch = signer_of, states, scratch
        self._signing = threading.Lock()

    def verifier_key(self, process_id: str) -> VerifierKey | Refused:
        """The key that verifies the process's checkpoints."""
        return self._signer_of(process_id).key if self._log.length(process_id) else unknown_process(process_id)

    def checkpoint(self, process_id: str, size: int | None) -> Signed | Refused:
        """The signed checkpoint of the process's first `size` events (None: all); refuses to sign a fork."""
        checked = check_size(process_id, size, self._log.length(process_id))
        if isinstance(checked, Refused):
            return checked
        signer = self._signer_of(process_id)
        self._leaves.extend(process_id, checked)
        checkpoint = Checkpoint(signer.name, checked, self._leaves.root(process_id, checked))
        with self._signing:
            refused = self._contradicted(process_id, checkpoint)
            return self._signed.keep(signer, checkpoint) if refused is None else refused

    def inclusion(self, process_id: str, index: int, size: int | None) -> Inclusion | Refused:
        """Proof that the event at `index` is in the log's first `size` (None: the latest checkpoint that has it)."""
        refused = check_index(process_id, index, self._log.length(process_id))
        if refused is not None:
            return refused
        if size is None:
            latest = self._signed.latest(self._signer_of(process_id).key)
            size = latest.checkpoint.size if latest is not None and latest.checkpoint.size > index else None
        signed = self.checkpoint(process_id, size)
        if isinstance(signed, Refused):
            return signed
        refused = check_index(process_id, index, signed.checkpoint.size)
        if refused is not None:
            return refused
        leaf = next(self._log.read_process(process_id, first=index, stop=index + 1)).leaf()
        proof = self._leaves.inclusion_proof(process_id, index, signed.checkpoint.size)
        return Inclusion(leaf, self._leaves.leaf_hash(process_id, index), proof, signed)

    def consistency(self, process_id: str, old_size: int, new_size: int | None) -> Consistency | Refused:
        """Proof that the log's first `new_size` events (None: all) begin with its first `old_size`."""
        signed = self.checkpoint(process_id, new_size)
        if isinstance(signed, Refused):
            return signed
        checked = check_size(process_id, old_size, signed.checkpoint.size)
        if isinstance(checked, Refused):
            return checked
        return Consistency(
            old_size, self._leaves.consistency_proof(process_id, old_size, signed.checkpoint.size), signed
        )

    def bundle(self, process_id: str, size: int | None, abandoned: threading.Event) -> IO[bytes] | Refused:
        """A file, to be closed by the caller, that holds the process's bundle. Raises `Abandoned` when that is set."""
        signed = self.checkpoint(process_id, size)
        if isinstance(signed, Refused):
            return signed
        key, events = self._signer_of(process_id).key, signed.checkpoint.size
        results = self._states(process_id, events)
        if isinstance(results, Refused):
            return results
        file = self._scratch()
        try:
            write_bundle(
                file,
                key=key,
                process_id=process_id,
                records=_while_wanted(self._log.read_process(process_id, stop=events), abandoned),
                leaf_hashes=self._leaves.hashes(process_id, events),
                checkpoints=self._signed.notes(key, events, MAX_CHECKPOINTS),
                results=results,
            )
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _contradicted(self, process_id: str, checkpoint: Checkpoint) -> Refused | None:
        """Two neighbours are enough: each signed checkpoint agreed with its own when it was signed."""
        for other in self._signed.neighbours(checkpoint.origin, checkpoint.size):
            length = self._log.length(process_id)
            if other.size > length:
                return shrunk(other, length)
            self._leaves.extend(process_id, other.size)
            refused = contradiction(
                checkpoint, other, lambda old, new: self._leaves.consistency_proof(process_id, old, new)
            )
            if refused is not None:
                return refused
        return None


def _while_wanted(records: Iterator[Record], abandoned: threading.Event) -> Iterator[Record]:
    for record in records:
        if abandoned.is_set():
            raise Abandoned
        yield record
