"""infra/k8s: every image, command, setting, port, probe, queue, secret and label that it names is one that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy import code, files
from tests.deploy.kustomize import Object, render

BASE = render(files.KUBERNETES / "base")
EXAMPLE = render(files.KUBERNETES / "example")

MADE_BY_OPERATORS = {"postgres-app", "postgres-ca", "rabbitmq-default-user"}
"""CloudNativePG and the RabbitMQ cluster operator make these secrets, and the services and pods below."""

MADE_BY_HAND = {"postgres-service", "comitia-peers", "backups", "comitia-tokens"}
SERVERS_OF_OTHERS = ({"cnpg.io/cluster": "postgres"}, {"app.kubernetes.io/name": "rabbitmq"})
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def of_kind(*kinds: str, among: list[Object] = BASE) -> list[Object]:
    return [one for one in among if one["kind"] in kinds]


def named(kind: str, name: str) -> Object:
    (found,) = (one for one in of_kind(kind) if one["metadata"]["name"] == name)
    return found


WORKLOADS = {one["metadata"]["name"]: one for one in of_kind("Deployment", "StatefulSet", "Job")}


def pod(workload: Object) -> Any:
    return workload["spec"]["template"]["spec"]


def labels(workload: Object) -> dict[str, str]:
    return dict(workload["spec"]["template"]["metadata"]["labels"])


CONTAINERS = {
    f"{name}/{container['name']}": (workload, container)
    for name, workload in WORKLOADS.items()
    for container in pod(workload)["containers"]
}
OURS = [key for key, (_, container) in CONTAINERS.items() if container["image"].startswith("comitia/")]
PROCESSES = [key for key in OURS if key != "migrate/migrate"]


def image_of(key: str) -> str:
    return str(CONTAINERS[key][1]["image"]).removeprefix("comitia/")


def environment(container: Any) -> dict[str, str]:
    """The variables with their `$(NAME)` put in; one that comes from a secret stands for itself."""
    told: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        told |= named("ConfigMap", source["configMapRef"]["name"])["data"]
    for one in container.get("env", ()):
        value = one.get("value", f"{one['name'].lower()}-of-a-secret")
        told[one["name"]] = re.sub(r"\$\((\w+)\)", lambda found: told[found[1]], value)
    return told


def settings_in(container: Any) -> dict[str, str]:
    return {name: value for name, value in environment(container).items() if name.startswith("COMITIA_")}


def ports(container: Any) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in container.get("ports", ())}


def selects(selector: Any, pods: list[dict[str, str]]) -> list[dict[str, str]]:
    wanted = selector.get("matchLabels") or {}
    among = selector.get("matchExpressions", ())
    return [
        one
        for one in pods
        if wanted.items() <= one.items() and all(one.get(each["key"]) in each["values"] for each in among)
    ]


def test_every_process_of_every_service_is_there() -> None:
    wanted = {f"{s}-{k}/{k}" for s in files.SERVERS if s != "audit" for k in ("api", "worker")}
    assert set(PROCESSES) == wanted | {"audit/api", "audit/worker", "relay/relay"}


@pytest.mark.slow
@pytest.mark.parametrize("key", OURS)
def test_a_container_runs_the_image_of_its_name_with_a_command_that_it_has(key: str) -> None:
    assert key.replace("migrate", "cli").startswith(image_of(key))
    assert CONTAINERS[key][1]["args"][0] in code.commands_of(image_of(key))


@pytest.mark.parametrize("key", PROCESSES)
def test_the_settings_of_a_process_are_its_own_and_enough(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, container = CONTAINERS[key]
    settings = code.load_settings(image_of(key), settings_in(container), monkeypatch)
    kind = container["args"][0]
    assert settings.missing(kind) == ()
    assert settings.database is not None
    assert "sslmode=verify-full" in settings.database.get_secret_value()
    assert (settings.broker is None) == (kind == "api")
    assert settings.broker is None or settings.broker.get_secret_value().startswith("amqps://")
    assert kind != "api" or (settings.tls_cert and settings.auth_jwks)


@pytest.mark.parametrize("key", PROCESSES)
def test_a_probe_asks_where_telemetry_answers(key: str) -> None:
    _, container = CONTAINERS[key]
    listens = int(settings_in(container)["COMITIA_METRICS_LISTEN"].rpartition(":")[2])
    for probe in PROBES:
        asked = container[probe]["httpGet"]
        assert ports(container)[asked["port"]] == listens
        assert asked["path"] == ("/ready" if probe == "readinessProbe" else "/live")


@pytest.mark.parametrize("key", [key for key in PROCESSES if key.endswith("api")])
def test_an_api_listens_on_the_port_that_it_declares(key: str) -> None:
    _, container = CONTAINERS[key]
    assert settings_in(container)["COMITIA_LISTEN"] == f"0.0.0.0:{ports(container)['grpc']}"


def test_an_api_has_time_to_be_forgotten_and_to_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in PROCESSES:
        workload, container = CONTAINERS[key]
        settings = code.load_settings(image_of(key), settings_in(container), monkeypatch)
        assert pod(workload)["terminationGracePeriodSeconds"] > settings.linger_seconds + settings.drain_seconds
        assert not key.endswith("api") or settings.linger_seconds > files.gateway_forgets()


@pytest.mark.parametrize("key", CONTAINERS)
def test_a_container_may_write_nothing_and_is_nobody(key: str) -> None:
    workload, container = CONTAINERS[key]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    told = pod(workload)["securityContext"]
    user = files.values(files.dockerfile()[-1], "USER")[0]
    assert f"{told['runAsUser']}:{told['runAsGroup']}" == user
    assert told["runAsNonRoot"] is True
    assert told["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod(workload)["automountServiceAccountToken"] is False
    assert {"requests", "limits"} == set(container["resources"])


@pytest.mark.parametrize("key", CONTAINERS)
def test_what_is_mounted_is_a_volume_and_what_is_read_is_mounted(key: str) -> None:
    workload, container = CONTAINERS[key]
    volumes = {one["name"] for one in pod(workload).get("volumes", ())}
    volumes |= {one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", ())}
    places = {one["mountPath"]: one["name"] for one in container.get("volumeMounts", ())}
    assert set(places.values()) <= volumes
    read = {path for value in environment(container).values() for path in re.findall(r"/(?:etc|data)[\w./-]*", value)}
    unmounted = {path for path in read if not any(f"{path}/".startswith(f"{place}/") for place in places)}
    assert unmounted - {"/etc/comitia/tokens/jwks.json"} == set()
    assert not unmounted or not key.endswith("api")


def referred(node: Any, *keys: str) -> Iterator[str]:
    """The names of secrets and ConfigMaps that an object reads."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys and isinstance(value, dict):
                yield value.get("name") or value.get("secretName", "")
            elif key in keys and isinstance(value, str):
                yield value
            yield from referred(value, *keys)
    elif isinstance(node, list):
        for value in node:
            yield from referred(value, *keys)


