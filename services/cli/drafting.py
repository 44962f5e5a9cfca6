"""`comitia charter new`: asks a few questions and writes a valid charter; answers may be options, or lines of input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from cli.connect import Json
from cli.output import err, print_json, printable, say, unwritable, wrong
from kernel.refusal import Kind, Refused
from rules.charter import load_charter
from rules.drafting import QUESTIONS, Question, draft

ATTEMPTS = 3
MAX_LINE = 2000

BY_KEY = {question.key: question for question in QUESTIONS}


def _option(key: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(f"--{key}", metavar=key.upper(), help=BY_KEY[key].ask)
    return option


def new(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it, else standard output.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the default of every question that has one.")] = False,
    kind: Annotated[str | None, _option("kind")] = None,
    title: Annotated[str | None, _option("title")] = None,
    name: Annotated[str | None, _option("name")] = None,
    voters: Annotated[str | None, _option("voters")] = None,
    second: Annotated[str | None, _option("second")] = None,
    budget: Annotated[str | None, _option("budget")] = None,
    currency: Annotated[str | None, _option("currency")] = None,
    ballot: Annotated[str | None, _option("ballot")] = None,
    choices: Annotated[str | None, _option("choices")] = None,
    rule: Annotated[str | None, _option("rule")] = None,
    seats: Annotated[str | None, _option("seats")] = None,
    method: Annotated[str | None, _option("method")] = None,
    majority: Annotated[str | None, _option("majority")] = None,
    quorum: Annotated[str | None, _option("quorum")] = None,
    tie: Annotated[str | None, _option("tie")] = None,
    deadline: Annotated[str | None, _option("deadline")] = None,
    silence: Annotated[str | None, _option("silence")] = None,
    opens: Annotated[str | None, _option("opens")] = None,
    closes: Annotated[str | None, _option("closes")] = None,
    as_json: Json = False,
) -> None:
    """Ask a few questions and write a valid charter, with comments, to start from.

    A question whose answer is given as an option is not asked. When standard input is not a terminal, each of its lines
    answers the next question; an empty line, or the end, takes the default.
    """
    if output is not None and output.exists():
        wrong(
            Refused("file_exists", kind=Kind.EXISTS, say="there is such a file already"), file=output, as_json=as_json
        )
    told = {key: value for key, value in locals().items() if key in BY_KEY and value is not None}
    text = draft(_answers(told, yes=yes, as_json=as_json))
    charter = load_charter(text)
    if isinstance(charter, Refused):
        wrong(charter, as_json=as_json)
    if output is not None:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            unwritable(output, error, as_json=as_json)
    if as_json:
        print_json({"file": None if output is None else str(output), "charter": charter.to_json(), "yaml": text})
    elif output is not None:
        say(f"{output}: a valid charter; `comitia charter explain {output}` says what it means")
    else:
        typer.echo(text, nl=False)


def _answers(told: Mapping[str, str], *, yes: bool, as_json: bool) -> dict[str, str]:
    """Every question that applies, in order: answered by an option, or else asked."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if not question.applies(answers):
            if question.key in told:
                unasked = f"--{question.key} is not asked for this charter"
                wrong(Refused("not_asked", kind=Kind.INVALID, say=unasked, decided=answers["kind"]), as_json=as_json)
            continue
        if question.key in told:
            read = question.read(told[question.key].strip(), answers)
            if isinstance(read, Refused):
                wrong(_about(question, read), as_json=as_json)
            answers[question.key] = read
        elif yes and question.default is not None:
            answers[question.key] = _default(question, answers, as_json=as_json)
        else:
            answers[question.key] = _asked(question, answers, as_json=as_json)
    return answers


def _asked(question: Question, answers: Mapping[str, str], *, as_json: bool) -> str:
    """The answer on standard input; a wrong one is asked again, so often and no more."""
    answer = next((read for read in _attempts(question, answers, as_json=as_json) if isinstance(read, str)), None)
    if answer is None:
        missing = f"no answer after {ATTEMPTS} attempts: {question.ask}"
        wrong(Refused("answer_missing", kind=Kind.INVALID, say=missing, option=f"--{question.key}"), as_json=as_json)
    return answer


def _attempts(question: Question, answers: Mapping[str, str], *, as_json: bool) -> Iterator[str | Refused]:
    terminal = sys.stdin.isatty()
    for _ in range(ATTEMPTS):
        if terminal:
            hint = f" [{question.default}]" if question.default else ""
            err.print(f"{question.ask}{hint}: ", end="", markup=False)
        line = _line(as_json=as_json)
        if line is None and question.default is None:
            missing = f"an answer is missing: {question.ask}"
            wrong(
                Refused("answer_missing", kind=Kind.INVALID, say=missing, option=f"--{question.key}"), as_json=as_json
            )
        text = (line or "").strip()
        if not text and question.default is not None:
            yield _default(question, answers, as_json=as_json)
            return
        read = question.read(text, answers)
        if isinstance(read, Refused):
            err.print(printable(_about(question, read).sentence()), markup=False)
        yield read


def _line(*, as_json: bool) -> str | None:
    """The next line of standard input; None at its end."""
    try:
        line = sys.stdin.readline(MAX_LINE)
    except UnicodeDecodeError:
        wrong(Refused("not_utf8", kind=Kind.INVALID, say="the answers cannot be read as text"), as_json=as_json)
    return line or None


def _default(question: Question, answers: Mapping[str, str], *, as_json: bool) -> str:
    read = question.read(question.default or "", answers)
    if isinstance(read, Refused):
        wrong(_about(question, read), as_json=as_json)
    return read


def _about(question: Question, read: Refused) -> Refused:
    """The refusal, naming the question."""
    return Refused(read.reason, kind=read.kind, say=f"{question.ask} {read.say}", **read.details)
