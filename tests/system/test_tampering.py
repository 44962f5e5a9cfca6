"""Each way of cheating with a real bundle is caught, and named by the event it touches."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.keys import load_or_create
from cli.demo import budget, company, swiss
from kernel.records import Record
from kernel.refusal import Refused
from replay.findings import Finding
from replay.verify import Report, verify
from tests.system.conftest import Demo
from tests.system.tampering import (
    Edit,
    edit_one,
    first_of,
    opened,
    records_of,
    renumbered,
    resigned,
    rezipped,
    with_payload,
)
from transparency.notes import VerifierKey

pytestmark = pytest.mark.slow


def findings_of(data: bytes, key: VerifierKey | None = None) -> list[Finding]:
    report = verify(io.BytesIO(data), key)
    assert isinstance(report, Report), report
    assert not report.held
    return [finding for check in report.checks for finding in check.findings]


def private_key(demo: Demo) -> bytes:
    return load_or_create(demo.engine.settings.data_dir / "audit.key")


def test_the_untouched_bundles_verify_also_under_the_deployments_own_key(demo: Demo) -> None:
    for told in demo.told.values():
        key = opened(told.bundle).manifest.verifier_key
        report = verify(io.BytesIO(told.bundle.read_bytes()), key)
        assert isinstance(report, Report)
        assert report.held
        assert report.trusted


def test_a_changed_byte_of_a_payload_is_named_by_its_event(demo: Demo) -> None:
    path = demo.told[company.PROCESS].bundle
    at = first_of(records_of(path), "ballots.BallotCast", lambda data: data["choice"] == "yes")

    def edit(name: str, data: bytes) -> bytes:
        if name != "records.jsonl":
            return data
        lines = data.split(b"\n")
        lines[at] = lines[at].replace(b'\\"choice\\":\\"yes\\"', b'\\"choice\\":\\"no\\"')
        return b"\n".join(lines)

    found = findings_of(rezipped(path, edit))
    assert ("root", at, "leaf hash") in {(each.check, each.index, each.field) for each in found}


def _swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:5], lines[6], lines[5], *lines[7:]]


LINES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int]] = {
    "an event dropped": (lambda lines: [*lines[:5], *lines[6:]], 5),
    "two events swapped": (_swap, 5),
    "an event added": (lambda lines: [*lines[:5], lines[4], *lines[5:]], 5),
}


@pytest.mark.parametrize(("edit", "at"), LINES.values(), ids=LINES.keys())
def test_the_order_of_events_cannot_change(demo: Demo, edit: Callable[[list[bytes]], list[bytes]], at: int) -> None:
    def change(name: str, data: bytes) -> bytes:
        return b"\n".join(edit(data.split(b"\n"))) if name == "records.jsonl" else data

    found = findings_of(rezipped(demo.told[company.PROCESS].bundle, change))
    assert ("indexes", at, "process_index") in {(each.check, each.index, each.field) for each in found}
    assert any(each.check == "root" for each in found)


def test_a_checkpoint_from_another_process_is_not_taken(demo: Demo) -> None:
    foreign = opened(demo.told[swiss.PROCESS].bundle).checkpoints[-1].encode()

    def change(name: str, data: bytes) -> bytes:
        return foreign if name == "checkpoints/000000" else data

    found = findings_of(rezipped(demo.told[company.PROCESS].bundle, change))
    assert ("signatures", "checkpoint 0") in {(each.check, each.field) for each in found}


def test_another_deployments_key_does_not_verify(demo: Demo) -> None:
    path = demo.told[company.PROCESS].bundle
    mine = opened(path).manifest.verifier_key
    other = VerifierKey(mine.name, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    found = findings_of(path.read_bytes(), other)
    assert ("signatures", "verifier_key", other.format(), mine.format()[:117]) in {
        (each.check, each.field, each.expected, each.found[:117]) for each in found
    }


def test_a_forger_with_another_key_is_caught_when_the_deployments_key_is_known(demo: Demo) -> None:
    path = demo.told[company.PROCESS].bundle
    forged = resigned(path, Ed25519PrivateKey.generate().private_bytes_raw(), lambda records: records)
    found = findings_of(forged, opened(path).manifest.verifier_key)
    assert {each.check for each in found} == {"signatures"}


def test_a_truncated_bundle_is_no_bundle(demo: Demo) -> None:
    data = demo.told[company.PROCESS].bundle.read_bytes()
    refused = verify(io.BytesIO(data[: len(data) // 2]))
    assert isinstance(refused, Refused)
    assert refused.reason == "bundle_truncated"


def test_a_zip_bomb_is_refused_before_it_unpacks(demo: Demo) -> None:
    def inflate(name: str, data: bytes) -> bytes:
        return b" " * (64 * 2**20) if name == "results.json" else data

    refused = verify(io.BytesIO(rezipped(demo.told[company.PROCESS].bundle, inflate)))
    assert isinstance(refused, Refused)
    assert refused.reason == "bundle_bomb"


@dataclass(frozen=True)
class Cheat:
    """What an operator who holds the key rewrites, and where the verification must say so."""

    process: str
    edit: Edit
    check: str
    type: str
    field: str


def _set(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.__setitem__(name, value)


def _heavier(data: dict[str, Any]) -> None:
    data["members"][0]["weight"] = "5"


def _one_more_member(data: dict[str, Any]) -> None:
    data["members"].append(data["members"][-1] | {"member": "w-26"})


def _one_more_vote(data: dict[str, Any]) -> None:
    scores = data["count"]["scores"]
    name = next(iter(scores))
    scores[name] = str(int(scores[name]) + 1)


def _other_winner(data: dict[str, Any]) -> None:
    winners = data["allocation"]["winners"]
    winners[0], winners[1] = winners[1], winners[0]


def _ballot_again(records: list[Record]) -> list[Record]:
    """The first ballot of a voter of the company's first box, put in once more as a stream of its own."""
    at = first_of(records, "ballots.BallotCast")
    again = replace(
        records[at], stream_id=f"{records[at].stream_id}%2B", event_id="00000000-0000-5000-8000-000000000000"
    )
    return renumbered([*records[: at + 1], again, *records[at + 1 :]])


