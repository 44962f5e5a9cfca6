"""The gateway knows every service of the contracts and sends its calls where its apis listen."""

from __future__ import annotations

import pytest

from comitia.audit.v1 import audit_pb2
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from tests.deploy import files

CONTRACTS = (processes_pb2, proposals_pb2, chambers_pb2, ballots_pb2, audit_pb2)
FULL_NAMES = {
    f"/{service.full_name}/": service.full_name.split(".")[1]
    for contract in CONTRACTS
    for service in contract.DESCRIPTOR.services_by_name.values()
}


def test_every_service_of_the_contracts_is_routed_to_its_own_backend() -> None:
    assert files.gateway_routes() == FULL_NAMES


def test_no_service_of_the_contracts_is_forgotten_here() -> None:
    named = {path.stem for path in (files.ROOT / "proto").rglob("*.proto")} - {"common"}
    assert named == {contract.DESCRIPTOR.name.rpartition("/")[2].removesuffix(".proto") for contract in CONTRACTS}


@pytest.mark.parametrize("service", files.SERVERS)
def test_each_backend_is_the_api_of_its_name(service: str) -> None:
    assert files.gateway_backends()[service].host == f"{service}-api"


def test_readiness_is_asked_where_telemetry_answers() -> None:
    answered = (files.ROOT / "libs/runtime/telemetry/endpoint.py").read_text(encoding="utf-8")
    assert {backend.ready_path for backend in files.gateway_backends().values()} == {"/ready"}
    assert '"/ready"' in answered


def test_audit_has_one_replica_and_no_more() -> None:
    """Two would share neither the signing key nor the memory of what was signed."""
    text = files.GATEWAY.read_text(encoding="utf-8")
    assert 'server-template replica 1 "audit-api' in text
    assert text.count("server-template replica 20 ") == len(files.SERVERS) - 1
