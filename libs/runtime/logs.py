"""Logging: one line per entry, plain or JSON, to standard error; payloads and keys are never logged."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from kernel.instants import show_instant
from runtime.settings import Settings


class JsonLines(logging.Formatter):
    """One JSON object per entry: at, level, logger, thread, message, and the traceback when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry as one line."""
        entry = {
            "at": show_instant(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure(settings: Settings) -> None:
    """Send this process's log entries to standard error, at the level and in the form that the settings ask for."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s")
    handler.setFormatter(JsonLines() if settings.log_format == "json" else plain)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
