"""Recomputes a bundle's leaves and roots with nothing but Python: recompute_root.py BUNDLE."""

import base64
import hashlib
import hmac
import json
import sys
import zipfile

HEADER = {
    "causation_id",
    "correlation_id",
    "event_id",
    "position",
    "process_id",
    "process_index",
    "recorded_at",
    "schema",
    "stream_id",
    "stream_version",
    "type",
    "v",
}


def leaf_hash(record: dict[str, object]) -> bytes:
    """RFC 9162 2.1.1: SHA-256 of a zero byte and the leaf, which is the header and the commitment to the payload."""
    salt, payload = bytes.fromhex(str(record["salt"])), str(record["payload"]).encode()
    leaf = {name: record[name] for name in HEADER} | {"commit": hmac.digest(salt, payload, "sha256").hex()}
    written = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"\x00" + written.encode()).digest()


def root(hashes: list[bytes]) -> bytes:
    """RFC 9162 2.1.1: split at the largest power of two below the number of leaves."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(hashes[:split]) + root(hashes[split:])).digest()


with zipfile.ZipFile(sys.argv[1]) as bundle:
    lines = bundle.read("records.jsonl").splitlines()
    notes = [bundle.read(name).decode() for name in sorted(bundle.namelist()) if name.startswith("checkpoints/")]
hashes = [leaf_hash(json.loads(line)) for line in lines]
same = True
for note in notes:
    origin, size, signed = note.splitlines()[:3]
    found = base64.b64encode(root(hashes[: int(size)])).decode()
    same = same and found == signed
    sys.stdout.write(f"{size} events: root {found}: {'as signed' if found == signed else 'NOT as signed, ' + signed}\n")
sys.exit(0 if same else 1)
