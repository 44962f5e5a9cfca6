"""Writes the charter that the answers describe, as YAML with comments, for its owner to read and to change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from rules.drafting.questions import (
    BUDGET,
    CONSENT,
    ELECTION,
    HALVES,
    MAJORITIES,
    MOTION,
    NO_DATE,
    OPINION,
    QUORUMS,
    TWO_CHAMBERS,
    Answers,
)

Lines = Iterator[str]

TIES = {"reject": "[reject]", "revote": "[revote, reject]", "chair": "[{casting_vote: chair}]"}
PER_POINT = "points: {choices}, points_use: at_most"
GRADES = "[excellent, good, fair, poor, to reject]"
AMENDMENT = (
    "# What may be changed while it runs. Everything else stands until the end.",
    "amendment:",
    "  allows:",
    "    - /phases/*/opens",
    "    - /phases/*/closes",
)


def draft(answers: Answers) -> str:
    """The YAML. Answers are those of `QUESTIONS`, all that apply; `charter check` accepts what comes out."""
    return "\n".join([*_head(answers), *_phases(answers), *_chambers(answers), *_matters(answers), *AMENDMENT]) + "\n"


def _head(answers: Answers) -> Lines:
    yield "# A first charter, made from your answers. Change it as you like, then:"
    yield "#   comitia charter check FILE      is it valid?"
    yield "#   comitia charter explain FILE    what does it mean, in plain words?"
    yield "comitia: 1"
    yield f"name: {_text(answers['name'])}"
    yield f"title: {_text(answers['title'])}"
    yield "sources: []  # where its rules come from: {cite: …, status: read}, or status: recalled"


def _phases(answers: Answers) -> Lines:
    yield "# One phase is open at a time. Without dates, a phase opens and closes when the organiser says so."
    yield "phases:"
    if answers["kind"] not in (BUDGET, ELECTION):
        yield from _phase("decisions", "Motions are put and decided", "enrol, move, vote", dates=_dates(answers))
        return
    options = "projects" if answers["kind"] == BUDGET else "candidates"
    yield from _phase("ideas", f"The {options} are handed in", "enrol, submit, revise, withdraw", then="review")
    allows = "enrol, review, shortlist, withdraw"
    yield from _phase("review", f"The {options} are reviewed and shortlisted", allows, then="vote")
    last = answers["kind"] == ELECTION
    then = None if last else "delivery"
    yield from _phase("vote", "The vote", "vote", votes=options, then=then, dates=_dates(answers))
    if not last:
        yield from _phase("delivery", "What won is delivered and followed up", "deliver")


def _phase(
    name: str, title: str, allows: str, *, votes: str | None = None, then: str | None = None, dates: Lines | None = None
) -> Lines:
    yield f"  - name: {name}"
    yield f"    title: {title}"
    yield f"    allows: [{allows}]"
    if votes is not None:
        yield f"    votes: {votes}"
    yield from dates or ()
    yield f"    next: {'null' if then is None else then}"


def _dates(answers: Answers) -> Lines:
    for edge, means in (("opens", "as this day begins, UTC"), ("closes", "as this day ends, UTC")):
        if answers[edge] != NO_DATE:
            yield f"    {edge}: {answers[edge]}  # {means}"


def _chambers(answers: Answers) -> Lines:
    yield "# Who votes. Members are entered on a roll, each with one vote unless the roll says otherwise."
    yield "chambers:"
    chambers = {"members": answers["voters"]}
    if answers["kind"] == TWO_CHAMBERS:
        chambers["second"] = answers["second"]
    for name, title in chambers.items():
        yield f"  - name: {name}"
        yield f"    title: {_text(title)}"
        yield "    electors: enrolled"
        if answers.get("tie") == "chair":
            yield "    roles: [chair]"


def _matters(answers: Answers) -> Lines:
    yield "# What is decided, and how."
    yield "matters:"
    yield from MATTERS[answers["kind"]](answers)


def _budget(answers: Answers) -> Lines:
    yield from _matter("projects", "Which projects are paid for", "selection")
    yield "    chamber: members"
    yield f"    ballot: {{form: {_form(answers)}, revisable: true}}"
    yield "    allocation:"
    yield f"      rule: {answers['rule']}"
    if answers["rule"] == "equal-shares":
        yield "      utility: cost         # a supported project is worth what it costs"
        yield "      completion: add1u     # what is left goes on as equalshares.net recommends"
    yield f"      budget: {answers['budget']}"
    yield f"      currency: {answers['currency']}"
    yield "      tie_break: [lower_cost, earlier_submission, lot]"


def _form(answers: Answers) -> str:
    form = answers["ballot"]
    if form == "choose_one":
        return form
    return f"points, {PER_POINT.format(**answers)}" if form == "points" else f"{form}, max: {answers['choices']}"


def _election(answers: Answers) -> Lines:
    yield from _matter("candidates", "Who is elected", "selection")
    yield "    chamber: members"
    if answers["method"] == "majority-judgment":
        yield f"    ballot: {{form: grades, grades: {GRADES}, revisable: true}}"
    else:
        yield "    ballot: {form: ranking, revisable: true}"
    yield f"    election: {{method: {answers['method']}, seats: {answers['seats']}}}"


def _motion(answers: Answers) -> Lines:
    yield from _put("motion", "A motion")
    yield "    decision:"
    yield from _vote("members", answers, "      ")


def _two_chambers(answers: Answers) -> Lines:
    yield from _put("motion", "A motion that both chambers must adopt")
    yield "    decision:"
    yield "      all_of:  # each is counted alone, and either can block"
    for chamber in ("members", "second"):
        first, *rest = _vote(chamber, answers, "          ")
        yield f"        - {first.strip()}"
        yield from rest


def _opinion(answers: Answers) -> Lines:
    yield from _put("opinion", "An opinion")
    yield "    decision:"
    yield "      advice:  # it is asked for, and never binds"
    yield from _measured("members", answers, "        ")
    yield f"        deadline: {answers['deadline']}"
    yield f"        silence: {answers['silence']}"


def _consent(answers: Answers) -> Lines:
    yield from _put("proposal", "A proposal")
    yield "    decision:"
    yield f"      consent: {{chamber: members, window: {answers['deadline']}}}  # adopted when nobody objects in that time"


def _put(name: str, title: str) -> Lines:
    yield from _matter(name, title, "motion")
    yield "    ballot: {form: yes_no_abstain, revisable: true}"


def _matter(name: str, title: str, kind: str) -> Lines:
    yield f"  - name: {name}"
    yield f"    title: {title}"
    yield f"    kind: {kind}"


def _vote(chamber: str, answers: Answers, margin: str) -> Lines:
    yield from _measured(chamber, answers, margin)
    if answers["majority"] in HALVES:
        yield f"{margin}tie: {TIES[answers['tie']]}"


def _measured(chamber: str, answers: Answers, margin: str) -> Lines:
    yield f"{margin}chamber: {chamber}"
    yield f"{margin}majority: {MAJORITIES[answers['majority']]}"
    quorum = QUORUMS[answers["quorum"]]
    if quorum is not None:
        yield f"{margin}quorum: {quorum}"


def _text(text: str) -> str:
    """In double quotes, as JSON writes it: YAML reads the same."""
    return json.dumps(text, ensure_ascii=False)


MATTERS: dict[str, Callable[[Answers], Lines]] = {
    BUDGET: _budget,
    MOTION: _motion,
    TWO_CHAMBERS: _two_chambers,
    OPINION: _opinion,
    CONSENT: _consent,
    ELECTION: _election,
}
