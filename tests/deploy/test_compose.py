"""docker-compose.yml: every command, setting, port, volume and dependency that it names is one that is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy import code, files
from tests.deploy.files import ROOT

COMPOSE = files.compose()
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("comitia/")}
ONCE = {name for name, one in SERVICES.items() if one.get("restart") in ("no", "on-failure")}
PROCESSES = sorted(OURS.keys() - ONCE)


def image_of(name: str) -> str:
    """`ballots` of `comitia/ballots:latest`."""
    return str(OURS[name]["image"]).removeprefix("comitia/").partition(":")[0]


def settings_in(one: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in one.get("environment", {}).items() if name.startswith("COMITIA_")}


def mounts(one: dict[str, Any]) -> dict[str, str]:
    """What is mounted, by where."""
    return {place: source for source, place, *_ in (volume.split(":") for volume in one.get("volumes", ()))}


def test_every_process_of_every_service_is_there() -> None:
    wanted = {f"{service}-{kind}" for service in files.SERVERS for kind in ("api", "worker")}
    assert set(PROCESSES) == wanted | {"relay"}


def test_the_migration_and_the_keys_are_made_once() -> None:
    assert {"keys", "migrate"} == ONCE


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_runs_the_image_of_its_name(name: str) -> None:
    assert name in (image_of(name), f"{image_of(name)}-{OURS[name]['command'][0]}")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PROCESSES, "migrate"])
def test_a_command_is_one_that_the_image_has(name: str) -> None:
    assert OURS[name]["command"][0] in code.commands_of(image_of(name))


def test_each_image_is_built_in_one_place_from_the_one_dockerfile() -> None:
    built = {image_of(name): one["build"] for name, one in OURS.items() if "build" in one}
    assert set(built) == set(files.IMAGES)
    for image, build in built.items():
        assert build == {"context": ".", "dockerfile": "infra/docker/Dockerfile", "args": {"SERVICE": image}}


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - OURS.keys()))
def test_an_image_of_others_has_one_exact_version(name: str) -> None:
    assert re.fullmatch(r"docker\.io/library/\w+:\d+\.\d+(\.\d+)?-\w+", SERVICES[name]["image"])


@pytest.mark.parametrize("name", PROCESSES)
def test_the_settings_of_a_process_are_its_own_and_enough(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image = image_of(name)
    told = {n: v for n, v in files.environment_of_image(image).items() if n.startswith("COMITIA_")}
    settings = code.load_settings(image, told | settings_in(OURS[name]), monkeypatch)
    assert settings.missing(OURS[name]["command"][0]) == ()
    assert settings.database is not None
    assert (settings.broker is None) == (OURS[name]["command"] == ["api"])
    assert settings.peers_ca is None or settings.peers_token_file is not None


@pytest.mark.parametrize("name", [name for name in PROCESSES if name.endswith("-api")])
def test_an_api_is_reached_beyond_its_container_by_tls_and_tokens_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = code.load_settings(image_of(name), settings_in(OURS[name]), monkeypatch)
    assert settings.listen == "0.0.0.0:7400"
    assert settings.tls_cert
    assert settings.auth_jwks
    assert "--insecure" not in OURS[name]["command"]


def test_an_api_has_time_to_be_forgotten_and_to_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROCESSES:
        settings = code.load_settings(image_of(name), settings_in(OURS[name]), monkeypatch)
        grace = int(OURS[name]["stop_grace_period"].removesuffix("s"))
        assert grace > settings.linger_seconds + settings.drain_seconds
        assert not name.endswith("-api") or settings.linger_seconds > files.gateway_forgets()


def test_what_is_read_from_the_volume_of_keys_is_made_there() -> None:
    read = {
        path
        for one in SERVICES.values()
        for value in one.get("environment", {}).values()
        for path in re.findall(r"/keys/([\w.]+)", str(value))
    }
    makers = ("infra/docker/keys.sh", "infra/docker/certificates.py", "services/cli/token.py")
    made = "".join((ROOT / maker).read_text(encoding="utf-8") for maker in makers)
    assert read >= {"tls.crt", "tls.key", "ca.crt", "jwks.json", "peers.token"}
    assert {name for name in read if not re.search(rf'["/]{name}"', made)} == set()


def test_every_name_of_an_api_is_in_the_certificate() -> None:
    script = (ROOT / "infra/docker/keys.sh").read_text(encoding="utf-8")
    assert {name for name in SERVICES if name.endswith("-api")} <= set(re.findall(r"[\w-]+-api", script))


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_asked_for_its_health_by_the_images_own_check(name: str) -> None:
    assert "healthcheck" not in OURS[name]
    assert settings_in(OURS[name])["COMITIA_METRICS_LISTEN"].startswith("0.0.0.0:")


def dependencies() -> list[tuple[str, str, str]]:
    return [
        (name, needed, how["condition"])
        for name, one in SERVICES.items()
        for needed, how in one.get("depends_on", {}).items()
    ]


@pytest.mark.parametrize(("name", "needed", "condition"), dependencies())
def test_a_dependency_is_there_and_can_be_met(name: str, needed: str, condition: str) -> None:
    assert needed in SERVICES, name
    if condition == "service_completed_successfully":
        assert needed in ONCE
    else:
        assert condition == "service_healthy"
        assert "test" in SERVICES[needed]["healthcheck"]


@pytest.mark.parametrize("name", PROCESSES)
def test_nothing_starts_before_the_database_has_its_schema(name: str) -> None:
    assert OURS[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_container_of_ours_may_write_nothing_and_be_nobody(name: str) -> None:
    one = OURS[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert any(mount.startswith("/tmp:") for mount in one["tmpfs"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_is_mounted_is_declared_or_there(name: str) -> None:
    for source in mounts(SERVICES[name]).values():
        if source.startswith("./"):
            assert (ROOT / source).is_file(), source
        else:
            assert source in COMPOSE["volumes"]


def test_every_volume_is_mounted_somewhere() -> None:
    assert {source for one in SERVICES.values() for source in mounts(one).values()} >= set(COMPOSE["volumes"])


def test_audits_two_processes_share_the_folder_of_the_key_and_of_what_was_signed() -> None:
    folder = files.environment_of_image("audit")["COMITIA_DATA_DIR"]
    assert {name for name, one in SERVICES.items() if mounts(one).get(folder) == "audit"} == {
        "audit-api",
        "audit-worker",
    }
    for name in ("audit-api", "audit-worker"):
        assert "deploy" not in SERVICES[name]


def test_a_second_relay_stands_by() -> None:
    assert SERVICES["relay"]["deploy"] == {"replicas": 2}


def test_the_gateway_alone_is_published_and_reaches_everything() -> None:
    assert {name for name, one in SERVICES.items() if "ports" in one} == {"gateway"}
    assert SERVICES["gateway"]["ports"] == [f"127.0.0.1:7400:{files.gateway_listens()['calls']}"]
    assert set(SERVICES["gateway"]["networks"]) == {"inside", "outside"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, one in SERVICES.items() if one.get("networks") != ["inside"]} == {"gateway", "keys"}
    assert SERVICES["keys"]["network_mode"] == "none"


def test_the_gateways_health_check_asks_where_it_answers() -> None:
    url = SERVICES["gateway"]["healthcheck"]["test"][-1]
    assert url == f"http://127.0.0.1:{files.gateway_listens()['health']}/live"


@pytest.mark.parametrize("backend", files.gateway_backends().values(), ids=lambda backend: backend.host)
def test_the_gateway_asks_an_api_on_the_ports_where_it_listens(backend: files.Backend) -> None:
    told = settings_in(SERVICES[backend.host])
    assert told["COMITIA_LISTEN"].endswith(f":{backend.port}")
    assert told["COMITIA_METRICS_LISTEN"].endswith(f":{backend.ready_port}")


def test_prometheus_looks_for_the_processes_by_their_names_here() -> None:
    (scrape,) = yaml.safe_load((ROOT / "infra/otel/prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    (lookup,) = scrape["dns_sd_configs"]
    assert sorted(lookup["names"]) == PROCESSES
    assert all(settings_in(OURS[n])["COMITIA_METRICS_LISTEN"].endswith(f":{lookup['port']}") for n in PROCESSES)


def test_the_owners_password_is_the_migrations_alone() -> None:
    given = {name for name, one in SERVICES.items() if "owner_password.example" in str(one)}
    assert given == {"postgres", "migrate"}


def test_every_variable_is_in_the_example_and_no_password_is() -> None:
    assert files.variables_of_compose() == set(files.example_env())
    assert {name for name, value in files.example_env().items() if "PASSWORD" in name and value} == set()


def test_the_file_with_the_passwords_is_kept_out_of_git_and_of_images() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert files.ignored(ROOT / ".env")


def test_the_login_that_is_made_is_the_one_that_is_granted_and_used() -> None:
    made = (ROOT / "infra/docker/postgres-login.sh").read_text(encoding="utf-8")
    assert "CREATE ROLE comitia_app LOGIN" in made
    assert SERVICES["migrate"]["command"] == ["migrate", "--grant", "comitia_app"]
    assert (
        Path(mounts(SERVICES["postgres"])["/docker-entrypoint-initdb.d/postgres-login.sh"]).name == "postgres-login.sh"
    )
    users = {re.match(r"postgresql://(\w+):", settings_in(OURS[n])["COMITIA_DATABASE"]) for n in PROCESSES}
    assert {found[1] for found in users if found} == {"comitia_app"}
