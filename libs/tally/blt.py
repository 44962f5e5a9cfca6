"""A BLT file: candidates and seats, who withdrew, ballots (weight, candidates best first, 0), 0, then names and title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kernel.refusal import Refused
from tally.ballot_file import BallotFile, MalformedError, candidates, limited, named, weight
from tally.forms import Number
from tally.grouping import Said
from tally.papers import SKIPPED

MAX_SEATS = 1_000
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_QUOTED = re.compile(r'"([^"]*)"\s*(?:#.*)?')
_COMMENT = re.compile(r"(?:^|\s)#.*")

Line = tuple[int, str]


def parse(text: str) -> BallotFile | Refused:
    """Hill, Wichmann and Woodall's format as councils publish it: one ballot or name a line, names quoted or not.

    `#` begins a comment; `-3` after the first line withdraws candidate 3, whom ballots then pass over; `-` on a ballot
    is a rank left empty. Ballots with equal ranks (`2=3`) are refused.
    """
    try:
        return _parse(text)
    except MalformedError as error:
        return error.refused


def _parse(text: str) -> BallotFile:
    lines = _lines(text)
    end = text.count("\n") + 1
    number, seats = _header(*next(lines, (end, "")))
    withdrawn: set[int] = set()
    groups: dict[Said, Number] = {}
    for line, content in lines:
        tokens = _COMMENT.sub("", content).split()
        if tokens == ["0"]:
            break
        if tokens[0].startswith("-") and not groups:
            withdrawn |= {_withdrawn(line, token, number) for token in tokens}
            continue
        ranking, count = _ballot(line, tokens, number, withdrawn)
        groups[ranking] = groups.get(ranking, 0) + count
    else:
        raise MalformedError(end, "ballots", "the end of the file", "0, alone on a line, after the last ballot")
    names = _names(lines, number, end)
    title = _title(lines)
    standing = [str(place) for place in range(1, number + 1) if place not in withdrawn]
    return BallotFile(
        options=candidates(standing),
        names={name: names[int(name) - 1] for name in standing},
        groups=groups,
        seats=seats,
        title=title,
        withdrawn=tuple(names[place - 1] for place in sorted(withdrawn)),
    )


def _lines(text: str) -> Iterator[Line]:
    """Each line that says something, without the spaces around it."""
    for line, content in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        content = content.strip()
        if content and not content.startswith("#"):
            yield line, content


def _header(line: int, content: str) -> tuple[int, int]:
    tokens = _COMMENT.sub("", content).split()
    if len(tokens) != 2 or not all(map(_NUMBER.fullmatch, tokens)):
        raise MalformedError(line, "header", content or "the end of the file", "the numbers of candidates and of seats")
    seats = int(tokens[1])
    if not 1 <= seats <= MAX_SEATS:
        raise MalformedError(line, "seats", tokens[1], f"1 to {MAX_SEATS} seats")
    return limited(line, "candidates", int(tokens[0])), seats


def _candidate(line: int, field: str, token: str, number: int) -> int:
    if not _NUMBER.fullmatch(token) or not 1 <= int(token) <= number:
        raise MalformedError(line, field, token, f"a candidate's number, 1 to {number}")
    return int(token)


def _withdrawn(line: int, token: str, number: int) -> int:
    if not token.startswith("-"):
        raise MalformedError(line, "withdrawn", token, "only candidates who withdrew, as -2, before the first ballot")
    return _candidate(line, "withdrawn", token[1:], number)


def _ballot(line: int, tokens: list[str], number: int, withdrawn: set[int]) -> tuple[tuple[str, ...], Number]:
    count = weight(line, "weight", tokens[0])
    if tokens[-1] != "0" or len(tokens) < 2:
        raise MalformedError(line, "ballot", " ".join(tokens), "a ballot that ends in 0")
    ranking: list[str] = []
    ranked: set[int] = set()
    for token in tokens[1:-1]:
        if token == "-":
            ranking.append(SKIPPED)
            continue
        if "=" in token:
            raise MalformedError(line, "ballot", token, "one candidate at each rank: equal ranks cannot be counted")
        place = _candidate(line, "ballot", token, number)
        if place in ranked:
            raise MalformedError(line, "ballot", token, "each candidate once on a ballot")
        ranked.add(place)
        if place not in withdrawn:
            ranking.append(str(place))
    return tuple(ranking), count


def _names(lines: Iterator[Line], number: int, end: int) -> list[str]:
    known: dict[str, int] = {}
    for place in range(1, number + 1):
        line, content = next(lines, (end, ""))
        if not content:
            raise MalformedError(end, "names", "the end of the file", f"the name of candidate {place} of {number}")
        name = named(line, f"name of candidate {place}", _text(line, content), known)
        known[name] = line
    return list(known)


def _title(lines: Iterator[Line]) -> str:
    title: str | None = None
    for line, content in lines:
        if title is not None:
            raise MalformedError(line, "end", content, "nothing after the names and the title")
        title = _text(line, content)
    return title or ""


def _text(line: int, content: str) -> str:
    """A name or title, without its quotes."""
    if not content.startswith('"'):
        return _COMMENT.sub("", content).strip()
    found = _QUOTED.fullmatch(content)
    if found is None:
        raise MalformedError(line, "name", content, 'one text in quotes, such as "Ana Roe"')
    return found[1].strip()
