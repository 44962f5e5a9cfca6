"""An entry of the log says what broke, where in the code and in which trace; never what somebody sent."""

from __future__ import annotations

import ast
import asyncio
import importlib
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import MapperDeserialisationError
from opentelemetry import trace
from pydantic import BaseModel, ValidationError

from eventlog.contract import LogFull, VersionConflict
from kernel.refusal import Refused
from runtime import logs
from runtime.settings import Settings
from runtime.telemetry import tracing
from tests.architecture import house

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SECRET = "voter-7f3a"


class Ballot(BaseModel):
    choice: int


def invalid() -> None:
    Ballot.model_validate({"choice": SECRET})


def mapped() -> None:
    try:
        invalid()
    except ValidationError as error:
        raise MapperDeserialisationError(f"ballots.BallotCast of stream ballots/p/b/{SECRET}: {error}") from error


def conflicting() -> None:
    raise VersionConflict(f"ballots/p/b/{SECRET}", 1, 2)


def missing() -> None:
    dict[str, int]()[SECRET]


def grouped() -> None:
    raise ExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)])


def while_handling() -> None:
    try:
        missing()
    except KeyError:
        conflicting()


BREAKING = [invalid, mapped, conflicting, missing, grouped, while_handling]


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the process writes with these settings; everything is put back at the end."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    handlers, level = list(root.handlers), root.level
    stderr, sys.stderr = sys.stderr, io.StringIO()
    logs.configure(
        Settings(**{"log_format": "json", "log_level": "debug"} | getattr(request, "param", {})), "ballots", "api"
    )
    yield sys.stderr
    sys.stderr = stderr
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root.handlers[:] = handlers
    root.setLevel(level)


def here() -> trace.Span:
    span = tracing.parse(PARENT)
    assert span is not None
    return trace.NonRecordingSpan(span)


PLAIN = pytest.mark.parametrize("written", [{"log_format": "plain"}], indirect=True)
BOTH = pytest.mark.parametrize("written", [{"log_format": "plain"}, {"log_format": "json"}], indirect=True)


def entry(written: io.StringIO) -> dict[str, Any]:
    (line,) = written.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_entry_is_one_line_that_says_of_which_process_it_is(written: io.StringIO) -> None:
    logging.getLogger("runtime.trial").warning("two\nlines of %s", "text")
    told = entry(written)
    assert told.pop("at").endswith("Z")
    assert told == {
        "level": "warning",
        "service": "ballots",
        "kind": "api",
        "logger": "runtime.trial",
        "thread": "MainThread",
        "message": "two\nlines of text",
    }


def test_an_entry_says_in_which_trace_it_is(written: io.StringIO) -> None:
    with trace.use_span(here()):
        logging.getLogger("runtime").warning("here")
    assert (entry(written)["trace_id"], entry(written)["span_id"]) == (PARENT[3:35], PARENT[36:52])


@PLAIN
def test_a_plain_entry_says_in_which_trace_it_is(written: io.StringIO) -> None:
    with trace.use_span(here()):
        logging.getLogger("runtime").warning("here")
    assert written.getvalue().endswith(f"WARNING runtime [MainThread] here (trace {PARENT[3:35]})\n")


@BOTH
@pytest.mark.parametrize("broken", BREAKING)
def test_a_traceback_shows_the_way_and_the_class_and_nothing_that_was_sent(written: io.StringIO, broken: Any) -> None:
    try:
        broken()
    except Exception as error:
        logging.getLogger("runtime").exception("it broke: %s", error)
        shown = type(error).__name__
    said = written.getvalue()
    assert SECRET not in said
    assert shown in said
    assert f"in {broken.__name__}" in said
    assert "test_logs.py" in said


