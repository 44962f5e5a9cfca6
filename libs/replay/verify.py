"""Verifies a bundle with nothing but the bundle: signatures, roots, order, and every result derived again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from kernel.records import Record
from kernel.refusal import Refused
from replay.findings import MISSING, Check, Findings
from replay.order import OrderCheck
from replay.replay import Replay
from transparency.bundle import Bundle, open_bundle
from transparency.checkpoints import Checkpoint, open_checkpoint
from transparency.merkle import hash_leaf
from transparency.notes import VerifierKey


@dataclass(frozen=True)
class Report:
    """What `comitia verify` prints: one check a line; `trusted` tells whether the key was named from outside."""

    process_id: str
    size: int
    origin: str
    trusted: bool
    checks: tuple[Check, ...]

    @property
    def held(self) -> bool:
        return all(check.held for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """JSON: each check with its count and findings; `held` is the verdict."""
        checks = [
            {
                "check": check.name,
                "what": check.what,
                "count": check.count,
                "wrong": check.wrong,
                "held": check.held,
                "findings": [finding.to_json() for finding in check.findings],
            }
            for check in self.checks
        ]
        return {
            "process": self.process_id,
            "events": self.size,
            "origin": self.origin,
            "key": "given" if self.trusted else "from the bundle",
            "held": self.held,
            "checks": checks,
        }


def verify(
    source: bytes | BinaryIO, key: VerifierKey | None = None, progress: Callable[[int, int], None] | None = None
) -> Report | Refused:
    """Verify a bundle, trusting `key`, or else the key it brings along (then its signatures only bind it to itself).

    Refused when the file cannot be opened as a bundle at all. `progress(done, size)` is called now and then.
    """
    bundle = open_bundle(source)
    if isinstance(bundle, Refused):
        return bundle
    findings = Findings()
    findings.count("container", 5 + len(bundle.checkpoints))
    heads = _open_checkpoints(bundle, key or bundle.manifest.verifier_key, findings)
    replay = _replay(bundle, heads, findings, progress or (lambda done, size: None))
    _check_results(bundle, replay, findings)
    manifest = bundle.manifest
    checks = tuple(findings.checks.values())
    return Report(manifest.process_id, manifest.size, manifest.origin, key is not None, checks)


def replay_states(bundle: Bundle) -> Iterator[tuple[Record, Replay]]:
    """Each record with the replay just after it: for comparing states event by event."""
    replay = Replay()
    for record in bundle.records():
        if isinstance(record, Refused):
            return
        replay.apply(record)
        yield record, replay


def _open_checkpoints(bundle: Bundle, key: VerifierKey, findings: Findings) -> dict[int, bytes]:
    """The roots that were signed, by size; a checkpoint that is not of this log by this key is a finding."""
    manifest = bundle.manifest
    if key != manifest.verifier_key:
        findings.add("signatures", None, "verifier_key", key.format(), manifest.verifier_key.format())
    origin_ends = f"/process/{manifest.process_id}"
    if not manifest.origin.endswith(origin_ends):
        findings.add("signatures", None, "origin", f"…{origin_ends}", manifest.origin)
    roots: dict[int, bytes] = {}
    for number, note in enumerate(bundle.checkpoints):
        findings.count("signatures")
        head = open_checkpoint(note, key)
        if not isinstance(head, Checkpoint):
            findings.add("signatures", None, f"checkpoint {number}", f"signed by {key.name}", str(head))
            continue
        if roots.get(head.size, head.root) != head.root:
            findings.add("consistency", None, f"checkpoint {number}", roots[head.size].hex(), head.root.hex())
        if roots and head.size < max(roots):
            findings.add("consistency", None, f"checkpoint {number} size", f"at least {max(roots)}", head.size)
        roots.setdefault(head.size, head.root)
    if manifest.size not in roots:
        found = max(roots, default=MISSING)
        findings.add("signatures", None, "last checkpoint's size", manifest.size, found)
    return roots


def _replay(
    bundle: Bundle, heads: dict[int, bytes], findings: Findings, progress: Callable[[int, int], None]
) -> Replay:
    """Read the records once: recompute each leaf, compare roots at each signed size, fold each event."""
    replay, order, size = Replay(findings), OrderCheck(findings, bundle.manifest.process_id), bundle.manifest.size
    published = bundle.leaf_hashes()
    _compare_root(heads, findings, replay)
    for index, record in enumerate(bundle.records()):
        if isinstance(record, Refused):
            findings.add("container", index, "record", "a record", str(record))
            break
        leaf_hash = hash_leaf(record.leaf())
        findings.count("root")
        expected = next(published, None)
        if expected != leaf_hash:
            shown = expected.hex() if isinstance(expected, bytes) else str(expected)
            findings.add("root", index, "leaf hash", shown, leaf_hash.hex())
        order.check(index, record)
        replay.apply(record, leaf_hash)
        _compare_root(heads, findings, replay)
        if index % 500 == 0:
            progress(index, size)
    replay.proposals.finish()
    if replay.tree.size != size:
        findings.add("root", None, "number of events", size, replay.tree.size)
    progress(size, size)
    return replay


def _compare_root(heads: dict[int, bytes], findings: Findings, replay: Replay) -> None:
    signed = heads.get(replay.tree.size)
    if signed is not None:
        findings.count("consistency")
        root = replay.tree.root()
        if root != signed:
            findings.add("root", None, f"root of the first {replay.tree.size} events", signed.hex(), root.hex())


def _check_results(bundle: Bundle, replay: Replay, findings: Findings) -> None:
    """What the services published at this size must be what the replay finds."""
    results = bundle.results()
    if isinstance(results, Refused):
        findings.add("container", None, "results.json", "readable JSON", str(results))
        return
    state = replay.state()
    findings.count("results", sum(len(part) for part in state.values() if isinstance(part, dict)))
    findings.compare("results", None, "", state, results)
