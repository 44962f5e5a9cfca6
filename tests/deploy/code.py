"""What the services are, as the deployment's files must have it: their commands, their settings, their queues."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from audit.settings import AuditSettings
from relay.settings import RelaySettings
from runtime import topology
from runtime.settings import Settings
from tests.deploy import files

PACKAGES = sysconfig.get_paths()["purelib"]
RUN = """
import sys
sys.path[0:1] = {path!r}
sys.path.append({packages!r})
import runpy
runpy.run_module({service!r}, run_name='__main__', alter_sys=True)
"""


def settings_of(service: str) -> type[Settings]:
    """The model of what a service may be told."""
    own: dict[str, type[Settings]] = {"audit": AuditSettings, "relay": RelaySettings}
    return own.get(service, Settings)


def load_settings(service: str, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings that a process with exactly these variables has; raises `CannotStart` as it would."""
    for name in [name for name in os.environ if name.startswith("COMITIA_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return settings_of(service).load()


def run_image(
    folder: Path, service: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program of a service's image: with the folders that the image copies and installed packages, no others."""
    for image, source in files.copied(service).items():
        _place(folder, image, source)
    path = [str(folder / each.lstrip("/")) for each in files.environment_of_image(service)["PYTHONPATH"].split(":")]
    code = RUN.format(path=path, packages=PACKAGES, service=service)
    return subprocess.run(
        [sys.executable, "-S", "-c", code, *arguments],
        env={"PATH": os.environ["PATH"], **(environment or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _place(folder: Path, image: str, source: str) -> None:
    """Links under `folder` to what the image holds at `image`: all of `source` that .dockerignore lets through."""
    place = folder / image.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    for each in sorted((files.ROOT / source).iterdir()):
        if not files.ignored(each) and not (place / each.name).exists():
            (place / each.name).symlink_to(each)


@cache
def commands_of(service: str) -> frozenset[str]:
    """The first words that a service's program understands, as its own usage message lists them."""
    program = [sys.executable, "-m", service]
    if service == "cli":
        said = subprocess.run([*program, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
        return frozenset(re.findall(r"^[│ ]+([a-z][a-z-]+)  ", said, re.MULTILINE))
    said = subprocess.run([*program, "nonsense"], capture_output=True, text=True, timeout=60, check=False).stderr
    usage = said.partition(f"usage: python -m {service} ")[2]
    return frozenset(re.sub(r"\[.*?\]", "", part).strip() for part in usage.strip().split("|"))


def queue_of(service: str) -> str:
    """The queue that a service's workers consume."""
    return topology.HINTS[service].name
