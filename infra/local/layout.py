"""What a cluster consists of: groups of like processes, how many of each, and the command, addresses and settings of one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.ports import free_port
from runtime.settings import Settings
from runtime.telling import names_of, variable

SERVICES = ("processes", "proposals", "chambers", "ballots", "audit")
RELAY = "relay"
APIS = tuple(f"{service}-api" for service in SERVICES)
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
GROUPS = (*APIS, RELAY, *WORKERS)
MOST = 100
DEFAULT_SCALE: Mapping[str, int] = {group: 2 if group == RELAY else 1 for group in GROUPS}


class WrongScale(ValueError):
    """What was asked for is no group, or no number of processes; the message says what is."""


@dataclass(frozen=True)
class Programs:
    """The commands of which a cluster is made."""

    migrate: Sequence[str] = (sys.executable, "-m", "cli", "migrate")
    process: Callable[[str, str], Sequence[str]] = lambda service, kind: (sys.executable, "-m", service, kind)


@dataclass(frozen=True)
class Place:
    """One process of a group: its name, what it runs, and where it listens. `kind` is `api`, `worker` or `run`."""

    group: str
    replica: int
    service: str
    kind: str
    address: str = ""
    """HOST:PORT of its gRPC server; empty for what has none."""
    metrics: str = field(default="")
    """HOST:PORT of /metrics, /live and /ready."""

    @property
    def name(self) -> str:
        return f"{self.group}-{self.replica}"


def place(group: str, replica: int) -> Place:
    """A new process of a group, on ports that are free now."""
    service, _, kind = group.partition("-")
    address = f"127.0.0.1:{free_port()}" if kind == "api" else ""
    return Place(group, replica, service, kind or "run", address, f"127.0.0.1:{free_port()}")


def scale_of(asked: Iterable[str]) -> dict[str, int]:
    """How many of each group: `BALLOTS_API=3` or `ballots-api=3`, the rest as usual. Raises `WrongScale`."""
    scale = dict(DEFAULT_SCALE)
    for each in asked:
        name, _, number = each.partition("=")
        group = name.lower().replace("_", "-")
        least = 1 if group in APIS else 0
        if group not in GROUPS:
            known = ", ".join(group.upper().replace("-", "_") for group in GROUPS)
            raise WrongScale(f"{name} is no group of processes: the groups are {known}")
        if not (number.isascii() and number.isdigit() and least <= int(number) <= MOST):
            raise WrongScale(f"{name}={number}: expected a number from {least} to {MOST}")
        scale[group] = int(number)
    return scale


def server_of(places: Iterable[Place]) -> str:
    """What `--server` and COMITIA_SERVER are set to: `processes=HOST:PORT,…`, replicas joined by `+`."""
    found = [place for place in places if place.kind == "api"]
    return ",".join(f"{service}={addresses_of(found, service)}" for service in SERVICES)


def addresses_of(places: Iterable[Place], service: str) -> str:
    """Where the apis of one service listen, joined by `+`."""
    return "+".join(place.address for place in places if place.service == service and place.address)


def own_environment() -> dict[str, str]:
    """This program's environment for a process of the cluster: of what is named COMITIA_… only what is a setting."""
    settings = {variable(name) for name in names_of(Settings)}
    return {name: value for name, value in os.environ.items() if not name.startswith("COMITIA_") or name in settings}


def environment(place: Place, places: Sequence[Place], data: Path, shared: Mapping[str, str]) -> dict[str, str]:
    """The settings of one process. Audit's processes share a folder (signing key, what was signed); others have their own."""
    told = {**own_environment(), **shared, "PYTHONUNBUFFERED": "1"}
    for name in ("listen", "database_file", "broker_file"):
        told.pop(variable(name), None)
    folder = data / ("audit" if place.service == "audit" else place.name)
    told |= {variable("data_dir"): str(folder), variable("metrics_listen"): place.metrics}
    if place.address:
        told[variable("listen")] = place.address
    if place.service == "audit":
        others = [service for service in SERVICES if service != "audit"]
        told |= {variable(f"audit_{service}"): addresses_of(places, service) for service in others}
    return told
