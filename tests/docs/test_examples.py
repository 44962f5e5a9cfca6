"""The examples do what the documentation says they do, run as a reader runs them against a running engine."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

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
from tests.cli.running import comitia
from tests.docs.conftest import DOCS, EXAMPLES, Example, environment

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


@pytest.mark.parametrize(
    ("command", "lines"), [(["explain", "bench"], 9), (["what-if", "--budget", "600"], 6)], ids=["explain", "what-if"]
)
def test_the_auditors_page_shows_what_the_commands_say(bundle: Path, command: list[str], lines: int) -> None:
    name, *rest = command
    said = comitia(name, bundle, *rest).out
    section = (DOCS / "auditors.md").read_text(encoding="utf-8").partition("\n## Why, and what if\n")[2]
    assert said.count("\n") == lines
    assert f"```\n{said}```" in section


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
    public = base64.b64encode(base64.b64decode(encoded)[1:]).decode()
    assert example("verifier_key.py", origin, public).stdout.strip() == vkey


def test_roots_recomputed_by_hand_are_those_signed(bundle: Path, example: Example) -> None:
    ran = example("recompute_root.py", bundle)
    lines = ran.stdout.splitlines()
    assert ran.returncode == 0
    assert lines[-1].startswith("29 events: root ")
    assert all(line.endswith(": as signed") for line in lines)


def test_roots_recomputed_by_hand_show_a_changed_ballot(bundle: Path, example: Example, tmp_path: Path) -> None:
    changed = tmp_path / "changed.comitia"
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info).replace(rb"\"choice\":[\"goal\"]", rb"\"choice\":[\"book\"]"))
    ran = example("recompute_root.py", changed)
    assert ran.returncode == 1
    assert "NOT as signed" in ran.stdout.splitlines()[-1]


def test_ballots_are_cast_as_a_stream_and_each_is_answered(client: Client, example: Example) -> None:
    open_vote(client, "stream-1", ["ana", "bo"])
    ballots = "ana,goal\nbo,goal,books,bench\nzoe,goal\nana,books\n"
    lines = [
        "ana: event 19",
        "bo: too_many_options: choose at most 2 (found: 3, maximum: 2)",
        "zoe: not_on_the_roll: only members in office when the roll was frozen may vote; ask the chamber's secretary"
        " (voter: zoe, members: 2)",
        "ana: event 20",
    ]
    for _ in range(2):
        assert (
            example("cast_many.py", client.address, "stream-1", "projects", stdin=ballots).stdout.splitlines() == lines
        )


def open_vote(client: Client, process_id: str, pupils: list[str]) -> None:
    """The tutorial's process up to its open box, with other pupils."""
    charter = (EXAMPLES / "school-budget.yaml").read_text(encoding="utf-8")
    opening = processes_pb2.OpenProcessRequest(title="School", organiser="school", charter_yaml=charter)
    members = [chambers_pb2.Member(member=pupil) for pupil in pupils]
    steps: list[tuple[Any, Any]] = [
        (client.processes.OpenProcess, opening),
        (client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="ideas")),
        (client.chambers.EnrolMembers, chambers_pb2.EnrolMembersRequest(chamber="pupils", members=members)),
    ]
    for idea in ("bench", "books", "goal"):
        submitted = proposals_pb2.SubmitProposalRequest(proposal=idea, title=idea, author="ana")
        steps.append((client.proposals.SubmitProposal, submitted))
    steps.append((client.processes.ClosePhase, processes_pb2.ClosePhaseRequest(phase="ideas")))
    steps.append((client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="review")))
    for idea in ("bench", "books", "goal"):
        review = proposals_pb2.ReviewProposalRequest(
            proposal=idea, feasible=True, cost="300", official="mx-roe", service="office"
        )
        listing = proposals_pb2.ShortlistProposalRequest(proposal=idea, matter="projects", by="mx-roe")
        steps += [(client.proposals.ReviewProposal, review), (client.proposals.ShortlistProposal, listing)]
    steps.append((client.proposals.PublishShortlist, proposals_pb2.PublishShortlistRequest(matter="projects")))
    steps.append((client.processes.ClosePhase, processes_pb2.ClosePhaseRequest(phase="review")))
    steps.append((client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="vote")))
    for rpc, request in steps:
        request.process_id = process_id
        client.do(rpc, request)
    client.await_event(process_id, "ballots.BoxOpened")


