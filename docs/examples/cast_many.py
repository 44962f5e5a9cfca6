"""Casts approval ballots, `voter,option,option…` a line, as one stream: cast_many.py HOST:PORT PROCESS BOX < ballots.csv."""

import csv
import sys
from collections.abc import Iterator
from itertools import islice

import grpc

from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc

address, process, box = sys.argv[1:]
rows = [row for row in csv.reader(sys.stdin) if row]


def ballot(number: int, row: list[str]) -> ballots_pb2.BallotToCast:
    """The key is the same whenever this file is sent again, and another for a voter's second line."""
    choice = ballots_pb2.Choice(options=ballots_pb2.OptionList(options=row[1:]))
    return ballots_pb2.BallotToCast(idempotency_key=f"{box}-{number}", voter=row[0], choice=choice, channel="import")


def messages() -> Iterator[ballots_pb2.CastBallotsRequest]:
    """At most 1,000 ballots a message; each message is one transaction of the log."""
    ballots = (ballot(number, row) for number, row in enumerate(rows, 1))
    while some := list(islice(ballots, 500)):
        yield ballots_pb2.CastBallotsRequest(process_id=process, box=box, actor="import", ballots=some)


with grpc.insecure_channel(address) as channel:
    answers = ballots_pb2_grpc.BallotsServiceStub(channel).CastBallots(messages())
    results = (result for answer in answers for result in answer.results)
    for row, result in zip(rows, results, strict=True):
        if result.HasField("receipt"):
            sys.stdout.write(f"{row[0]}: event {result.receipt.process_index}\n")
        else:
            sys.stdout.write(f"{row[0]}: {result.refusal.reason}: {result.refusal.message}\n")