READ = {
    name
    for one in EXAMPLE
    for name in referred(
        one.get("spec", {}),
        "secretKeyRef", "configMapRef", "secret", "configMap", "passwordSecret", "accessKeyId", "secretAccessKey",
    )
}  # fmt: skip


def test_every_secret_and_configuration_that_is_read_is_made_by_somebody() -> None:
    ours = {one["metadata"]["name"] for one in of_kind("ConfigMap", "Secret")}
    certificates = {one["spec"]["secretName"] for one in of_kind("Certificate")}
    assert READ - ours - certificates == MADE_BY_OPERATORS | MADE_BY_HAND
    assert {one["spec"]["tls"]["secretName"] for one in of_kind("RabbitmqCluster")} <= certificates


@pytest.mark.parametrize("name", sorted(MADE_BY_HAND))
def test_a_secret_that_the_operator_must_make_is_in_the_documentation(name: str) -> None:
    assert re.search(rf"create (secret generic|configmap) {name} ", files.OPERATORS.read_text(encoding="utf-8"))


def test_no_secret_is_in_the_files() -> None:
    assert of_kind("Secret", among=EXAMPLE) == []


@pytest.mark.parametrize("backend", files.gateway_backends().values(), ids=lambda backend: backend.host)
def test_the_gateway_finds_every_api_by_a_name_that_stands_for_all_its_pods(backend: files.Backend) -> None:
    service = named("Service", backend.host)
    assert service["spec"]["clusterIP"] == "None"
    assert {backend.port, backend.ready_port} <= {port["port"] for port in service["spec"]["ports"]}
    told = environment(CONTAINERS["gateway/gateway"][1])
    assert told["GATEWAY_DOMAIN"] == f".{service['metadata']['namespace']}.svc.cluster.local"
    names = named("Certificate", "api")["spec"]["dnsNames"]
    assert backend.host in names


