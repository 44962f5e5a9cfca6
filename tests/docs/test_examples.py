"""The examples do what the documentation says they do, run as a reader runs them against a running engine."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cli.bundles import fetch_bundle
from cli.client import Client, CommandRefused
from comitia.audit.v1 import audit_pb2
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from replay.verify import Report, verify
from rules import templates
from tests.docs.conftest import EXAMPLES, Example, environment

pytestmark = pytest.mark.slow

SCHOOL = "school-2026"


@pytest.fixture(scope="module")
def school(client: Client, example: Example) -> list[str]:
    """The lines that the tutorial's process prints."""
    ran = example("first_process.py", client.address)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.fixture(scope="module")
def bundle(client: Client, school: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundles") / "school.comitia"
    fetch_bundle(client, SCHOOL, path)
    return path


def verifier_key(client: Client) -> str:
    request = audit_pb2.GetVerifierKeyRequest(process_id=SCHOOL)
    return str(client.ask(client.audit.GetVerifierKey, request).verifier_key)


def test_the_first_process_ends_with_its_winners(school: list[str]) -> None:
    assert school[-2:] == [
        "votes: {'bench': '2', 'books': '2', 'goal': '3'}",
        "winners: goal, books; 1000 of 1000 spent",
    ]


def test_the_first_process_run_again_does_nothing_twice(client: Client, school: list[str], example: Example) -> None:
    events = list(client.events(SCHOOL))
    assert example("first_process.py", client.address).stdout.splitlines() == school
    assert list(client.events(SCHOOL)) == events


def test_the_first_process_verifies(bundle: Path) -> None:
    report = verify(bundle.read_bytes())
    assert isinstance(report, Report)
    assert report.held
    assert report.size == 29


def test_a_receipt_is_checked_against_a_signed_checkpoint(client: Client, school: list[str], example: Example) -> None:
    name, index, leaf = school[0].replace(",", "").split()[0::2]
    ran = example("check_receipt.py", client.address, SCHOOL, index, leaf, verifier_key(client))
    assert (name, ran.returncode, ran.stdout.partition(" of ")[0]) == (
        "ana:",
        0,
        f"event {index} is under the checkpoint",
    )


def test_a_receipt_of_something_else_is_not_under_the_checkpoint(
    client: Client, school: list[str], example: Example
) -> None:
    index, leaf = school[0].replace(",", "").split()[2::2]
    ran = example("check_receipt.py", client.address, SCHOOL, str(int(index) + 1), leaf, verifier_key(client))
    assert ran.returncode == 1
    assert "is NOT under the checkpoint" in ran.stderr


def test_the_verifier_key_is_made_from_the_deployments_public_key(
    client: Client, school: list[str], example: Example
) -> None:
    vkey = verifier_key(client)
    origin, _, encoded = vkey.split("+", 2)
    raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert example("verifier_key.py", origin, _public(encoded)).stdout.strip() == vkey
    assert example("verifier_key.py", origin, _base64(raw)).stdout.strip() != vkey


def _public(encoded: str) -> str:
    """The 32 key bytes of a vkey, without its leading 1."""
    return _base64(__import__("base64").b64decode(encoded)[1:])
