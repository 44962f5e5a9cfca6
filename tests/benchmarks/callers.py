"""Many callers of one method at once, in a process of their own: `python -m tests.benchmarks.callers`.

Reads what to call from standard input (see `Calls`), calls every request once, and prints what came of it as JSON. The
requests are bytes and so are the answers, so that the caller costs the same whatever the method.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import grpc


@dataclass(frozen=True)
class Calls:
    """One call for each of `requests`, by so many callers who each wait for an answer before they call again."""

    address: str
    method: str
    requests: Sequence[bytes]
    callers: int = 200


@dataclass(frozen=True)
class Called:
    """How long all calls took, the seconds of each (sorted), and how many ended with which status."""

    seconds: float
    latencies: Sequence[float]
    statuses: dict[str, int]

    @property
    def rate(self) -> float:
        """Calls answered in a second; raises when any was refused."""
        if set(self.statuses) != {"OK"}:
            raise RuntimeError(f"calls failed: {self.statuses}")
        return self.statuses["OK"] / self.seconds

    def percentile(self, percent: int) -> float:
        """Seconds that so many percent of the calls took at most."""
        return self.latencies[min(len(self.latencies) * percent // 100, len(self.latencies) - 1)]


def run(calls: Calls) -> Called:
    """Make the calls from another process."""
    command = [sys.executable, "-m", "tests.benchmarks.callers"]
    done = subprocess.run(command, input=pickle.dumps(calls), stdout=subprocess.PIPE, check=True)
    return Called(**json.loads(done.stdout))


async def _call_all(calls: Calls) -> Called:
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    waiting = iter(calls.requests)
    async with grpc.aio.insecure_channel(calls.address) as channel:
        call = channel.unary_unary(calls.method, request_serializer=None, response_deserializer=None)
        await channel.channel_ready()
        began = time.perf_counter()
        await asyncio.gather(*(_caller(call, waiting, latencies, statuses) for _ in range(calls.callers)))
        seconds = time.perf_counter() - began
    return Called(seconds, sorted(latencies), dict(statuses))


async def _caller(
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes],
    waiting: Iterator[bytes],
    latencies: list[float],
    statuses: Counter[str],
) -> None:
    for request in waiting:
        began = time.perf_counter()
        try:
            await call(request, timeout=60)
            statuses["OK"] += 1
        except grpc.aio.AioRpcError as error:
            statuses[f"{error.code().name} {error.details()}"] += 1
        latencies.append(time.perf_counter() - began)


def main() -> None:
    """Read the calls, make them, print what came of them."""
    calls = pickle.load(sys.stdin.buffer)
    json.dump(asyncio.run(_call_all(calls)).__dict__, sys.stdout)


if __name__ == "__main__":
    main()
