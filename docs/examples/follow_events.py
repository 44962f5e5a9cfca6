"""Follows the log and remembers how far it came: follow_events.py HOST:PORT POSITION_FILE [TYPE…]."""

import sys
import time
from pathlib import Path

import grpc

from comitia.audit.v1 import audit_pb2, audit_pb2_grpc

address, place, *types = sys.argv[1:]
seen = Path(place)


def follow(audit: audit_pb2_grpc.AuditServiceStub) -> None:
    """Handle what comes after the position last seen, until the server ends the stream."""
    after = int(seen.read_text()) if seen.exists() else 0
    for message in audit.Events(audit_pb2.EventsRequest(after_position=after, types=types, follow=True)):
        kind = message.WhichOneof("message")
        if kind == "event":
            sys.stdout.write(f"{message.event.position} {message.event.process_id} {message.event.type}\n")
        else:
            sys.stdout.write(f"{getattr(message, kind).position} {kind}\n")
        sys.stdout.flush()
        remember(getattr(message, kind).position)


def remember(position: int) -> None:
    """After the event was handled, and never half: killed at any moment, it at worst handles one event twice."""
    draft = seen.with_suffix(".new")
    draft.write_text(str(position))
    draft.replace(seen)


while True:
    try:
        with grpc.insecure_channel(address) as channel:
            follow(audit_pb2_grpc.AuditServiceStub(channel))
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.UNAVAILABLE:
            raise
    time.sleep(1)
