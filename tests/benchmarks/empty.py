"""A gRPC server whose one method does nothing: `python -m tests.benchmarks.empty` prints where it listens, and serves."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc

METHOD = "/benchmark.Empty/Call"


async def _nothing(request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
    return b""


async def _serve() -> None:
    server = grpc.aio.server()
    handlers = {"Call": grpc.unary_unary_rpc_method_handler(_nothing)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("benchmark.Empty", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"listening on 127.0.0.1:{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_serve())
