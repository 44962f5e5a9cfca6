"""The ladder by which a server is had: named by the environment, installed, installed now by apt, run by Docker; or told how."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

APT_SECONDS = 900
POLICY = Path("/usr/sbin/policy-rc.d")
LOCK = Path(tempfile.gettempdir()) / f"comitia-apt-{os.getuid()}.lock"

_INSTALL = """
policy=$1; package=$2
if [ ! -e "$policy" ] || grep -q comitia "$policy"; then
  trap 'rm -f "$policy"' EXIT INT TERM
  printf '#!/bin/sh\\n# by comitia, while it installs a server that is not to start by itself\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$package"; }
install || { apt-get update -q && install; }
"""


class CannotObtain(Exception):
    """No server can be had here; the message says what was tried and what to install."""


@dataclass(frozen=True)
class Wanted:
    """A kind of server: the variable that names a running one, its Debian package, its image, where its programs are."""

    name: str
    variable: str
    package: str
    image: str
    find: Callable[[], Path | None]


@dataclass(frozen=True)
class Named:
    """A running server that somebody else looks after: nothing in it is touched but what is made in it here."""

    url: str


@dataclass(frozen=True)
class Installed:
    """The folder that holds the server's programs."""

    programs: Path


@dataclass(frozen=True)
class Docker:
    """The `docker` (or `podman`) executable that runs containers here, and the image."""

    executable: str
    image: str


Found = Named | Installed | Docker


def find(wanted: Wanted) -> Found:
    """The first rung that holds. Raises `CannotObtain`."""
    if url := os.environ.get(wanted.variable):
        return Named(url)
    if programs := wanted.find():
        return Installed(programs)
    tried = []
    for rung in (_by_apt, _by_docker):
        found = rung(wanted)
        if not isinstance(found, str):
            return found
        tried.append(found)
    raise CannotObtain(
        f"{wanted.name} is needed and cannot be had here: no programs of it were found; {'; '.join(tried)}. Install it "
        f"(on Debian or Ubuntu: apt-get install {wanted.package}), or start Docker, or name a running server in {wanted.variable}"
    )


def _by_apt(wanted: Wanted) -> Installed | str:
    """Install the package; two that try at once (test workers) do it one after the other, and the second finds it done."""
    if not shutil.which("apt-get"):
        return "there is no apt-get"
    become = _root()
    if become is None:
        return "apt-get needs root, or sudo without a password"
    with LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if programs := wanted.find():
            return Installed(programs)
        done = subprocess.run(
            [*become, "sh", "-c", _INSTALL, "sh", str(POLICY), wanted.package],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=APT_SECONDS,
            check=False,
        )
    if programs := wanted.find():
        return Installed(programs)
    return f"apt-get install {wanted.package} ended with status {done.returncode} ({_last_line(done.stderr + done.stdout)})"


def _root() -> list[str] | None:
    """The words before a command that make root run it; none when nobody here may be root."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _by_docker(wanted: Wanted) -> Docker | str:
    for name in ("docker", "podman"):
        executable = shutil.which(name)
        if executable and _succeeds([executable, "info"]):
            return Docker(executable, wanted.image)
    return "no Docker or podman engine answers"


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
