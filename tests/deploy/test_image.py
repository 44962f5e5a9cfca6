"""The image: what it copies is enough for its service, it runs as nobody in particular, and nothing is made while it runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.deploy import code, files

BUILD, FINAL = 0, 1


def test_there_is_an_image_for_every_folder_of_services() -> None:
    folders = {path.parent.name for path in (files.ROOT / "services").glob("*/__main__.py")}
    assert folders == set(files.IMAGES)


@pytest.mark.slow
@pytest.mark.parametrize("service", files.IMAGES)
def test_what_is_copied_is_enough_to_start_the_service(service: str, tmp_path: Path) -> None:
    arguments = ["--help"] if service == "cli" else ["settings"]
    ran = code.run_image(tmp_path, service, arguments)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_is_not_copied_is_not_there(tmp_path: Path) -> None:
    code.run_image(tmp_path, "ballots", ["settings"])
    there = {path.relative_to(tmp_path / "app").as_posix() for path in (tmp_path / "app").glob("*/*")}
    assert {part for part in there if part.startswith("services/")} == {"services/ballots"}
    assert "libs/runtime" in there
    assert "libs/testkit" not in there


def test_only_what_the_image_needs_is_sent_to_the_builder() -> None:
    sent = {path.name for path in files.ROOT.iterdir() if not files.ignored(path)}
    assert sent == {"pyproject.toml", "constraints.txt", "libs", "services"}


def test_every_stage_starts_from_the_same_base_of_one_exact_version() -> None:
    stages = files.dockerfile()
    (base,) = files.values(stages[BUILD], "ARG")
    assert re.fullmatch(r"PYTHON=docker\.io/library/python:3\.\d+\.\d+-slim-[a-z]+", base)
    assert [files.values(stage, "FROM")[0].split()[0] for stage in stages] == ["${PYTHON}", "${PYTHON}"]


def test_the_final_stage_installs_nothing() -> None:
    """What was installed comes from the first stage, whose pip stays there: no compiler, no package manager is added."""
    steps = " ".join(files.values(files.dockerfile()[FINAL], "RUN"))
    assert not re.search(r"\b(pip|apt|apt-get|gcc|build-essential)\b", steps)
    assert "--from=dependencies /venv /venv" in files.values(files.dockerfile()[FINAL], "COPY")
    assert "pip uninstall" in files.values(files.dockerfile()[BUILD], "RUN")[0]


def test_it_runs_as_a_user_with_a_number_who_is_not_root() -> None:
    """A number, because Kubernetes cannot tell from a name that it is not root."""
    (user,) = files.values(files.dockerfile()[FINAL], "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_python_writes_no_byte_code_at_run_time_and_finds_it_made() -> None:
    environment = files.environment_of_image("ballots")
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert any("compileall" in step for step in files.values(files.dockerfile()[FINAL], "RUN"))


def test_the_services_settings_are_the_services_own(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {n: v for n, v in files.environment_of_image("audit").items() if n.startswith("COMITIA_")}
    assert code.load_settings("audit", told, monkeypatch).data_dir == Path(told["COMITIA_DATA_DIR"])


@pytest.mark.slow
@pytest.mark.parametrize("service", [service for service in files.IMAGES if service != "cli"])
def test_the_health_check_and_the_default_are_commands_of_the_service(service: str) -> None:
    stage = files.dockerfile()[FINAL]
    (check,), (default,) = files.values(stage, "HEALTHCHECK"), files.values(stage, "CMD")
    called = re.search(r'CMD exec python -m "\$SERVICE" (\w+)$', check)
    assert called
    assert {called[1], *json.loads(default)} <= code.commands_of(service)


def test_the_stop_signal_reaches_python() -> None:
    """The shell of the entry point replaces itself, so that Python is process 1."""
    stage = files.dockerfile()[FINAL]
    assert files.values(stage, "STOPSIGNAL") == ["SIGTERM"]
    shell, _, line, *_ = json.loads(files.values(stage, "ENTRYPOINT")[0])
    assert shell == "/bin/sh"
    assert line.startswith("exec python -m ")
