"""A server is looked for in one order: named, installed, apt, Docker; and who has none of them is told what to do."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from infra.local import provision
from infra.local.provision import CannotObtain, Docker, Installed, Named, Wanted
from tests.cluster.machine import program

TOOLS = ("sh", "grep", "rm", "chmod", "sleep", "cat")


class Machine:
    """A machine of fakes: what is on its PATH is what a test put there, and `told` is what was called, in order."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.path = folder / "path"
        self.path.mkdir()
        self.programs = folder / "programs"
        self.policy = folder / "policy-rc.d"
        self._trace = folder / "trace"
        for tool in TOOLS:
            (self.path / tool).symlink_to(str(shutil.which(tool)))
        monkeypatch.setenv("PATH", str(self.path))
        monkeypatch.setenv("TRACE", str(self._trace))
        monkeypatch.setattr(provision, "POLICY", self.policy)
        monkeypatch.setattr(provision, "LOCK", folder / "lock")

    def has(self, name: str, script: str = "") -> None:
        program(self.path / name, f'echo "{name} $*" >> "$TRACE"\n{script}')

    def has_apt(self, script: str = "") -> None:
        self.has("apt-get", f'{script}\ncase "$*" in *install*) : > {self.programs};; esac')

    @property
    def told(self) -> list[str]:
        return self._trace.read_text().splitlines() if self._trace.exists() else []

    def wanted(self) -> Wanted:
        return Wanted("Testserver", "COMITIA_TEST_TRIAL", "trial-server", "trial:1", self._find)

    def _find(self) -> Path | None:
        return self.programs if self.programs.exists() else None


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.delenv("COMITIA_TEST_TRIAL", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return Machine(tmp_path, monkeypatch)


def test_the_server_that_the_environment_names_comes_first(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.programs.touch()
    machine.has_apt()
    machine.has("docker")
    monkeypatch.setenv("COMITIA_TEST_TRIAL", "trial://there")
    assert provision.find(machine.wanted()) == Named("trial://there")
    assert machine.told == []


def test_installed_programs_come_second(machine: Machine) -> None:
    machine.programs.touch()
    machine.has_apt()
    machine.has("docker")
    assert provision.find(machine.wanted()) == Installed(machine.programs)
    assert machine.told == []


def test_apt_installs_before_docker_is_tried(machine: Machine) -> None:
    machine.has_apt()
    machine.has("docker")
    assert provision.find(machine.wanted()) == Installed(machine.programs)
    assert [line.split()[0] for line in machine.told] == ["apt-get"]
    assert machine.told[0].endswith("install -y -q --no-install-recommends trial-server")


def test_apt_learns_of_packages_when_it_knows_none_yet(machine: Machine) -> None:
    lists = machine.folder / "lists"
    machine.has("apt-get", f'case "$*" in *update*) : > {lists};; *) [ -e {lists} ] && : > {machine.programs};; esac')
    assert provision.find(machine.wanted()) == Installed(machine.programs)
    assert [line.split()[-1] for line in machine.told] == ["trial-server", "-q", "trial-server"]


def test_somebody_who_is_not_root_installs_by_sudo(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.has_apt()
    machine.has("sudo", '[ "$1" = -n ] && shift && [ "$1" = true ] || exec "$@"')
    assert provision.find(machine.wanted()) == Installed(machine.programs)
    assert [line.split()[:3] for line in machine.told if line.startswith("sudo")] == [
        ["sudo", "-n", "true"],
        ["sudo", "-n", "sh"],
    ]
    assert machine.told[-1].startswith("apt-get ")


def test_somebody_who_may_not_install_gets_docker(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.has_apt()
    machine.has("sudo", "exit 1")
    machine.has("docker")
    assert provision.find(machine.wanted()) == Docker(str(machine.path / "docker"), "trial:1")
    assert machine.told == ["sudo -n true", "docker info"]


def test_podman_serves_where_docker_has_no_engine(machine: Machine) -> None:
    machine.has("docker", "exit 1")
    machine.has("podman")
    assert provision.find(machine.wanted()) == Docker(str(machine.path / "podman"), "trial:1")


def test_a_machine_with_nothing_says_what_was_tried_and_what_to_install(machine: Machine) -> None:
    machine.has("apt-get", "echo 'E: no network' >&2; exit 100")
    machine.has("docker", "exit 1")
    with pytest.raises(CannotObtain) as told:
        provision.find(machine.wanted())
    sentence = str(told.value)
    assert "apt-get install trial-server ended with status 100 (E: no network)" in sentence
    assert "no Docker or podman engine answers" in sentence
    assert "COMITIA_TEST_TRIAL" in sentence


def test_a_machine_without_apt_says_so(machine: Machine) -> None:
    with pytest.raises(CannotObtain, match=r"there is no apt-get; no Docker .* apt-get install trial-server"):
        provision.find(machine.wanted())


def test_two_that_install_at_once_install_once(machine: Machine) -> None:
    machine.has_apt("sleep 0.3")
    found: list[object] = []
    together = [threading.Thread(target=lambda: found.append(provision.find(machine.wanted()))) for _ in range(2)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert found == [Installed(machine.programs)] * 2
    assert len(machine.told) == 1


def test_what_apt_installs_does_not_start_by_itself(machine: Machine) -> None:
    machine.has_apt(f'"{machine.policy}"; echo "$?" >> "$TRACE"')
    provision.find(machine.wanted())
    assert machine.told[1:] == ["101"]
    assert not machine.policy.exists()


def test_a_policy_of_the_machine_itself_is_left_as_it_is(machine: Machine) -> None:
    program(machine.policy, "exit 104")
    before = machine.policy.read_text()
    machine.has_apt(f'"{machine.policy}"; echo "$?" >> "$TRACE"')
    provision.find(machine.wanted())
    assert machine.told[1:] == ["104"]
    assert machine.policy.read_text() == before
