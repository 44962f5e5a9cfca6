"""Each service imports and starts with only its own folder and libs/ on the path; each lib needs no service."""

from __future__ import annotations

import signal
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.architecture.house import LIBS, ROOT, SERVICES, WITH_AN_API

pytestmark = pytest.mark.slow

PACKAGES = sysconfig.get_paths()["purelib"]

IMPORT_ALL = """
import importlib, pkgutil
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + '.'):
        if not module.name.endswith('__main__'):
            importlib.import_module(module.name)
"""
RUN_NAMED = "import runpy; runpy.run_module('{}', run_name='__main__', alter_sys=True)"


def alone(tmp_path: Path, code: str, arguments: Sequence[str], *services: str) -> list[str]:
    """The command of a Python that finds libs/, the given services and installed packages, but not this project's install."""
    (tmp_path / "path").mkdir(exist_ok=True)
    for service in services:
        (tmp_path / "path" / service).symlink_to(ROOT / "services" / service)
    path = [str(ROOT / "libs"), str(tmp_path / "path")]
    prepared = f"import sys; sys.path[0:1] = {path!r}; sys.path.append({PACKAGES!r})\n{code}"
    return [sys.executable, "-S", "-c", prepared, *arguments]


def environment(tmp_path: Path) -> dict[str, str]:
    """eventlet warns of its age when it is imported first; a worker silences that, who imports every module does not."""
    return {"COMITIA_DATA_DIR": str(tmp_path / "data"), "COMITIA_LISTEN": "127.0.0.1:0", "PYTHONWARNINGS": "ignore"}


def run(tmp_path: Path, code: str, arguments: Sequence[str], *services: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    command = alone(tmp_path, code, arguments, *services)
    return subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_imports_and_shows_its_settings_alone(tmp_path: Path, service: str) -> None:
    imported = run(
        tmp_path, IMPORT_ALL + "sys.argv[1:] = ['settings', '--json']\n" + RUN_NAMED.format(service), [service], service
    )
    assert (imported.returncode, imported.stderr) == (0, "")
    assert '"data_dir"' in imported.stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["api", "worker"])
@pytest.mark.parametrize("service", sorted(WITH_AN_API))
def test_a_service_starts_and_stops_alone(tmp_path: Path, service: str, kind: str) -> None:
    command = alone(tmp_path, RUN_NAMED.format(service), [kind], service)
    process = subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    started = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=30)
    assert (started.partition(" ")[0], process.returncode, error) == (service, 0, "")


def test_the_libs_import_without_any_service(tmp_path: Path) -> None:
    imported = run(tmp_path, IMPORT_ALL, sorted(LIBS))
    assert (imported.returncode, imported.stderr) == (0, "")


def test_another_service_is_not_there_when_one_is_alone(tmp_path: Path) -> None:
    imported = run(tmp_path, IMPORT_ALL, ["ballots"], "audit")
    assert imported.returncode == 1
    assert "No module named 'ballots'" in imported.stderr