def test_the_gateway_is_reached_and_probed_where_it_listens() -> None:
    _, container = CONTAINERS["gateway/gateway"]
    listens = files.gateway_listens()
    assert ports(container) == {"grpc": listens["calls"], "health": listens["health"]}
    assert container["image"] == files.compose()["services"]["gateway"]["image"]
    assert named("ConfigMap", "gateway")["data"]["haproxy.cfg"] == files.GATEWAY.read_text(encoding="utf-8")


@pytest.mark.parametrize("service", of_kind("Service"), ids=lambda one: str(one["metadata"]["name"]))
def test_a_service_selects_pods_that_have_its_ports(service: Object) -> None:
    chosen = [one for one in WORKLOADS.values() if selects({"matchLabels": service["spec"]["selector"]}, [labels(one)])]
    assert len(chosen) == 1
    declared = {name for container in pod(chosen[0])["containers"] for name in ports(container)}
    assert {port["targetPort"] for port in service["spec"]["ports"]} <= declared


@pytest.mark.parametrize("one", of_kind("PodDisruptionBudget", "Deployment", "StatefulSet"), ids=str)
def test_a_selector_selects_exactly_one_kind_of_pod(one: Object) -> None:
    chosen = selects(one["spec"]["selector"], [labels(each) for each in WORKLOADS.values()])
    assert len(chosen) == 1


def test_every_process_with_replicas_has_a_disruption_budget() -> None:
    budgets = [one["spec"]["selector"] for one in of_kind("PodDisruptionBudget")]
    for workload in of_kind("Deployment"):
        assert [each for each in budgets if selects(each, [labels(workload)])], workload["metadata"]["name"]


@pytest.mark.parametrize("service", [service for service in files.SERVERS if service != "audit"])
def test_an_api_is_scaled_by_its_processors_and_a_worker_by_its_queue(service: str) -> None:
    api = named("HorizontalPodAutoscaler", f"{service}-api")["spec"]
    assert api["scaleTargetRef"]["name"] in WORKLOADS
    assert "replicas" not in WORKLOADS[f"{service}-api"]["spec"]
    assert [metric["resource"]["name"] for metric in api["metrics"]] == ["cpu"]
    worker = named("ScaledObject", f"{service}-worker")["spec"]
    assert worker["scaleTargetRef"]["name"] in WORKLOADS
    (trigger,) = worker["triggers"]
    assert trigger["metadata"]["queueName"] == code.queue_of(service)
    assert named("TriggerAuthentication", trigger["authenticationRef"]["name"])


def test_audit_is_one_pod_whose_processes_share_a_volume() -> None:
    audit = WORKLOADS["audit"]
    assert audit["spec"]["replicas"] == 1
    assert audit["spec"]["volumeClaimTemplates"][0]["spec"]["accessModes"] == ["ReadWriteOncePod"]
    for container in pod(audit)["containers"]:
        folder = settings_in(container)["COMITIA_DATA_DIR"]
        assert {"name": "data", "mountPath": folder} in container["volumeMounts"]
    assert pod(audit)["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


def test_the_owners_password_is_the_migrations_alone() -> None:
    readers = {key for key, (_, container) in CONTAINERS.items() if "postgres-app" in str(container)}
    assert readers == {"migrate/migrate"}
    assert CONTAINERS["migrate/migrate"][1]["args"] == ["migrate", "--grant", "comitia_app"]
    roles = {role["name"]: role for role in named("Cluster", "postgres")["spec"]["managed"]["roles"]}
    assert roles["comitia_app"]["passwordSecret"] == {"name": "postgres-service"}
    assert not roles["comitia_app"].get("createrole")


def test_the_example_gives_every_image_of_ours_a_place_and_a_version() -> None:
    used = {container["image"] for one in EXAMPLE for container in pod_containers(one)}
    assert {image for image in used if image.startswith("comitia/")} == set()
    assert {re.fullmatch(r"registry\.example\.org/comitia/(\w+):[\d.]+", image) is None for image in used} == {
        True,
        False,
    }
    assert sum("/comitia/" in image for image in used) == len(files.IMAGES)


def pod_containers(one: Object) -> list[Any]:
    return list(one.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ()))
