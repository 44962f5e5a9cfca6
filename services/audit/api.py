"""The gRPC servicer: translate, call the application, map refusals to status codes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import grpc

from audit.application import Audit
from audit.following import Following
from comitia.audit.v1 import audit_pb2 as pb
from comitia.audit.v1 import audit_pb2_grpc as pb_grpc
from kernel.refusal import Refused
from runtime.refusals import abort
from runtime.servicing import answer, call, call_waiting

Call: TypeAlias = grpc.aio.ServicerContext[Any, Any]

CHUNK = 2**20
BUNDLES_AT_ONCE = 2


class AuditServicer(pb_grpc.AuditServiceServicer):
    def __init__(self, audit: Audit, following: Following) -> None:
        self._audit, self._following = audit, following
        self._bundling = asyncio.Semaphore(BUNDLES_AT_ONCE)

    async def GetCheckpoint(self, request: pb.GetCheckpointRequest, context: Call) -> pb.GetCheckpointResponse:
        signed = await answer(context, self._audit.checkpoint, request.process_id, _optional(request, "size"))
        head = signed.checkpoint
        return pb.GetCheckpointResponse(checkpoint=signed.note, origin=head.origin, size=head.size, root=head.root)

    async def GetVerifierKey(self, request: pb.GetVerifierKeyRequest, context: Call) -> pb.GetVerifierKeyResponse:
        key = await answer(context, self._audit.verifier_key, request.process_id)
        return pb.GetVerifierKeyResponse(verifier_key=key.format(), origin=key.name)

    async def GetInclusionProof(
        self, request: pb.GetInclusionProofRequest, context: Call
    ) -> pb.GetInclusionProofResponse:
        size = _optional(request, "size")
        found = await answer(context, self._audit.inclusion, request.process_id, request.process_index, size)
        return pb.GetInclusionProofResponse(
            process_index=request.process_index,
            size=found.signed.checkpoint.size,
            leaf_hash=found.leaf_hash,
            leaf=found.leaf,
            proof=found.proof,
            checkpoint=found.signed.note,
        )

    async def GetConsistencyProof(
        self, request: pb.GetConsistencyProofRequest, context: Call
    ) -> pb.GetConsistencyProofResponse:
        new_size = _optional(request, "new_size")
        found = await answer(context, self._audit.consistency, request.process_id, request.old_size, new_size)
        return pb.GetConsistencyProofResponse(
            old_size=found.old_size,
            new_size=found.signed.checkpoint.size,
            proof=found.proof,
            checkpoint=found.signed.note,
        )

    async def GetBundle(self, request: pb.GetBundleRequest, context: Call) -> AsyncIterator[pb.GetBundleResponse]:
        """Made in a file first, in a thread that may wait for the other services; given up when the caller goes."""
        abandoned = threading.Event()
        try:
            async with self._bundling:
                size = _optional(request, "size")
                file = await call_waiting(self._audit.bundle, request.process_id, size, abandoned)
        finally:
            abandoned.set()
        if isinstance(file, Refused):
            await abort(context, file)
        with file:
            while chunk := await call(file.read, CHUNK):
                yield pb.GetBundleResponse(chunk=chunk)

    async def Events(self, request: pb.EventsRequest, context: Call) -> AsyncIterator[pb.EventsResponse]:
        wanted = await answer(context, self._following.check, request)
        async for message in self._following.stream(wanted):
            if isinstance(message, Refused):
                await abort(context, message)
            yield message


def _optional(request: Any, field: str) -> int | None:
    return getattr(request, field) if request.HasField(field) else None
