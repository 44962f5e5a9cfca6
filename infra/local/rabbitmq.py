"""A RabbitMQ broker for tests, benchmarks and `make cluster`: private, on free ports, with a fresh vhost for whoever asks."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from infra.local import provision
from infra.local.kept import Kept
from infra.local.ports import free_port
from infra.local.private import password, write_private
from infra.local.provision import CannotObtain, Docker, Named, Wanted

VARIABLE = "COMITIA_TEST_RABBITMQ"
MANAGEMENT_VARIABLE = "COMITIA_TEST_RABBITMQ_MANAGEMENT"
USER = "comitia"
IMAGE = "docker.io/library/rabbitmq:3.13-management"
START_SECONDS = 120.0
STOP_SECONDS = 60.0
CALL_SECONDS = 30.0
AMQP_HEADER = b"AMQP\x00\x00\x09\x01"
DEBIAN = Path("/usr/lib/rabbitmq/bin")


class RabbitMQ:
    """A running broker. `url` is of its vhost `/`; `vhost` makes an empty one.

    One that was started here (`ours`) can be stopped, killed and started, and ends with this program at the latest. In
    one that the environment names, vhosts of its own are made and dropped, and nothing else happens.
    """

    def __init__(
        self,
        url: str,
        management: str,
        folder: Path,
        kept: Kept | None = None,
        command: Sequence[str] = (),
        env: Mapping[str, str] = {},
    ) -> None:
        self.url = url
        self.management = management
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
        """The broker's process id (with Docker, the client's). Raises when it is not running, or not ours."""
        if (pid := self._own().pid) is None:
            raise RuntimeError("RabbitMQ is not running")
        return pid

    def vhost(self) -> str:
        """Make an empty vhost, in which the url's user may do everything, and return its url."""
        name = f"comitia-{secrets.token_hex(6)}"
        user = unquote(urlsplit(self.url).username or "guest")
        self.call("PUT", f"/api/vhosts/{name}")
        self._made.add(name)
        everything = b'{"configure": ".*", "write": ".*", "read": ".*"}'
        self.call("PUT", f"/api/permissions/{name}/{quote(user, safe='')}", everything)
        return _with_vhost(self.url, name)

    def drop(self, url: str) -> None:
        """Delete a vhost that was made here, with everything in it and every connection to it."""
        name = unquote(urlsplit(url).path.lstrip("/"))
        if name not in self._made:
            raise ValueError(f"the vhost {name} was not made here, and is not dropped here")
        self.call("DELETE", f"/api/vhosts/{name}")
        self._made.discard(name)

    def call(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Call the management API at `path` as the url's user; raises `CannotObtain` when it refuses or is not there."""
        parts = urlsplit(self.url)
        login = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}", "Content-Type": "application/json"}
        if not self.management:
            raise CannotObtain("this broker was started without its management API: obtain it with management=True")
        connection = http.client.HTTPConnection(self.management, timeout=CALL_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise CannotObtain(
                f"RabbitMQ's management API does not answer at {self.management} ({error}): enable the plugin "
                f"rabbitmq_management, and name its HOST:PORT in {MANAGEMENT_VARIABLE}"
            ) from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise CannotObtain(
                f"RabbitMQ refused {method} {path} with status {answer.status}: may its user administer it?"
            )
        return told

    def start(self) -> None:
        """Start it where it was; returns when it takes connections. Raises `CannotObtain` with the end of its log."""
        kept = self._own()
        with contextlib.suppress(OSError):
            kept.start(self._command, self._env)
        deadline = time.monotonic() + START_SECONDS
        while kept.running and time.monotonic() < deadline:
            with contextlib.suppress(OSError, CannotObtain):
                _shake_hands(self.url)
                if self.management:
                    self.call("GET", "/api/vhosts/%2F")
                return
            time.sleep(0.1)
        raise CannotObtain(f"RabbitMQ did not start in {self.folder}: see {self.folder / 'rabbitmq.log'}")

    def stop(self) -> None:
        """Stop it in order; durable queues and their messages are there again when it starts."""
        kept = self._own()
        kept.signal(signal.SIGTERM)
        if not kept.wait(STOP_SECONDS):
            raise RuntimeError(f"RabbitMQ was told to stop and has not for {STOP_SECONDS:g} s")

    def kill(self) -> None:
        """End it as a power cut would; returns when nothing of it runs any more."""
        kept = self._own()
        kept.signal(signal.SIGKILL)
        kept.wait(STOP_SECONDS)

    def close(self) -> None:
        """Stop it for good if it is ours; otherwise drop what was made in it. Harmless when done already."""
        if self._kept is not None:
            self._kept.close()
            return
        for name in sorted(self._made):
            self.drop(_with_vhost(self.url, name))

    def _own(self) -> Kept:
        if self._kept is None:
            raise RuntimeError(f"{VARIABLE} names this broker: it was not started here, and is left alone")
        return self._kept


def obtain_rabbitmq(
    folder: Path, *, output: int | None = None, keep: bool = False, management: bool = True
) -> RabbitMQ:
    """A running broker with its data in `folder`, made if missing. Raises `CannotObtain` saying what to install.

    Its log goes to `output` (a file descriptor), else to rabbitmq.log in the folder. The folder is removed when the
    broker is closed or this program ends, unless `keep`: then queues are found again by the next broker in it. Vhosts are
    made through its `management` API, which makes each stop five seconds longer.
    """
    found = provision.find(Wanted("RabbitMQ", VARIABLE, "rabbitmq-server", IMAGE, installed_programs))
    if isinstance(found, Named):
        return _named(found.url, folder)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    secret = password(folder / "password")
    port, management_port = free_port(), free_port() if management else 0
    if isinstance(found, Docker):
        container = f"comitia-rabbitmq-{secrets.token_hex(6)}"
        command = _docker(found, container, folder, port, management_port, secret)
        env = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ}
        afterwards = [found.executable, "rm", "--force", container]
    else:
        command, env, afterwards = (
            [str(found.programs / "rabbitmq-server")],
            _native(folder, port, management_port, secret),
            [],
        )
    kept = Kept(
        folder,
        output=folder / "rabbitmq.log" if output is None else output,
        ending=[(signal.SIGTERM, STOP_SECONDS)] if keep else [(signal.SIGKILL, 5)],
        remove=not keep,
        afterwards=afterwards,
    )
    url = f"amqp://{USER}:{secret}@127.0.0.1:{port}/%2F"
    broker = RabbitMQ(url, f"127.0.0.1:{management_port}" if management else "", folder, kept, command, env)
    try:
        broker.start()
    except BaseException:
        kept.close()
        raise
    return broker


