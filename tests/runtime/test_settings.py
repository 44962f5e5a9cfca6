"""Settings come from variables, a file, files of secrets; whatever is wrong, unknown or missing is named; secrets never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from audit.settings import AuditSettings
from runtime.describing import MASK, as_json, as_text, describe
from runtime.listening import CannotStart
from runtime.settings import Settings, load
from runtime.telling import names_of, variable

SECRET = "postgresql://comitia:geheim@db.example/comitia"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file that the environment names."""
    path = tmp_path / "comitia.yaml"
    monkeypatch.setenv("COMITIA_SETTINGS_FILE", str(path))
    return path


def refused(model: type[Settings] = Settings) -> str:
    with pytest.raises(CannotStart) as told:
        model.load()
    return str(told.value)


def test_a_variable_overrules_the_file_and_what_is_given_overrules_both(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("listen: 127.0.0.1:1\ndeployment: file.example\ncaller_rate: 7\n")
    monkeypatch.setenv("COMITIA_LISTEN", "127.0.0.1:2")
    monkeypatch.setenv("COMITIA_DEPLOYMENT", "variable.example")
    found = load(listen="127.0.0.1:3")
    assert (found.listen, found.deployment, found.caller_rate) == ("127.0.0.1:3", "variable.example", 7)


def test_an_empty_variable_is_as_if_it_were_not_set(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("")
    monkeypatch.setenv("COMITIA_DATABASE", "")
    monkeypatch.setenv("COMITIA_DRAIN_SECONDS", "")
    assert (load().database, load().drain_seconds) == (None, 10.0)


def test_a_secret_may_be_in_a_file_of_its_own(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    file.write_text(f"database_file: {secret}\n")
    database = load().database
    assert database is not None
    assert database.get_secret_value() == SECRET
    monkeypatch.setenv("COMITIA_DATABASE", "postgresql://other/db")
    overruled = load().database
    assert overruled is not None
    assert overruled.get_secret_value() == "postgresql://other/db"
    monkeypatch.setenv("COMITIA_DATABASE_FILE", str(secret))
    assert refused() == "COMITIA_DATABASE and COMITIA_DATABASE_FILE are both set: set one of them"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("COMITIA_DATABSE", "COMITIA_DATABSE is no setting: did you mean COMITIA_DATABASE?"),
        ("COMITIA_SETTING_FILE", "COMITIA_SETTING_FILE is no setting: did you mean COMITIA_SETTINGS_FILE?"),
        ("COMITIA_QQQQ", "COMITIA_QQQQ is no setting: `python -m SERVICE settings` lists them all"),
        ("COMITIA_LISTEN_FILE", "COMITIA_LISTEN_FILE is no setting: did you mean"),
    ],
)
def test_an_unknown_variable_is_named_with_the_nearest_known(
    monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(name, "127.0.0.1:1")
    assert refused().startswith(said)


def test_an_unknown_key_of_the_file_is_named_with_the_nearest_known(file: Path) -> None:
    file.write_text("listen: 127.0.0.1:1\nlog_levle: debug\n")
    assert refused() == f"{file}: log_levle is no setting: did you mean log_level?"


@pytest.mark.parametrize(
    "name",
    [
        "COMITIA_SERVER",
        "COMITIA_TOKEN",
        "COMITIA_TOKEN_FILE",
        "COMITIA_CA",
        "COMITIA_CLIENT_CERT",
        "COMITIA_CLIENT_KEY",
        "COMITIA_TEST_POSTGRES",
        "COMITIA_AUDIT_BALLOTS",
        "COMITIA_RELAY_ANYTHING",
        "COMITIA_BALLOTS_API_SERVICE_HOST",
        "COMITIA_BALLOTS_API_SERVICE_PORT_GRPC",
        "COMITIA_BALLOTS_API_PORT",
        "COMITIA_BALLOTS_API_PORT_7400_TCP_ADDR",
        "COMITIA_POSTGRES_PORT_5432_TCP",
    ],
)
def test_variables_of_clients_tests_other_services_and_kubernetes_are_theirs(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = load()
    monkeypatch.setenv(name, "x")
    assert load() == before


def test_a_service_knows_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_AUDIT_BALLOTS", "ballots.example:7400")
    assert AuditSettings.load().address_of("ballots") == "ballots.example:7400"
    monkeypatch.setenv("COMITIA_AUDIT_BALOTS", "x")
    assert refused(AuditSettings) == "COMITIA_AUDIT_BALOTS is no setting: did you mean COMITIA_AUDIT_BALLOTS?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- listen\n", "must hold lines such as `listen: 0.0.0.0:7400`"),
        ("database: 'postgresql://geheim\nlisten: x\n", "is no YAML at line"),
        ("a: b: c\n", "is no YAML at line 1"),
    ],
)
def test_a_file_that_holds_no_settings_is_refused_without_showing_it(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    assert said in refused()
    assert refused().startswith(f"COMITIA_SETTINGS_FILE: {file}")
    assert "geheim" not in refused()


def test_a_file_that_is_not_there_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused().startswith(f"COMITIA_SETTINGS_FILE: cannot read {file}: ")
    monkeypatch.delenv("COMITIA_SETTINGS_FILE")
    monkeypatch.setenv("COMITIA_BROKER_FILE", str(file))
    assert refused().startswith(f"COMITIA_BROKER_FILE: cannot read {file}: ")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("COMITIA_DATABASE", "mysql://me:geheim@h/d", "postgresql://"),
        ("COMITIA_BROKER", "http://me:geheim@h", "amqp://"),
    ],
)
def test_a_wrong_secret_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refused() == f"{name}: expected an address that begins with {expected}"


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ("tls_cert", "tls_key"),
        ("tls_key", "tls_cert"),
        ("tls_client_ca", "tls_cert"),
        ("broker_cert", "broker_key"),
        ("peers_key", "peers_cert"),
    ],
)
def test_what_needs_another_setting_names_it(monkeypatch: pytest.MonkeyPatch, given: str, needed: str) -> None:
    monkeypatch.setenv(variable(given), "/some/file")
    assert refused() == f"{variable(needed)} is not set, and {variable(given)} is, which needs it: set both"


