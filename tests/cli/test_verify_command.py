"""`comitia verify`: a line a check, the verdict in the exit status, and trust only in a key named from outside."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replay.findings import CHECKS
from tests.cli.conftest import PROCESS, Held
from tests.cli.running import FAILED, HELD, comitia, written
from tests.system.tampering import opened, rezipped
from transparency.notes import VerifierKey


@pytest.fixture
def key(held: Held) -> str:
    """The process's verifier key, as `comitia process show` tells it."""
    told: str = comitia("process", "show", PROCESS, "--data", held.data, "--json").json["key"]
    return told


def other_key(name: str) -> str:
    public = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32).public_key().public_bytes_raw()
    return VerifierKey(name, public).format()


def test_says_one_line_for_each_check_and_the_verdict(held: Held) -> None:
    said = comitia("verify", held.bundle)
    lines = said.out.splitlines()
    size = opened(held.bundle).manifest.size
    assert (said.status, said.err) == (HELD, "")
    assert [line.split()[:2] for line in lines[:-1]] == [["ok", name] for name in CHECKS]
    assert lines[-1] == (
        f"verified: benches, {size} events, signed under the bundle's own key; name the process's with --key"
    )


def test_json_counts_what_was_checked(held: Held) -> None:
    found = comitia("verify", held.bundle, "--json").json
    counts = {check["check"]: check["count"] for check in found["checks"]}
    assert (found["process"], found["events"], found["held"], found["key"]) == (PROCESS, 30, True, "from the bundle")
    assert (counts["root"], counts["ballots"], counts["laureates"]) == (30, 5, 2)
    assert all(set(check) == {"check", "what", "count", "wrong", "held", "findings"} for check in found["checks"])


def test_the_processs_own_key_is_trusted(held: Held, key: str) -> None:
    said, told = comitia("verify", held.bundle, "--key", key), comitia("verify", held.bundle, "--key", key, "--json")
    assert (said.status, told.json["key"]) == (HELD, "given")
    assert said.out.endswith("signed under the key given\n")


def test_another_key_is_caught(held: Held, key: str) -> None:
    wrong = other_key(key.partition("+")[0])
    said, told = (
        comitia("verify", held.bundle, "--key", wrong),
        comitia("verify", held.bundle, "--key", wrong, "--json"),
    )
    assert (said.status, told.status, told.json["held"]) == (FAILED, FAILED, False)
    failed = [check for check in told.json["checks"] if not check["held"]]
    assert [check["check"] for check in failed] == ["signatures"]
    assert (failed[0]["findings"][0]["expected"], failed[0]["findings"][0]["found"]) == (wrong, key)
    assert "FAIL signatures" in said.out
    assert said.out.splitlines()[-1].startswith("NOT VERIFIED: benches")


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param("secret", id="no key at all"),
        pytest.param("", id="nothing"),
        pytest.param("name+00000000+AcDu/3zmWUyOQm6nASCANmj69WSvBLnDXFHnENDgV6cL", id="an id that is not the key's"),
        pytest.param("a b+093c108f+AcDu/3zmWUyOQm6nASCANmj69WSvBLnDXFHnENDgV6cL", id="a name with a space"),
    ],
)
def test_a_malformed_key_is_wrong_input(held: Held, spelled: str) -> None:
    refused = comitia("verify", held.bundle, "--key", spelled, "--json").error
    assert refused["details"]["found"] == spelled
    assert comitia("verify", held.bundle, "--key", spelled).complaint == refused["message"]


def test_a_changed_ballot_is_named_by_its_event(held: Held, tmp_path: Path) -> None:
    def cheat(name: str, data: bytes) -> bytes:
        return data.replace(rb"\"voter\":\"v2\"", rb"\"voter\":\"v9\"") if name == "records.jsonl" else data

    file = written(tmp_path / "cheat.comitia", rezipped(held.bundle, cheat))
    said, told = comitia("verify", file), comitia("verify", file, "--json").json
    assert said.status == FAILED
    found = {(finding["check"], finding["event"]) for check in told["checks"] for finding in check["findings"]}
    index = next(event for check, event in found if check == "ballots")
    assert {("root", index), ("ballots", index)} <= found
    assert f"       root: event {index}: leaf hash: expected " in said.out


def test_what_a_bundle_holds_cannot_pass_for_a_verdict(held: Held, tmp_path: Path) -> None:
    def cheat(name: str, data: bytes) -> bytes:
        return (
            data.replace(rb"\"channel\":\"pabulib\"", rb"\"channel\":\"\\u001b[2J\"")
            if name == "records.jsonl"
            else data
        )

    said = comitia("verify", written(tmp_path / "cheat.comitia", rezipped(held.bundle, cheat)))
    assert said.status == FAILED
    assert "\x1b" not in said.out


def zipped() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr("hello.txt", "hello")
    return sink.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="an empty file"),
        pytest.param(b"chamber,voter,option,count\n", id="a text file"),
        pytest.param(b"\x00" * 10_000, id="zeros"),
        pytest.param(zipped(), id="another zip"),
    ],
)
def test_what_is_no_bundle_is_wrong_input(tmp_path: Path, data: bytes) -> None:
    file = written(tmp_path / "b.comitia", data)
    refused = comitia("verify", file, "--json").error
    assert refused["details"]["file"] == str(file)
    assert comitia("verify", file).complaint == refused["message"]
    assert refused["message"].startswith(f"{file}: ")


def test_a_bundle_cut_short_is_wrong_input(held: Held, tmp_path: Path) -> None:
    whole = held.bundle.read_bytes()
    file = written(tmp_path / "b.comitia", whole[: len(whole) // 2])
    assert "truncated" in comitia("verify", file).complaint
