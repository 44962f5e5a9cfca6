"""What the rules' tests share: counts, decisions as a charter writes them, and charters around them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from pydantic import TypeAdapter

from kernel.refusal import Refused
from rules import templates
from rules.charter import Charter, load_charter, parse_charter
from rules.decisions import Decision, Evidence, Outcome, VoteCount, evaluate

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
"""Generated decisions are large, and a busy machine is slow; neither is a fault."""

DECISIONS: TypeAdapter[Decision] = TypeAdapter(Decision)


def decision(written: dict[str, Any]) -> Decision:
    """A decision as a charter writes it."""
    return DECISIONS.validate_python(written)


def votes(yes: int = 0, no: int = 0, abstain: int = 0, *, members: int | None = None, blank: int = 0) -> VoteCount:
    """One ballot of members of weight 1; all of them voted unless `members` says there are more."""
    present = yes + no + abstain + blank
    everyone = present if members is None else members
    return VoteCount(
        yes=Fraction(yes),
        no=Fraction(no),
        abstain=Fraction(abstain),
        blank=Fraction(blank),
        members=Fraction(everyone),
        heads_present=present,
        heads_members=everyone,
    )


def weighted(**weights: str) -> VoteCount:
    """Exact weights, with five of seven heads present."""
    exact = {name: Fraction(text) for name, text in weights.items()}
    return VoteCount(**exact, heads_present=5, heads_members=7)


def chamber(name: str = "board", **more: Any) -> dict[str, Any]:
    """A chamber that decides by simple majority, unless `more` says otherwise."""
    return {"chamber": name, "majority": {"more_than": "1/2"}, **more}


def decide(written: dict[str, Any], *ballots: VoteCount, **evidence: Any) -> Outcome:
    """Evaluate a decision on the ballots of chamber `board`, in order, and any other evidence."""
    seen = {"board": ballots} if ballots else {}
    return evaluate(decision(written), Evidence(votes=seen | evidence.pop("votes", {}), **evidence))


def charter_data(**more: Any) -> dict[str, Any]:
    """A charter that is valid, as plain values."""
    return {
        "comitia": 1,
        "name": "club",
        "title": "A club",
        "phases": [{"name": "sittings", "title": "Sittings", "allows": ["enrol", "move"]}],
        "chambers": [{"name": "board", "title": "The board", "roles": ["chair"]}],
        "matters": [motion(chamber())],
        **more,
    }


def motion(written: object, name: str = "motion") -> dict[str, Any]:
    """A matter decided so."""
    ballot = {"form": "yes_no_abstain"}
    return {"name": name, "title": "A motion", "kind": "motion", "ballot": ballot, "decision": written}


def decided(written: object) -> dict[str, Any]:
    """A charter of one motion, decided so."""
    return charter_data(matters=[motion(written)])


def selection(**more: Any) -> dict[str, Any]:
    """A matter that shares out a budget."""
    allocation = {"rule": "greedy", "budget": "1000"}
    ballot = {"form": "approval", "max": 3}
    whole = {"name": "projects", "title": "Projects", "kind": "selection", "chamber": "board", "ballot": ballot}
    return {**whole, "allocation": allocation, **more}


def parsed(data: dict[str, Any]) -> Charter:
    """A charter that must be valid."""
    found = parse_charter(data)
    assert isinstance(found, Charter), found
    return found


def refused(data: dict[str, Any]) -> Refused:
    """Why a charter is refused."""
    found = parse_charter(data)
    assert isinstance(found, Refused), found
    return found


def template(name: str) -> Charter:
    """A template, which must be valid."""
    found = load_charter(templates.text(name))
    assert isinstance(found, Charter), found
    return found
