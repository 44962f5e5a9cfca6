"""A client that sends one ballot again and again, many times at once: `… SERVER PROCESS VOTER TIMES`; tells its answers.

Half of the sendings have the ballot's key, as a client's retries have; the others are as many new attempts of one voter, each
with a key of its own, of which the log may take one at most.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any

import grpc

from comitia.ballots.v1 import ballots_pb2, ballots_pb2_grpc
from comitia.common.v1 import common_pb2
from runtime.refusals import refusal_of
from tests.system import small
from tests.system.faults.insisting import AGAIN

AT_ONCE = 200


async def send(address: str, process_id: str, voter: str, times: int) -> Counter[str]:
    """Each sending until it is answered; counts receipts by event id and position, and refusals by reason."""
    told: Counter[str] = Counter()
    gate = asyncio.Semaphore(AT_ONCE)
    async with grpc.aio.insecure_channel(address) as channel:
        stub = ballots_pb2_grpc.BallotsServiceStub(channel)

        async def once(number: int) -> None:
            key = "the ballot" if number % 2 else f"attempt {number}"
            request = ballots_pb2.CastBallotRequest(
                command=common_pb2.Command(idempotency_key=key, actor=voter),
                process_id=process_id,
                box=small.MATTER,
                voter=voter,
                channel="web",
                choice=small.options("well"),
            )
            async with gate:
                told[await _answer(stub, request)] += 1

        await asyncio.gather(*(once(number) for number in range(times)))
    return told


async def _answer(stub: Any, request: Any) -> str:
    while True:
        try:
            (receipt,) = (await stub.CastBallot(request, timeout=120)).receipts
            return f"{receipt.event_id} {receipt.position}"
        except grpc.RpcError as error:
            reason = refusal_of(error).reason
            if reason not in AGAIN:
                return reason
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    address, process_id, voter, times = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(send(address, process_id, voter, int(times)))))
