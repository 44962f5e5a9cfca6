"""The 518 published probes of transparency-dev/merkle: every good proof is accepted, every other one refused."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

from testkit.shared import shared_data
from transparency import merkle


def _hash(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _accepts(kind: str, probe: dict[str, Any]) -> bool:
    proof = [_hash(one) for one in probe["proof"] or []]
    match kind:
        case "inclusion":
            where = (probe["leafIdx"], probe["treeSize"])
            return merkle.verify_inclusion(*where, _hash(probe["leafHash"]), proof, _hash(probe["root"]))
        case "consistency":
            where = (probe["size1"], probe["size2"])
            return merkle.verify_consistency(*where, proof, _hash(probe["root1"]), _hash(probe["root2"]))
        case "subtreeinclusion":
            place = (probe["leafIdx"], probe["start"], probe["end"])
            return merkle.verify_subtree_inclusion(*place, _hash(probe["leafHash"]), proof, _hash(probe["root"]))
        case _:
            place = (probe["start"], probe["end"], probe["size"])
            return merkle.verify_subtree_consistency(*place, proof, _hash(probe["root1"]), _hash(probe["root2"]))


def test_all_518_published_probes_are_judged_as_published() -> None:
    folder = shared_data("merkle")
    judged: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for path in sorted(folder.rglob("*.json")):
        kind = path.relative_to(folder).parts[0]
        probe = json.loads(path.read_text())
        accepted = _accepts(kind, probe)
        judged[kind, accepted] += 1
        if accepted == probe["wantErr"]:
            wrong.append(str(path.relative_to(folder)))
    assert wrong == []
    assert judged.total() == 518
    assert sum(count for (_, accepted), count in judged.items() if accepted) == 36
    assert {kind for kind, _ in judged} == {"inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"}
