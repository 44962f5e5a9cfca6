"""The deployment's files as data: the Dockerfile, docker-compose.yml, the gateway's configuration."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "infra/docker/Dockerfile"
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE_ENV = ROOT / "infra/docker/example.env"
GATEWAY = ROOT / "infra/gateway/haproxy.cfg"
KUBERNETES = ROOT / "infra/k8s"
OPERATORS = ROOT / "docs/operators.md"

IMAGES = ("processes", "proposals", "chambers", "ballots", "audit", "relay", "cli")
"""What `ARG SERVICE` may be: every folder of services/."""

SERVERS = ("processes", "proposals", "chambers", "ballots", "audit")
"""Those that have an api and a worker."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@dataclass(frozen=True)
class Instruction:
    """One of a Dockerfile, such as COPY, and what follows it on its line."""

    name: str
    value: str


def dockerfile() -> list[list[Instruction]]:
    """The instructions of each stage, from its FROM on; what stands before the first FROM is the first stage's too."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    stages: list[list[Instruction]] = [[]]
    for line in filter(None, map(str.strip, lines)):
        name, _, value = line.partition(" ")
        if name == "FROM" and any(one.name == "FROM" for one in stages[-1]):
            stages.append([])
        stages[-1].append(Instruction(name, value.strip()))
    return stages


def values(stage: list[Instruction], name: str) -> list[str]:
    """What follows each instruction of that name."""
    return [one.value for one in stage if one.name == name]


def copied(service: str) -> dict[str, str]:
    """What the final image of a service is copied from this folder, by its place in the image."""
    pairs = [shlex.split(value.replace("${SERVICE}", service)) for value in values(dockerfile()[-1], "COPY")]
    return {words[-1]: words[0] for words in pairs if not words[0].startswith("--from=")}


def environment_of_image(service: str) -> dict[str, str]:
    """The variables that the image sets."""
    words = [word for value in values(dockerfile()[-1], "ENV") for word in shlex.split(value)]
    return {name: value.replace("${SERVICE}", service) for name, _, value in (word.partition("=") for word in words)}


def ignored(path: Path) -> bool:
    """Whether .dockerignore keeps a path of this folder out of the build; the last line that matches decides."""
    relative, out = path.relative_to(ROOT), False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip().lstrip("!")
        if pattern and not pattern.startswith("#") and _covers(pattern, relative):
            out = not line.startswith("!")
    return out


def _covers(pattern: str, path: Path) -> bool:
    whole = pattern.removeprefix("**/")
    candidates = [path, *path.parents][:-1]
    return any(each.match(whole) if whole != pattern else each.as_posix() == pattern for each in candidates) or (
        pattern == "*"
    )


def compose(env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """docker-compose.yml with its variables put in: `env`, else what example.env says, else a stand-in."""
    given = dict(example_env()) | dict(env or {})

    def put(found: re.Match[str]) -> str:
        name, kind, other = found.groups()
        return given.get(name) or (other if kind == "-" else f"{name.lower()}.example")

    loaded: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(put, COMPOSE.read_text(encoding="utf-8")))
    return loaded


def variables_of_compose() -> set[str]:
    """The names of the variables that docker-compose.yml is given."""
    return {name for name, _, _ in _VARIABLE.findall(COMPOSE.read_text(encoding="utf-8"))}


def example_env() -> dict[str, str]:
    """The lines of example.env."""
    lines = [line for line in EXAMPLE_ENV.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@dataclass(frozen=True)
class Backend:
    """Where the gateway sends calls of a service: the name that stands for its replicas, and the ports asked there."""

    host: str
    port: int
    ready_port: int
    ready_path: str


def gateway_routes() -> dict[str, str]:
    """The backend of each path's beginning."""
    text = GATEWAY.read_text(encoding="utf-8")
    return {path: backend for backend, path in re.findall(r"use_backend (\w+) if \{ path_beg (\S+) \}", text)}


def gateway_backends() -> dict[str, Backend]:
    """The backends that have replicas."""
    text = GATEWAY.read_text(encoding="utf-8")
    (ready_port,) = re.findall(r"default-server check .*\bport (\d+)", text)
    found = re.findall(
        r"^backend (\w+)\n\s+option httpchk GET (\S+)\n\s+server-template replica \d+ "
        r'"([\w-]+)\$\{GATEWAY_DOMAIN\}:(\d+)" sni str\(([\w-]+)\)$',
        text,
        re.MULTILINE,
    )
    return {
        name: Backend(host, int(port), int(ready_port), path) for name, path, host, port, sni in found if sni == host
    }


def gateway_listens() -> dict[str, int]:
    """The port of each frontend."""
    return {
        name: int(port)
        for name, port in re.findall(
            r"^frontend (\w+)\n\s+bind :(\d+)", GATEWAY.read_text(encoding="utf-8"), re.MULTILINE
        )
    }


def gateway_forgets() -> float:
    """Seconds in which the gateway leaves out a replica that is not ready: so many checks must fail, so far apart."""
    (found,) = re.findall(r"default-server check inter (\d+)s fall (\d+) ", GATEWAY.read_text(encoding="utf-8"))
    between, fails = map(int, found)
    return float(between * (fails + 1))