def _late_counted(records: list[Record]) -> list[Record]:
    """A late ballot recorded as one in time, and counted."""
    at = first_of(records, "ballots.BallotArrivedLate")
    counted = replace(with_payload(records[at], _set("replaces", None)), type="ballots.BallotCast")
    return [*records[:at], counted, *records[at + 1 :]]


def _late_before_the_seal(records: list[Record]) -> list[Record]:
    """The same, moved before the seal: the count no longer fits."""
    at = first_of(records, "ballots.BallotArrivedLate")
    seal = first_of(records, "ballots.BoxSealed")
    moved = replace(
        with_payload(records[at], _set("replaces", None)),
        type="ballots.BallotCast",
        recorded_at=records[seal].recorded_at,
    )
    return renumbered([*records[:seal], moved, *records[seal:at], *records[at + 1 :]])


COMPANY, BUDGET = company.PROCESS, budget.PROCESS
OPENED, DECIDED, TALLIED = "processes.ProcessOpened", "chambers.MotionDecided", "ballots.BoxTallied"
DIVIDEND = "dividend"

CHEATS = {
    "a weight": Cheat(
        COMPANY, edit_one("chambers.MembersEnrolled", _heavier), "rolls", "chambers.RollFrozen", "digest"
    ),
    "an outcome": Cheat(
        COMPANY,
        edit_one(DECIDED, _set("outcome", "adopted"), lambda data: data["motion"] == DIVIDEND),
        "decisions",
        DECIDED,
        "outcome",
    ),
    "the roll grown by one": Cheat(
        COMPANY,
        edit_one("chambers.MembersEnrolled", _one_more_member, lambda data: data["chamber"] == "workers"),
        "rolls",
        "chambers.RollFrozen",
        "members",
    ),
    "a ballot counted twice": Cheat(COMPANY, _ballot_again, "ballots", "ballots.BallotCast", "stream_id"),
    "a late ballot counted": Cheat(BUDGET, _late_counted, "ballots", "ballots.BallotCast", f"box {budget.MATTER}"),
    "a late ballot moved before the seal": Cheat(
        BUDGET, _late_before_the_seal, "boxes", "ballots.BoxSealed", "ballots"
    ),
    "a score": Cheat(BUDGET, edit_one(TALLIED, _one_more_vote), "tallies", TALLIED, "count.scores"),
    "the order of winners": Cheat(
        BUDGET, edit_one(TALLIED, _other_winner), "tallies", TALLIED, "allocation.winners[0]"
    ),
    "the charter's hash": Cheat(
        COMPANY, edit_one(OPENED, _set("charter_hash", "00" * 32)), "charter", OPENED, "charter_hash"
    ),
    "a phase that does not exist": Cheat(
        COMPANY, edit_one("processes.PhaseOpened", _set("phase", "war")), "phases", "processes.PhaseOpened", "phase"
    ),
    "a laureate's rank": Cheat(
        BUDGET,
        edit_one("proposals.ProposalNamedLaureate", _set("rank", 9)),
        "laureates",
        "proposals.ProposalNamedLaureate",
        "rank",
    ),
    "a station's total": Cheat(
        swiss.PROCESS,
        edit_one("ballots.CountSheetFiled", lambda data: data["totals"].update(yes="1")),
        "sheets",
        "ballots.CountSheetFiled",
        "signature",
    ),
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS.keys())
def test_an_operator_who_signs_a_rewritten_history_is_caught(demo: Demo, cheat: Cheat) -> None:
    data = resigned(demo.told[cheat.process].bundle, private_key(demo), cheat.edit)
    bundle = [json.loads(line)["type"] for line in _lines(data)]
    found = findings_of(data)
    named = [each for each in found if each.check == cheat.check and each.field.startswith(cheat.field)]
    assert named, [each.sentence() for each in found][:5]
    assert named[0].index is not None
    assert bundle[named[0].index] == cheat.type
    assert named[0].expected != named[0].found
    assert not any(each.check in ("signatures", "root", "consistency") for each in found)


def _lines(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("records.jsonl").splitlines()


def test_published_results_must_be_the_replays(demo: Demo) -> None:
    def adopt(results: Any) -> Any:
        results["motions"][DIVIDEND]["outcome"] = "adopted"
        return results

    data = resigned(demo.told[COMPANY].bundle, private_key(demo), lambda records: records, adopt)
    found = findings_of(data)
    assert [(each.check, each.field, each.expected, each.found) for each in found] == [
        ("results", f"motions.{DIVIDEND}.outcome", "rejected", "adopted")
    ]


def test_the_demo_showed_its_tampered_ballot_caught_by_name(demo: Demo) -> None:
    assert demo.caught.startswith("root: event ")
    assert "leaf hash" in demo.caught