def test_a_traceback_shows_every_cause(written: io.StringIO) -> None:
    try:
        mapped()
    except MapperDeserialisationError:
        logging.getLogger("runtime").exception("it broke")
    told = entry(written)["traceback"]
    assert told.index("ValidationError") < told.index("which led to:") < told.index("MapperDeserialisationError")
    assert "in invalid" in told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LogFull("the disk is full"), "eventlog.contract.LogFull: the disk is full"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: [Errno 111] Connection refused"),
        (ValueError(SECRET), f"ValueError: {logs.UNTOLD}"),
        (KeyError(SECRET), f"KeyError: {logs.UNTOLD}"),
        (UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET), f"UnicodeEncodeError: {logs.UNTOLD}"),
        (OSError(f"no space left\nCONTEXT: COPY records, line 1: {SECRET}"), "OSError: no space left"),
    ],
)
def test_the_text_is_told_of_errors_that_hold_nothing_that_was_sent(error: Exception, told: str) -> None:
    assert logs.text_of(error) == told


def test_every_error_whose_text_is_told_exists() -> None:
    for name in logs.TELLING:
        module, _, shown = name.rpartition(".")
        found = getattr(importlib.import_module(module), shown)
        assert (found.__module__, found.__qualname__) == (module, shown)


def test_a_refusal_in_a_message_is_its_reason_with_its_numbers(written: io.StringIO) -> None:
    refused = Refused("already_voted", say=f"{SECRET} has voted", voter=SECRET, position=7)
    logging.getLogger("runtime").error("refused: %s", refused)
    assert entry(written)["message"] == "refused: already_voted (position: 7)"


@BOTH
def test_what_nobody_caught_in_a_thread_is_an_entry_too(written: io.StringIO) -> None:
    thread = threading.Thread(target=conflicting)
    thread.start()
    thread.join()
    assert SECRET not in written.getvalue()
    assert "VersionConflict" in written.getvalue()


def test_what_asyncio_says_of_a_lost_task_shows_no_object(written: io.StringIO) -> None:
    async def lose() -> None:
        task = asyncio.create_task(asyncio.to_thread(conflicting))
        await asyncio.sleep(0.1)
        del task

    asyncio.run(lose())
    said = written.getvalue()
    assert "Task exception was never retrieved" in said
    assert SECRET not in said


def test_other_libraries_are_heard_when_it_matters_only(written: io.StringIO) -> None:
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        logging.getLogger("grpc").log(level, "theirs")
        logging.getLogger("ballots.api").log(level, "ours")
    said = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(each["logger"], each["level"]) for each in said] == [
        ("ballots.api", "debug"),
        ("ballots.api", "info"),
        ("grpc", "warning"),
        ("ballots.api", "warning"),
    ]


def test_every_service_is_of_the_house() -> None:
    assert {*house.SERVICES, "cli", "eventlog", "runtime"} <= set(logs.HOUSE)


def entries_of_the_house() -> list[tuple[str, ast.Call]]:
    """Every call of a logger in the product."""
    return [
        (f"{module.path}:{node.lineno}", node)
        for module in house.modules(house.ROOT)
        if module.is_product
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "_LOG"
    ]


@pytest.mark.slow
def test_messages_are_templates_and_errors_in_them_are_given_as_they_are() -> None:
    """So that the formatter, which knows whose text may be told, is the one that spells them."""
    wrong = []
    for place, call in entries_of_the_house():
        template, *arguments = call.args
        branches = [template.body, template.orelse] if isinstance(template, ast.IfExp) else [template]
        if not all(isinstance(branch, ast.Constant) for branch in branches):
            wrong.append(f"{place}: the message is no plain text")
        for argument in arguments:
            for node in ast.walk(argument):
                spelled = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if isinstance(node, ast.JoinedStr) or (spelled and node.func.id in ("str", "repr", "format")):  # type: ignore[attr-defined]
                    wrong.append(f"{place}: {ast.unparse(argument)} is spelled before the formatter sees it")
    assert wrong == []


@pytest.mark.slow
def test_the_entries_of_the_house_are_looked_at() -> None:
    assert len(entries_of_the_house()) > 8
    assert Path(logs.__file__).name == "logs.py"
