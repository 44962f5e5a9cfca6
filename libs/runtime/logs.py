"""Logging: one line per entry, plain or JSON, to standard error, with the trace that it belongs to; nothing of any person.

Messages of the house hold names that the code knows, positions and process ids. Of an exception an entry shows the class and
the way through the code; its text only where the class is known to hold nothing that was sent (docs/decisions/0018).
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from kernel.instants import show_instant
from kernel.refusal import Refused
from runtime.settings import Settings
from runtime.telemetry import tracing

TELLING = frozenset(
    {
        "runtime.listening.CannotStart",
        "eventlog.contract.LogFull",
        "eventlog.contract.LogBusy",
        "eventlog.contract.LogUnreachable",
        "eventlog.contract.SchemaUnknown",
        "eventlog.contract.Overtaken",
        "builtins.OSError",
        "builtins.ImportError",
        "builtins.NameError",
        "builtins.AttributeError",
        "builtins.ZeroDivisionError",
        "builtins.RecursionError",
        "builtins.MemoryError",
        "builtins.NotImplementedError",
        "sqlite3.OperationalError",
        "psycopg.OperationalError",
        "amqp.exceptions.AMQPError",
        "kombu.exceptions.OperationalError",
    }
)
"""Exceptions, with those derived from them, whose text names the machine's and the code's own things only."""

UNTOLD = "(its text may hold what somebody sent, and is not shown)"
HOUSE = ("audit", "ballots", "chambers", "cli", "eventlog", "processes", "proposals", "relay", "runtime")
"""Whose entries are shown at every level; of all other loggers only warnings and errors: what they tell is not ours to know."""

_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonLines(logging.Formatter):
    """One JSON object per entry: at, level, logger, thread, message; of which service and trace; the way to the error."""

    def __init__(self, service: str = "", kind: str = "") -> None:
        super().__init__()
        self._of = {name: value for name, value in (("service", service), ("kind", kind)) if value}

    def format(self, record: logging.LogRecord) -> str:
        """The entry as one line."""
        entry = {
            "at": show_instant(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            **self._of,
            "logger": record.name,
            "thread": record.threadName,
            "message": message_of(record),
            **_trace(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the standard library's name
        """The way through the code to the exception, and to those that caused it."""
        return way_to(ei)


class PlainLines(logging.Formatter):
    """An entry for a person: time, level, logger, thread, message, and the way to the error on lines of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry, on one line but for the way to the error."""
        at = show_instant(datetime.fromtimestamp(record.created, UTC))
        trace = _trace().get("trace_id")
        said = f"{at} {record.levelname} {record.name} [{record.threadName}] {message_of(record)}"
        said += f" (trace {trace})" if trace else ""
        return f"{said}\n{way_to(record.exc_info)}" if record.exc_info else said


def configure(settings: Settings, service: str = "", kind: str = "") -> None:
    """Send this process's entries, and what nobody caught, to standard error, as the settings ask for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service, kind) if settings.log_format == "json" else PlainLines())
    handler.addFilter(_is_ours_or_urgent)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def message_of(record: logging.LogRecord) -> str:
    """The entry's message, exceptions and refusals in it shown as `text_of` and `reason_of` do.

    Of asyncio's messages the first line only: the next ones show the objects that failed.
    """
    said, given = str(record.msg), record.args
    if isinstance(given, tuple) and given:
        said %= tuple(_shown(one) for one in given)
    elif given:
        said = record.getMessage()
    return said.partition("\n")[0] if record.name == "asyncio" else said


def way_to(ei: Any) -> str:
    """The frames to an exception and its class, after those of its causes; values only of classes that are `TELLING`."""
    error = ei[1] if isinstance(ei, tuple) else None
    return "\n".join(_told(error)) if isinstance(error, BaseException) else ""


def text_of(error: BaseException) -> str:
    """An exception's class, and the first line of its text where that may be told: the next ones may quote a row."""
    name = type(error).__qualname__
    module = type(error).__module__
    shown = name if module == "builtins" else f"{module}.{name}"
    telling = any(f"{one.__module__}.{one.__qualname__}" in TELLING for one in type(error).__mro__)
    said = str(error).partition("\n")[0] if telling else UNTOLD
    return f"{shown}: {said}" if said else shown


def reason_of(refused: Refused) -> str:
    """A refusal's reason and its numbers; what else it says may be what somebody sent."""
    numbers = [f"{name}: {value}" for name, value in refused.details.items() if isinstance(value, int)]
    return f"{refused.reason} ({', '.join(numbers)})" if numbers else refused.reason


def _shown(argument: object) -> object:
    if isinstance(argument, BaseException):
        return text_of(argument)
    return reason_of(argument) if isinstance(argument, Refused) else argument


def _told(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _told(cause)
        yield "which led to:"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield text_of(error)
    for part in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield "and in it:"
        yield from _told(part)


def _trace() -> dict[str, str]:
    span = tracing.current()
    return {} if span is None else {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"}


def _is_ours_or_urgent(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in (*HOUSE, "__main__")


def _uncaught(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        logging.getLogger("runtime").critical("nobody caught this", exc_info=(type(error), error, trace))
