"""The whole charter, part by part: what it is, its phases, its chambers, its matters, what may be amended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.explaining.chambers import chamber_lines
from rules.explaining.language import Language, Line
from rules.explaining.matters import matter_lines

if TYPE_CHECKING:
    from rules.charter import Charter, Phase


def explain(charter: Charter, language: Language) -> list[Line]:
    """Every rule of the charter as sentences, in order; the charter's own words stay as they are, in quotation marks."""
    return [
        *_head(charter, language),
        *_phases(charter, language),
        *_chambers(charter, language),
        *_matters(charter, language),
        *_amendment(charter, language),
    ]


def _head(charter: Charter, say: Language) -> Iterator[Line]:
    yield Line(0, say.say("charter", title=charter.title, name=say.quoted(charter.name), format=str(charter.comitia)))
    if charter.summary:
        yield Line(1, say.say("summary", text=" ".join(charter.summary.split())))
    for source in charter.sources:
        yield Line(1, say.say(f"source.{source.status}", cite=source.cite))


def _phases(charter: Charter, say: Language) -> Iterator[Line]:
    yield Line(0, say.say("phases", len(charter.phases)))
    for place, phase in enumerate(charter.phases):
        yield Line(1, say.say("phase", name=say.quoted(phase.name), title=phase.title))
        yield Line(2, " ".join(_when(phase, say, first=place == 0)))
        if phase.allows:
            allowed = say.listed(say.say(f"allows.{action.value}") for action in phase.allows)
            yield Line(2, say.say("allows", actions=allowed))
        else:
            yield Line(2, say.say("allows.nothing"))
        if phase.votes is not None:
            yield Line(2, say.say("votes", matter=say.quoted(phase.votes)))


def _when(phase: Phase, say: Language, *, first: bool) -> Iterator[str]:
    turn = "first" if first else "later"
    if phase.opens is None:
        yield say.say(f"opens.command.{turn}")
    else:
        yield say.say(f"opens.date.{turn}", day=say.day(phase.opens))
    yield say.say("closes.command") if phase.closes is None else say.say("closes.date", day=say.day(phase.closes))
    yield say.say("last") if phase.next is None else say.say("next", phase=say.quoted(phase.next))


def _chambers(charter: Charter, say: Language) -> Iterator[Line]:
    if charter.chambers:
        yield Line(0, say.say("chambers", len(charter.chambers)))
    for chamber in charter.chambers:
        yield from chamber_lines(charter, chamber, say)


def _matters(charter: Charter, say: Language) -> Iterator[Line]:
    if not charter.matters:
        yield Line(0, say.say("matters.none"))
        return
    yield Line(0, say.say("matters", len(charter.matters)))
    for matter in charter.matters:
        yield from matter_lines(charter, matter, say)


def _amendment(charter: Charter, say: Language) -> Iterator[Line]:
    if charter.amendment is None:
        yield Line(0, say.say("amendment.none"))
        return
    yield Line(0, say.say("amendment"))
    for glob in charter.amendment.allows:
        yield Line(1, say.say("amendment.path", path=glob, meaning=_meaning(glob, say)))


def _meaning(glob: str, say: Language) -> str:
    """What a path of an amendment covers, in words: `/phases/*/opens` is the part `opens` of any phase."""
    section, *rest = glob.split("/")[1:]
    whose = "amendment.whole"
    name = ""
    if section in ("phases", "chambers", "matters") and rest:
        whose = f"amendment.{section}.any" if rest[0] in ("*", "**") else f"amendment.{section}.one"
        name, rest = rest[0], rest[1:] or ["**"]
    else:
        rest = [section, *rest]
    owner = say.say(whose, name=say.quoted(name)) if whose.endswith(".one") else say.say(whose)
    everything = rest[-1] == "**"
    field = "/".join(rest[:-1] if everything else rest)
    if not field:
        return say.say("amendment.everything", owner=owner)
    return say.say("amendment.below" if everything else "amendment.field", field=say.quoted(field), owner=owner)
