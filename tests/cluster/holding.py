"""A program that has servers started and says which, then waits to be killed: `python -m tests.cluster.holding FOLDER`."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from infra.local.postgres import obtain_postgres
from infra.local.rabbitmq import obtain_rabbitmq


def main() -> None:
    """One line of JSON, then silence."""
    folder = Path(sys.argv[1])
    server, broker = obtain_postgres(folder / "postgres"), obtain_rabbitmq(folder / "rabbitmq")
    sys.stdout.write(json.dumps({"urls": [server.url, broker.url], "pids": [server.pid, broker.pid]}) + "\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main()
