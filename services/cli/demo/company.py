"""The demo's second story: a company where decisions of government need both chambers, and management only listens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from cli.demo.stage import Stage, must
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from rules import templates

PROCESS = "company-2026"
SILENCE_SECONDS = 2
CHAIR = "b-01"
BOARD = {f"b-{number:02d}": ("2" if number <= 3 else "3/2" if number <= 6 else "1") for number in range(1, 13)}
WORKERS = tuple(f"w-{number:02d}" for number in range(1, 26))

Votes = Mapping[str, int]
"""How many of a chamber's members, in the order of its roll, say yes, no and abstain."""


def charter() -> str:
    """The template, with a second matter of management whose advice is due in seconds: a demo cannot wait a month."""
    document = yaml.safe_load(templates.text("bicameral-firm"))
    management = next(matter for matter in document["matters"] if matter["name"] == "management")
    urgent = yaml.safe_load(yaml.safe_dump(management)) | {"name": "urgent-management"}
    urgent["title"] = f"{management['title']} (avis attendu sous {SILENCE_SECONDS} secondes, pour la démonstration)"
    _advice_of(urgent["decision"])["deadline"] = f"PT{SILENCE_SECONDS}S"
    document["matters"].append(urgent)
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _advice_of(decision: Any) -> dict[str, Any]:
    """The advice somewhere inside a decision as the charter writes it."""
    if isinstance(decision, dict):
        if "advice" in decision:
            advice: dict[str, Any] = decision["advice"]
            return advice
        decision = list(decision.values())
    for part in decision if isinstance(decision, list) else []:
        found = _advice_of(part)
        if found:
            return found
    return {}


def run(stage: Stage) -> str:
    """Run the whole story; returns the four outcomes in one line."""
    stage.say("company", len(BOARD) + len(WORKERS) + 4)
    stage.open_process("Une entreprise à double majorité", "secretariat", charter())
    stage.open_phase("decisions")
    members = [
        chambers_pb2.Member(member=name, weight=weight, roles=["chair"] if name == CHAIR else [])
        for name, weight in BOARD.items()
    ]
    stage.enrol("board", members)
    stage.enrol("workers", [chambers_pb2.Member(member=name) for name in WORKERS])
    outcomes = [_both(stage), _refused_by_workers(stage), _advised(stage), _silent(stage)]
    stage.close_phase("decisions")
    return "; ".join(outcomes)


def _both(stage: Stage) -> str:
    _put(stage, "purpose", "government", "Inscrire la transition écologique dans l'objet social")
    _vote(stage, "purpose", "board", {"yes": 8, "no": 3, "abstain": 1})
    _vote(stage, "purpose", "workers", {"yes": 17, "no": 6, "abstain": 2})
    return _outcome(stage, "purpose", "adopted")


def _refused_by_workers(stage: Stage) -> str:
    _put(stage, "dividend", "government", "Distribuer 80 % du bénéfice")
    _vote(stage, "dividend", "board", {"yes": 10, "no": 2})
    _vote(stage, "dividend", "workers", {"yes": 9, "no": 15, "abstain": 1})
    return _outcome(stage, "dividend", "rejected")


def _advised(stage: Stage) -> str:
    _put(stage, "tooling", "management", "Changer d'outil de planification")
    _vote(stage, "tooling", "workers", {"yes": 8, "no": 16, "abstain": 1})
    _vote(stage, "tooling", "board", {"yes": 9, "no": 2, "abstain": 1})
    return _outcome(stage, "tooling", "adopted") + " after a negative advice"


def _silent(stage: Stage) -> str:
    _put(stage, "offices", "urgent-management", "Déménager les bureaux de Sète")
    lapsed = stage.client.await_event(
        stage.process_id, "chambers.AdviceLapsed", lambda data: data["motion"] == "offices"
    )
    _vote(stage, "offices", "board", {"yes": 7, "no": 5})
    return _outcome(stage, "offices", "adopted") + f" after silence, counted as {lapsed['meaning']}"


def _put(stage: Stage, motion: str, matter: str, title: str) -> None:
    client = stage.client
    proposal = chambers_pb2.ProposeMotionRequest(
        process_id=stage.process_id, motion=motion, matter=matter, title=title, text=f"{title}.", mover=CHAIR
    )
    client.do(client.chambers.ProposeMotion, proposal, actor=CHAIR)
    request = chambers_pb2.PutMotionRequest(process_id=stage.process_id, motion=motion)
    client.do(client.chambers.PutMotion, request, actor=CHAIR)
    stage.step()


def _vote(stage: Stage, motion: str, chamber: str, votes: Votes) -> None:
    """Each member casts their ballot, then the chamber's box is sealed."""
    client, box = stage.client, f"{motion}.{chamber}.1"
    stage.await_box(box)
    words = {"yes": ballots_pb2.VOTE_YES, "no": ballots_pb2.VOTE_NO, "abstain": ballots_pb2.VOTE_ABSTAIN}
    said = [words[word] for word, number in votes.items() for _ in range(number)]
    ballots = [
        ballots_pb2.BallotToCast(
            idempotency_key=f"{box}-{member}", voter=member, choice=ballots_pb2.Choice(vote=vote), channel="online"
        )
        for member, vote in zip(BOARD if chamber == "board" else WORKERS, said, strict=False)
    ]
    for result in client.cast(stage.process_id, box, ballots):
        must(result.HasField("receipt"), f"{box}: {result.refusal.message}")
    request = ballots_pb2.SealBoxRequest(process_id=stage.process_id, box=box)
    client.do(client.ballots.SealBox, request)


def _outcome(stage: Stage, motion: str, expected: str) -> str:
    decided = stage.client.await_event(
        stage.process_id, "chambers.MotionDecided", lambda data: data["motion"] == motion
    )
    must(decided["outcome"] == expected, f"{motion} was {decided['outcome']}, not {expected}")
    return f"{motion} {decided['outcome']}"