def test_a_sheet_signed_away_from_the_server_is_accepted(client: Client, example: Example, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = tmp_path / "station.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    box = open_referendum(client, "paper-1")
    station = ballots_pb2.RegisterStationRequest(
        process_id="paper-1", box=box, station="zh-1", key=key.public_key().public_bytes_raw(), unit="ZH"
    )
    client.do(client.ballots.RegisterStation, station)
    sheet: dict[str, Any] = {"process_id": "paper-1", "box": box, "station": "zh-1", "unit": "ZH", "voters": 10}
    sheet |= {"totals": {"yes": "6", "no": "3"}, "blank": 1, "invalid": 0, "replaces": None, "note": ""}
    ran = example("sign_sheet.py", pem, stdin=json.dumps(sheet))
    assert ran.returncode == 0, ran.stderr
    plain = {name: value for name, value in sheet.items() if name not in ("totals", "replaces")}
    totals = [ballots_pb2.OptionTotal(option="yes", total="6"), ballots_pb2.OptionTotal(option="no", total="3")]
    filing = ballots_pb2.FileCountSheetRequest(**plain, totals=totals, signature=bytes.fromhex(ran.stdout.strip()))
    assert [receipt.type for receipt in client.do(client.ballots.FileCountSheet, filing)] == ["ballots.CountSheetFiled"]
    filing.note = "another sheet than the one signed"
    with pytest.raises(CommandRefused, match="sign the RFC 8785 form"):
        client.do(client.ballots.FileCountSheet, filing)


def open_referendum(client: Client, process_id: str) -> str:
    """A Swiss vote put to the people; returns the name of its box."""
    opening = processes_pb2.OpenProcessRequest(
        title="Vote", organiser="chancellery", charter_yaml=templates.text("ch-double-majority")
    )
    motion = chambers_pb2.ProposeMotionRequest(motion="m", matter="initiative", title="Motion", text="Motion")
    steps: list[tuple[Any, Any]] = [
        (client.processes.OpenProcess, opening),
        (client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(phase="vote")),
        (client.chambers.ProposeMotion, motion),
        (client.chambers.PutMotion, chambers_pb2.PutMotionRequest(motion="m")),
    ]
    for rpc, request in steps:
        request.process_id = process_id
        client.do(rpc, request)
    return str(client.await_event(process_id, "ballots.BoxOpened")["box"])


def test_a_follower_goes_on_from_where_it_was(client: Client, school: list[str], tmp_path: Path) -> None:
    place = tmp_path / "position"
    first = follow(client.address, place, "ballots.BoxTallied", "ballots.BoxSealed")
    assert [line.split()[2] for line in first if SCHOOL in line] == ["ballots.BoxSealed", "ballots.BoxTallied"]
    seen = int(place.read_text())
    assert first[-1] == f"{seen} caught_up"
    assert not [line for line in follow(client.address, place, "ballots.BoxTallied") if SCHOOL in line]


def follow(address: str, place: Path, *types: str) -> list[str]:
    """What the follower prints until it has caught up."""
    command = [sys.executable, str(EXAMPLES / "follow_events.py"), address, str(place), *types]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        for line in process.stdout or ():
            lines.append(line.strip())
            if line.endswith("caught_up\n"):
                break
        await_text(place, lines[-1].split()[0])
        process.terminate()
    return lines


def await_text(path: Path, text: str) -> None:
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text() == text):
        assert time.monotonic() < deadline, f"{path} does not come to hold {text}"
        time.sleep(0.01)
