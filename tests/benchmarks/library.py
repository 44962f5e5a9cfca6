"""The `eventsourcing` library's default PostgreSQL recorder, appending one event at a time from 8 processes.

`python -m tests.benchmarks.library URL EVENTS` is one writer: it says that it is ready, waits for a line, appends, and prints
the seconds that it took.
"""

from __future__ import annotations

import subprocess
import sys
import time
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

WRITERS = 8
TOPIC = "ballots.BallotCast/1"
STATE = b'{"box":"projects","channel":"web","choice":{"P/03/X":"2","P/17/X":"1"},"replaces":null,"voter":"1400012345"}'


def rate(url: str, events: int) -> float:
    """Events a second that 8 writers together append to the database, `events` each, each event of a new stream."""
    with _datastore(url) as datastore:
        PostgresApplicationRecorder(datastore).create_table()
    command = [sys.executable, "-m", "tests.benchmarks.library", url, str(events)]
    writers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        if writer.stdout.readline() != "ready\n":
            raise RuntimeError("a writer of the library's recorder did not start")
    began = time.perf_counter()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        assert writer.stdout is not None
        if writer.stdout.readline() != "done\n":
            raise RuntimeError("a writer of the library's recorder failed")
    seconds = time.perf_counter() - began
    for writer in writers:
        writer.communicate()
    return WRITERS * events / seconds


def _datastore(url: str) -> PostgresDatastore:
    given = conninfo_to_dict(url)
    return PostgresDatastore(
        dbname=str(given["dbname"]),
        host=str(given["host"]),
        port=str(given.get("port", 5432)),
        user=str(given["user"]),
        password=str(given.get("password", "")),
        pool_size=1,
    )


def main(url: str, events: str) -> None:
    """One writer."""
    with _datastore(url) as datastore:
        recorder = PostgresApplicationRecorder(datastore)
        recorder.select_events(uuid4())
        _say("ready")
        sys.stdin.readline()
        for _ in range(int(events)):
            recorder.insert_events([StoredEvent(uuid4(), 1, TOPIC, STATE)])
        _say("done")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