def installed_programs() -> Path | None:
    """The folder of rabbitmq-server: Debian's own scripts (its wrappers on PATH insist on the system's broker), or PATH's."""
    if (DEBIAN / "rabbitmq-server").is_file() and shutil.which("erl"):
        return DEBIAN
    on_path = shutil.which("rabbitmq-server")
    return Path(on_path).resolve().parent if on_path and shutil.which("erl") else None


def _named(url: str, folder: Path) -> RabbitMQ:
    parts = urlsplit(url)
    try:
        _shake_hands(url)
    except OSError as error:
        raise CannotObtain(
            f"{VARIABLE} names a broker at {parts.hostname}:{parts.port or 5672} that cannot be used: {error}; "
            f"start it, or unset {VARIABLE}"
        ) from None
    return RabbitMQ(url, os.environ.get(MANAGEMENT_VARIABLE) or f"{parts.hostname}:15672", folder)


def _native(folder: Path, port: int, management: int, secret: str) -> dict[str, str]:
    """The environment of a broker that shares nothing with another on this machine: node, epmd, cookie, files.

    `management` is its port, 0 for none.
    """
    lines = [f"listeners.tcp.1 = 127.0.0.1:{port}", "log.console.level = warning"]
    lines += [f"default_user = {USER}", f"default_pass = {secret}", "loopback_users = none"]
    if management:
        lines += ["management.tcp.ip = 127.0.0.1", f"management.tcp.port = {management}"]
        lines += ["management_agent.disable_metrics_collector = true"]
    write_private(folder / "rabbitmq.conf", "\n".join(lines) + "\n")
    write_private(folder / "plugins", "[rabbitmq_management].\n" if management else "[].\n")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(free_port()),
        "RABBITMQ_NODENAME": "comitia@localhost",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        # The script becomes the broker instead of waiting for it: a signal to it reaches the broker.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def _docker(found: Docker, container: str, folder: Path, port: int, management: int, secret: str) -> list[str]:
    """The broker's command in a container, its data in the same folder; its password comes in by a file."""
    (folder / "data").mkdir(mode=0o700, exist_ok=True)
    told = folder / "environment"
    account = f"RABBITMQ_DEFAULT_USER={USER}\nRABBITMQ_DEFAULT_PASS={secret}\n"
    write_private(told, f"{account}RABBITMQ_NODENAME=comitia@localhost\n")
    user = [] if os.geteuid() == 0 else ["--user", f"{os.getuid()}:{os.getgid()}"]
    ports = ["-p", f"127.0.0.1:{port}:5672", *(["-p", f"127.0.0.1:{management}:15672"] if management else [])]
    mounted = ["-v", f"{folder / 'data'}:/var/lib/rabbitmq", "--env-file", str(told)]
    return [found.executable, "run", "--rm", "--name", container, *ports, *user, *mounted, found.image]


def _shake_hands(url: str) -> None:
    """Raises `OSError` when nothing there speaks AMQP 0-9-1 (in TLS, when nothing listens)."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "amqps"
    with socket.create_connection((parts.hostname or "", parts.port or (5671 if encrypted else 5672)), 10) as probe:
        if encrypted:
            return
        probe.sendall(AMQP_HEADER)
        if probe.recv(1) != b"\x01":
            raise OSError("what listens there is no AMQP 0-9-1 broker")


def _with_vhost(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
