"""The network policies of infra/k8s: nothing but the flows that the processes' own addresses need, and all of those."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.test_kubernetes import (
    SERVERS_OF_OTHERS,
    WORKLOADS,
    labels,
    of_kind,
    pod,
    ports,
    selects,
)

POLICIES = {one["metadata"]["name"]: one["spec"] for one in of_kind("NetworkPolicy")}
PODS = {name: labels(workload) for name, workload in WORKLOADS.items()} | {
    "postgres": dict(SERVERS_OF_OTHERS[0]),
    "rabbitmq": dict(SERVERS_OF_OTHERS[1]),
}

APIS = ("processes-api", "proposals-api", "chambers-api", "ballots-api")
WORKERS = ("processes-worker", "proposals-worker", "chambers-worker", "ballots-worker")
FLOWS = {
    *(("gateway", api, port) for api in (*APIS, "audit") for port in (7400, 9464)),
    *(("audit", api, 7400) for api in APIS),
    *((name, "postgres", 5432) for name in (*APIS, *WORKERS, "audit", "relay", "migrate", "postgres")),
    *((name, "rabbitmq", 5671) for name in (*WORKERS, "audit", "relay")),
    ("postgres", "postgres", 8000),
    ("rabbitmq", "rabbitmq", 4369),
    ("rabbitmq", "rabbitmq", 25672),
}
"""Who may begin to talk to whom in the namespace, and on which port."""


def peers(rules: Any, key: str, other: str, port: int) -> bool:
    """Whether a rule lets a pod of this namespace through. One without peers is for what is outside."""
    return any(
        any(each["port"] == port for each in rule["ports"])
        and any("podSelector" in peer and selects(peer["podSelector"], [PODS[other]]) for peer in rule.get(key, ()))
        for rule in rules
    )


def may(side: str, name: str, other: str, port: int) -> bool:
    key = {"ingress": "from", "egress": "to"}[side]
    return any(
        selects(policy["podSelector"], [PODS[name]]) and peers(policy.get(side, ()), key, other, port)
        for policy in POLICIES.values()
    )


ALL_PORTS = (4369, 5432, 5671, 7400, 7480, 8000, 9464, 9465, 25672)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_begins_the_flows_that_it_needs_and_no_others(name: str) -> None:
    allowed = {
        (name, other, port)
        for other in PODS
        for port in ALL_PORTS
        if may("egress", name, other, port) and may("ingress", other, name, port)
    }
    assert allowed == {flow for flow in FLOWS if flow[0] == name}


@pytest.mark.parametrize("name", PODS)
def test_what_a_pod_may_begin_the_other_may_take(name: str) -> None:
    """A rule on one side alone lets nothing through and is a mistake."""
    begun = {(o, p) for o in PODS for p in ALL_PORTS if may("egress", name, o, p)}
    assert begun == {(o, p) for o in PODS for p in ALL_PORTS if may("ingress", o, name, p)} & begun


def test_without_a_policy_nothing_goes_in_or_out() -> None:
    assert POLICIES["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_every_port_that_a_process_listens_on_is_one_that_a_policy_names() -> None:
    declared = {
        port for one in WORKLOADS.values() for container in pod(one)["containers"] for port in ports(container).values()
    }
    assert declared <= set(ALL_PORTS)
    opened = {
        each["port"] for policy in POLICIES.values() for rule in policy.get("ingress", ()) for each in rule["ports"]
    }
    assert declared - opened == {7480}  # the gateway's own probe, which comes from the node
