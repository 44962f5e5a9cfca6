"""A PostgreSQL server for tests, benchmarks and `make cluster`: private, on a free port, with fsync on."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from infra.local import provision
from infra.local.kept import Kept
from infra.local.ports import free_port
from infra.local.private import password, write_private
from infra.local.provision import CannotObtain, Docker, Named, Wanted

VARIABLE = "COMITIA_TEST_POSTGRES"
SUPERUSER = "postgres"
START_SECONDS = 120.0
STOP_SECONDS = 60.0
IMAGE = "docker.io/library/postgres:15"
SETTINGS = {"max_connections": "300", "log_line_prefix": "%m [%p] "}
"""What every server here is given; the rest is as PostgreSQL has it, fsync included."""

Mode = Literal["fast", "immediate"]
_SIGNALS: Mapping[Mode, int] = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Postgres:
    """A running server. `url` is its superuser's, to the database postgres.

    One that was started here (`ours`) can be stopped, killed and started, and ends with this program at the latest. In
    one that the environment names, databases of its own are made and dropped, and nothing else happens.
    """

    def __init__(
        self, url: str, folder: Path, kept: Kept | None, command: Sequence[str], env: Mapping[str, str]
    ) -> None:
        self.url = url
        self.folder = folder
        self._kept = kept
        self._command = command
        self._env = env
        self._made: set[str] = set()

    @property
    def ours(self) -> bool:
        """Whether it was started here."""
        return self._kept is not None

    @property
    def pid(self) -> int:
        """The postmaster's process id (with Docker, the client's). Raises when it is not running, or not ours."""
        if (pid := self._own().pid) is None:
            raise RuntimeError("PostgreSQL is not running")
        return pid

    def database(self, name: str | None = None, *, template: str | None = None) -> str:
        """Create a database, empty or a copy of the one that the url `template` names, and return its url.

        Nobody may be connected to the template meanwhile.
        """
        name = name or f"comitia_{secrets.token_hex(6)}"
        copied = sql.Identifier(_database_of(template) if template else "template0")
        with self._administered() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), copied))
        self._made.add(name)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{quote(name)}"))

    def drop(self, url: str) -> None:
        """Drop a database that was created here, connected to or not."""
        name = _database_of(url)
        if name not in self._made:
            raise ValueError(f"the database {name} was not created here, and is not dropped here")
        with self._administered() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.discard(name)

    def start(self) -> None:
        """Start it where it was; returns when it answers. Raises `CannotObtain` with the end of its log."""
        kept = self._own()
        with contextlib.suppress(OSError):
            kept.start(self._command, self._env)
        deadline = time.monotonic() + START_SECONDS
        while kept.running and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                self._administered().close()
                return
            time.sleep(0.05)
        raise CannotObtain(f"PostgreSQL did not start in {self.folder}: {_tail(self.folder / 'postgres.log')}")

    def stop(self, mode: Mode = "fast") -> None:
        """Stop it: `fast` disconnects everyone and writes a checkpoint, `immediate` leaves recovery to the next start."""
        kept = self._own()
        kept.signal(_SIGNALS[mode])
        if not kept.wait(STOP_SECONDS):
            raise RuntimeError(f"PostgreSQL was told to stop ({mode}) and has not for {STOP_SECONDS:g} s")

    def restart(self, mode: Mode = "fast") -> None:
        """Stop and start it."""
        self.stop(mode)
        self.start()

    def close(self) -> None:
        """Stop it for good if it is ours; otherwise drop what was made in it. Harmless when done already."""
        if self._kept is not None:
            self._kept.close()
            return
        for name in sorted(self._made):
            self.drop(urlunsplit(urlsplit(self.url)._replace(path=f"/{quote(name)}")))

    def _own(self) -> Kept:
        if self._kept is None:
            raise RuntimeError(f"{VARIABLE} names this PostgreSQL server: it was not started here, and is left alone")
        return self._kept

    def _administered(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10)


def obtain_postgres(
    folder: Path, *, options: Mapping[str, str] = {}, output: int | None = None, keep: bool = False
) -> Postgres:
    """A running server with its data in `folder`, made if missing. Raises `CannotObtain` saying what to install.

    `options` are settings of postgresql.conf. Its log goes to `output` (a file descriptor), else to postgres.log in the
    folder. The folder is removed when the server is closed or this program ends, unless `keep`: then the data are found
    again by the next server in it.
    """
    found = provision.find(Wanted("PostgreSQL", VARIABLE, "postgresql", IMAGE, installed_programs))
    if isinstance(found, Named):
        return _named(found.url, folder)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    secret = password(folder / "password")
    port = free_port()
    settings = {**SETTINGS, **options}
    if isinstance(found, Docker):
        container = f"comitia-postgres-{secrets.token_hex(6)}"
        command = _docker(found, container, folder, port, secret, settings)
        afterwards = [found.executable, "rm", "--force", container]
    else:
        command, afterwards = _native(found.programs, folder, port, settings, keep), []
    kept = Kept(
        folder,
        output=folder / "postgres.log" if output is None else output,
        ending=[(signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10)] if keep else [(signal.SIGQUIT, 10)],
        remove=not keep,
        afterwards=afterwards,
    )
    url = f"postgresql://{SUPERUSER}:{secret}@127.0.0.1:{port}/postgres"
    server = Postgres(url, folder, kept, command, _environment())
    try:
        server.start()
    except BaseException:
        kept.close()
        raise
    return server


def installed_programs() -> Path | None:
    """The folder of initdb and postgres: Debian's newest version, else the one on PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").is_file()]
    if versions:
        return max(versions, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None


def _named(url: str, folder: Path) -> Postgres:
    try:
        psycopg.connect(url, autocommit=True, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        parts = urlsplit(url)
        raise CannotObtain(
            f"{VARIABLE} names a PostgreSQL server at {parts.hostname}:{parts.port or 5432} that cannot be used: "
            f"{str(error).strip().splitlines()[-1]}; start it, or unset {VARIABLE}"
        ) from None
    return Postgres(url, folder, None, (), {})


def _native(programs: Path, folder: Path, port: int, settings: Mapping[str, str], keep: bool) -> list[str]:
    """The server's command, its data folder made. PostgreSQL refuses to run as root: then it runs as postgres."""
    data = folder / "data"
    words = as_user(folder)
    if not (data / "PG_VERSION").is_file():
        data.mkdir(mode=0o700, exist_ok=True)
        for path in (data, folder / "password") if words else ():
            os.chown(path, *unprivileged())
        _make_data(programs, data, folder / "password", words, keep)
    given = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "", **settings}
    return [*words, str(programs / "postgres"), "-D", str(data), *_options(given)]


def _make_data(programs: Path, data: Path, secret: Path, words: Sequence[str], keep: bool) -> None:
    asked = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={secret}"]
    asked += ["--encoding=UTF8", "--locale=C.UTF-8", *([] if keep else ["--no-sync"])]
    done = subprocess.run(
        [*words, str(programs / "initdb"), "-D", str(data), *asked],
        env=_environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise CannotObtain(f"initdb could not make {data}: {(done.stderr or done.stdout).strip()}")


def _docker(
    found: Docker, container: str, folder: Path, port: int, secret: str, settings: Mapping[str, str]
) -> list[str]:
    """The server's command in a container, on the same folder; its password comes in by a file, not by an argument."""
    (folder / "data").mkdir(mode=0o700, exist_ok=True)
    told = folder / "environment"
    write_private(told, f"POSTGRES_PASSWORD={secret}\nPOSTGRES_INITDB_ARGS=--locale=C.UTF-8\n")
    user = [] if os.geteuid() == 0 else ["--user", f"{os.getuid()}:{os.getgid()}"]
    run = [found.executable, "run", "--rm", "--name", container, "-p", f"127.0.0.1:{port}:5432", *user]
    mounted = ["-v", f"{folder / 'data'}:/var/lib/postgresql/data", "--env-file", str(told)]
    return [*run, *mounted, found.image, *_options(settings)]


def _options(settings: Mapping[str, str]) -> list[str]:
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def as_user(folder: Path) -> list[str]:
    """The words before a command that root runs as a user who can enter `folder`; none for anybody else."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise CannotObtain(
            "PostgreSQL does not run as root, and setpriv is missing: install util-linux, or be another user"
        )
    user, group = unprivileged()
    words = ["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups", "--pdeathsig=QUIT"]
    if subprocess.run([*words, "test", "-x", str(folder)], capture_output=True, check=False).returncode != 0:
        words += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [*words, "--"]


def unprivileged() -> tuple[int, int]:
    """The user and group ids of postgres, else of nobody."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise CannotObtain("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: make one")


def _environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "DOCKER_HOST", "XDG_RUNTIME_DIR")
    return {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | {name: os.environ[name] for name in kept if name in os.environ}


def _database_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-5:] if log.is_file() else []
    return " / ".join(lines) or "see its log"
