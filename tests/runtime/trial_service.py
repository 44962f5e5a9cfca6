"""A service of one reaction and one read model, run as real processes: `python -m tests.runtime.trial_service worker`."""

from __future__ import annotations

import sys
import time

from eventlog.application import Change, Changes, LogApplication
from kernel.events import Event, catalogue
from kernel.ids import stream_id
from kernel.records import Record
from runtime.main import main
from runtime.service import Context, Service
from runtime.views import Cursor

WORK_SECONDS = 0.01
"""How long a reaction takes to decide: a worker is mostly paused in the middle of one."""


class Heard(Event):
    """The reaction to one number told."""

    TYPE = "trial.Heard"
    number: int


class Trial(LogApplication):
    name = "trial"

    def hear(self, told: Record) -> None:
        """Append what was heard to one stream that all reactions write."""

        def decide() -> Changes:
            found = self.load(stream_id("heard", told.process_id), 0, lambda count, _: count + 1)
            time.sleep(WORK_SECONDS)
            return Changes((Change(found.id, found.version, (Heard(number=told.data()["number"]),)),))

        self.react("hear", told, decide)


class Numbers:
    """Every number told, and how many there were."""

    name = "trial_numbers"
    types = frozenset({"trial.Told"})
    tables = (
        "CREATE TABLE trial_numbers (number BIGINT NOT NULL)",
        "CREATE TABLE trial_sum (id BIGINT NOT NULL PRIMARY KEY, total BIGINT NOT NULL)",
    )

    def apply(self, record: Record, cursor: Cursor) -> None:
        number = record.data()["number"]
        cursor.execute("INSERT INTO trial_numbers (number) VALUES (?)", (number,))
        cursor.execute(
            "INSERT INTO trial_sum (id, total) VALUES (1, ?)"
            " ON CONFLICT (id) DO UPDATE SET total = trial_sum.total + excluded.total",
            (number,),
        )


def wire(context: Context) -> Service:
    trial = Trial(context.log, catalogue([Heard]))
    return Service("trial", (), (Numbers(),), {"trial.Told": trial.hear})


if __name__ == "__main__":
    sys.exit(main("trial", wire))
