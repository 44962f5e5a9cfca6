"""Stands in for `docker` with the postgres image: `run` does with the installed programs what the image's start does.

Its arguments are read as Docker reads them: published port, mounted folders, environment, then the image and its words.
Every call is noted in the file that TRACE names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from infra.local import postgres

FLAGS = {"--rm"}
IN_IMAGE = "/var/lib/postgresql/data"


def options_and_rest(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The options of `docker run` with their values, and what follows them: the image and its command."""
    options: list[tuple[str, str]] = []
    while words and words[0].startswith("-"):
        name = words.pop(0)
        options.append((name, "" if name in FLAGS else words.pop(0)))
    return options, words


def run(words: list[str]) -> None:
    """Becomes the server."""
    options, (_image, *command) = options_and_rest(words)
    mounts = {inside: outside for outside, inside in (value.split(":")[:2] for name, value in options if name == "-v")}
    told = Path(next(value for name, value in options if name == "--env-file")).read_text()
    environment = dict(line.split("=", 1) for line in told.splitlines())
    address, port, _inside = next(value for name, value in options if name == "-p").split(":")
    data = Path(mounts[IN_IMAGE])
    programs = postgres.installed_programs()
    assert programs is not None
    words = postgres.as_user(data)
    if not (data / "PG_VERSION").exists():
        password = data.parent / "given"
        password.write_text(environment["POSTGRES_PASSWORD"])
        for path in (data, password) if words else ():
            os.chown(path, *postgres.unprivileged())
        made = [
            environment["POSTGRES_INITDB_ARGS"],
            "--auth=scram-sha-256",
            "--username=postgres",
            f"--pwfile={password}",
        ]
        subprocess.run([*words, programs / "initdb", "-D", data, *made], check=True, stdout=sys.stderr)
    listen = ["-c", f"port={port}", "-c", f"listen_addresses={address}", "-c", "unix_socket_directories="]
    server = [*words, str(programs / "postgres"), "-D", str(data), *listen, *command]
    os.execvp(server[0], server)


def main() -> None:
    with Path(os.environ["TRACE"]).open("a") as trace:
        trace.write(" ".join(sys.argv[1:]) + "\n")
    if sys.argv[1] == "run":
        run(sys.argv[2:])


if __name__ == "__main__":
    main()
