"""A name server for tests: one name stands for several addresses, as Docker's and Kubernetes' name servers have it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

_ADDRESS, _INTERNET, _NO_SUCH_NAME = 1, 1, 3
_SECONDS = 1


@contextmanager
def serving(addresses: Mapping[str, Sequence[str]]) -> Iterator[int]:
    """Answer for the names in `addresses`, which may change meanwhile; gives the UDP port on 127.0.0.1.

    An empty question ends it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer, args=(server, addresses), daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        server.sendto(b"", server.getsockname())
        thread.join(5)


def _answer(server: socket.socket, addresses: Mapping[str, Sequence[str]]) -> None:
    while True:
        asked, client = server.recvfrom(4096)
        if not asked:
            return
        server.sendto(_response(asked, addresses), client)


def _response(asked: bytes, addresses: Mapping[str, Sequence[str]]) -> bytes:
    """RFC 1035 §4.1: the question again, and an address record for each address of the name."""
    labels, at = [], 12
    while length := asked[at]:
        labels.append(asked[at + 1 : at + 1 + length].decode())
        at += length + 1
    question = asked[12 : at + 5]
    (kind,) = struct.unpack(">H", asked[at + 1 : at + 3])
    known = addresses.get(".".join(labels))
    found = [] if known is None or kind != _ADDRESS else list(known)
    flags = 0x8180 | (_NO_SUCH_NAME if known is None else 0)
    header = asked[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0)
    pointer = struct.pack(">HHHIH", 0xC00C, _ADDRESS, _INTERNET, _SECONDS, 4)
    return header + question + b"".join(pointer + socket.inet_aton(each) for each in found)
