"""What may be asked for: a process that has events, an event and a size that it has reached."""

from __future__ import annotations

from kernel.refusal import Kind, Refused, unknown_process


def check_size(process_id: str, size: int | None, length: int) -> int | Refused:
    """The size asked for, all `length` events when None; refuses an unknown process and a size not reached."""
    if length == 0:
        return unknown_process(process_id)
    if size is None:
        return length
    if not 0 <= size <= length:
        said = "the process has not that many events; ask for 0 up to its number of events"
        return Refused("size_out_of_range", kind=Kind.INVALID, say=said, size=size, events=length)
    return size


def check_index(process_id: str, index: int, length: int) -> Refused | None:
    """Refuses an unknown process and an event that it has not reached."""
    if length == 0:
        return unknown_process(process_id)
    if not 0 <= index < length:
        said = "the process has no such event; indexes go from 0 to its number of events less one"
        return Refused("index_out_of_range", kind=Kind.INVALID, say=said, process_index=index, events=length)
    return None