def test_only_an_api_of_audit_over_postgresql_needs_the_others_addresses() -> None:
    others = {f"audit_{name}": "h:1" for name in ("processes", "proposals", "chambers")}
    assert AuditSettings.load().missing("api") == ()
    assert AuditSettings.load(database=SECRET).missing("worker") == ()
    assert AuditSettings.load(database=SECRET, **others).missing("api") == ("audit_ballots",)
    assert Settings.load(database=SECRET).missing("api") == ()


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load().listen = "0.0.0.0:1"  # type: ignore[misc]


def test_every_setting_is_described_with_its_type_its_default_and_what_it_is_for() -> None:
    described = describe(AuditSettings.load())
    assert list(described) == list(AuditSettings.model_fields)
    assert [name for name, one in described.items() if len(one.description) < 10] == []
    assert described["lease_seconds"].type == "number, 1 to 300"
    assert described["timer_seconds"].type == "number, above 0, at most 60"
    assert described["log_format"].type == "plain | json"
    assert described["max_streams"].type == "integer, at least 1"
    assert (described["listen"].default, described["tls_cert"].type) == ("127.0.0.1:7400", "path")
    assert described["database"].file == "COMITIA_DATABASE_FILE"


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_DATABASE", SECRET)
    monkeypatch.setenv("COMITIA_OTLP_ENDPOINT", "https://me:geheim@collector:4318")
    for shown in (as_text(load()), as_json(load()), repr(load()), str(load().model_dump())):
        assert "comitia:geheim" not in shown
    assert "geheim" not in as_text(load()) + as_json(load())
    told = json.loads(as_json(load()))
    assert (told["database"]["value"], told["broker"]["value"]) == (MASK, None)
    assert told["otlp_endpoint"]["value"] == f"https://{MASK}@collector:4318"


def test_the_table_names_each_variable_once() -> None:
    text = as_text(load())
    for name in names_of(Settings):
        assert variable(name) in text
