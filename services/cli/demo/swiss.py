"""The demo's third story: the Swiss vote of 29 November 2020 on responsible business, recounted from its cantons.

Source: Swissvotes, Année Politique Suisse, Universität Bern (vote 636), CC BY 4.0: `swiss_2020_11_29.csv` beside this file.
"""

from __future__ import annotations

import csv
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.demo.stage import Stage, must
from cli.paper import Station
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from kernel.numbers import parse_exact
from rules import templates

PROCESS = "suisse-2020-11-29"
MOTION = "responsible-business"
MATTER = "initiative"
RESULTS = Path(__file__).with_name("swiss_2020_11_29.csv")
TITLE = "Initiative populaire « Entreprises responsables : pour protéger l'être humain et l'environnement »"


def cantons() -> list[tuple[str, int, int]]:
    """Canton, yes, no: the 26 published results."""
    with RESULTS.open(encoding="utf-8", newline="") as rows:
        return [(row["canton"], int(row["yes"]), int(row["no"])) for row in csv.DictReader(rows)]


def run(stage: Stage) -> str:
    """Run the whole story; returns people, cantons and outcome in one line."""
    results, client = cantons(), stage.client
    stage.say("double majority", len(results))
    stage.open_process(
        "Votation populaire du 29 novembre 2020 (Swissvotes, CC BY 4.0)",
        "chancellerie",
        templates.text("ch-double-majority"),
    )
    stage.open_phase("vote")
    proposal = chambers_pb2.ProposeMotionRequest(
        process_id=stage.process_id, motion=MOTION, matter=MATTER, title=TITLE, text=TITLE, mover="comite-initiative"
    )
    client.do(client.chambers.ProposeMotion, proposal)
    client.do(client.chambers.PutMotion, chambers_pb2.PutMotionRequest(process_id=stage.process_id, motion=MOTION))
    box = f"{MOTION}.people.1"
    stage.await_box(box)
    for canton, yes, no in results:
        station = Station(canton, canton, Ed25519PrivateKey.generate())
        client.do(client.ballots.RegisterStation, station.registration(stage.process_id, box))
        sheet = station.sheet(stage.process_id, box, {"yes": yes, "no": no}, voters=yes + no)
        client.do(client.ballots.FileCountSheet, sheet, actor=canton)
        stage.step()
    client.do(client.ballots.SealBox, ballots_pb2.SealBoxRequest(process_id=stage.process_id, box=box))
    decided = client.await_event(stage.process_id, "chambers.MotionDecided")
    people, states = decided["chambers"]["people"], decided["chambers"]["cantons"]
    told = (people["yes"], people["no"], parse_exact(states["yes"]), parse_exact(states["no"]), decided["outcome"])
    must(
        told == ("1299129", "1261680", parse_exact("17/2"), parse_exact("29/2"), "rejected"), f"the recount says {told}"
    )
    stage.close_phase("vote")
    return "people 1,299,129 to 1,261,680 for, cantons 8½ to 14½ against: rejected"
