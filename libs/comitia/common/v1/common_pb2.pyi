from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Command(_message.Message):
    __slots__ = ("idempotency_key", "actor", "correlation_id")
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    idempotency_key: str
    actor: str
    correlation_id: str
    def __init__(self, idempotency_key: _Optional[str] = ..., actor: _Optional[str] = ..., correlation_id: _Optional[str] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("position", "process_index", "event_id", "type", "recorded_at", "leaf_hash", "stream_version")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    PROCESS_INDEX_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    LEAF_HASH_FIELD_NUMBER: _ClassVar[int]
    STREAM_VERSION_FIELD_NUMBER: _ClassVar[int]
    position: int
    process_index: int
    event_id: str
    type: str
    recorded_at: str
    leaf_hash: bytes
    stream_version: int
    def __init__(self, position: _Optional[int] = ..., process_index: _Optional[int] = ..., event_id: _Optional[str] = ..., type: _Optional[str] = ..., recorded_at: _Optional[str] = ..., leaf_hash: _Optional[bytes] = ..., stream_version: _Optional[int] = ...) -> None: ...
