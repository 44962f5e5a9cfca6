from comitia.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProcessStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROCESS_STATUS_UNSPECIFIED: _ClassVar[ProcessStatus]
    PROCESS_STATUS_OPEN: _ClassVar[ProcessStatus]
    PROCESS_STATUS_COMPLETED: _ClassVar[ProcessStatus]
    PROCESS_STATUS_CANCELLED: _ClassVar[ProcessStatus]

class PhaseStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_STATUS_UNSPECIFIED: _ClassVar[PhaseStatus]
    PHASE_STATUS_WAITING: _ClassVar[PhaseStatus]
    PHASE_STATUS_OPEN: _ClassVar[PhaseStatus]
    PHASE_STATUS_CLOSED: _ClassVar[PhaseStatus]
PROCESS_STATUS_UNSPECIFIED: ProcessStatus
PROCESS_STATUS_OPEN: ProcessStatus
PROCESS_STATUS_COMPLETED: ProcessStatus
PROCESS_STATUS_CANCELLED: ProcessStatus
PHASE_STATUS_UNSPECIFIED: PhaseStatus
PHASE_STATUS_WAITING: PhaseStatus
PHASE_STATUS_OPEN: PhaseStatus
PHASE_STATUS_CLOSED: PhaseStatus

class OpenProcessRequest(_message.Message):
    __slots__ = ("command", "process_id", "title", "organiser", "charter_yaml")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    ORGANISER_FIELD_NUMBER: _ClassVar[int]
    CHARTER_YAML_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    title: str
    organiser: str
    charter_yaml: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., title: _Optional[str] = ..., organiser: _Optional[str] = ..., charter_yaml: _Optional[str] = ...) -> None: ...

class OpenProcessResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class OpenPhaseRequest(_message.Message):
    __slots__ = ("command", "process_id", "phase")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    phase: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., phase: _Optional[str] = ...) -> None: ...

class OpenPhaseResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class ClosePhaseRequest(_message.Message):
    __slots__ = ("command", "process_id", "phase")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    phase: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., phase: _Optional[str] = ...) -> None: ...

class ClosePhaseResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class AmendCharterRequest(_message.Message):
    __slots__ = ("command", "process_id", "charter_yaml", "reason", "authority")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    CHARTER_YAML_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    charter_yaml: str
    reason: str
    authority: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., charter_yaml: _Optional[str] = ..., reason: _Optional[str] = ..., authority: _Optional[str] = ...) -> None: ...

class AmendCharterResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class CancelProcessRequest(_message.Message):
    __slots__ = ("command", "process_id", "reason", "authority")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    reason: str
    authority: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., reason: _Optional[str] = ..., authority: _Optional[str] = ...) -> None: ...

class CancelProcessResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class Phase(_message.Message):
    __slots__ = ("name", "title", "status", "allows", "votes", "opens", "closes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ALLOWS_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    OPENS_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FIELD_NUMBER: _ClassVar[int]
    name: str
    title: str
    status: PhaseStatus
    allows: _containers.RepeatedScalarFieldContainer[str]
    votes: str
    opens: str
    closes: str
    def __init__(self, name: _Optional[str] = ..., title: _Optional[str] = ..., status: _Optional[_Union[PhaseStatus, str]] = ..., allows: _Optional[_Iterable[str]] = ..., votes: _Optional[str] = ..., opens: _Optional[str] = ..., closes: _Optional[str] = ...) -> None: ...

class ProcessSummary(_message.Message):
    __slots__ = ("process_id", "title", "organiser", "status", "phase", "charter_hash", "opened_at")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    ORGANISER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    CHARTER_HASH_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    title: str
    organiser: str
    status: ProcessStatus
    phase: str
    charter_hash: str
    opened_at: str
    def __init__(self, process_id: _Optional[str] = ..., title: _Optional[str] = ..., organiser: _Optional[str] = ..., status: _Optional[_Union[ProcessStatus, str]] = ..., phase: _Optional[str] = ..., charter_hash: _Optional[str] = ..., opened_at: _Optional[str] = ...) -> None: ...

class GetProcessRequest(_message.Message):
    __slots__ = ("process_id",)
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    def __init__(self, process_id: _Optional[str] = ...) -> None: ...

class GetProcessResponse(_message.Message):
    __slots__ = ("process", "phases", "charter_json", "amendments", "version", "cancelled_reason", "cancelled_authority")
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    PHASES_FIELD_NUMBER: _ClassVar[int]
    CHARTER_JSON_FIELD_NUMBER: _ClassVar[int]
    AMENDMENTS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_REASON_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    process: ProcessSummary
    phases: _containers.RepeatedCompositeFieldContainer[Phase]
    charter_json: str
    amendments: int
    version: int
    cancelled_reason: str
    cancelled_authority: str
    def __init__(self, process: _Optional[_Union[ProcessSummary, _Mapping]] = ..., phases: _Optional[_Iterable[_Union[Phase, _Mapping]]] = ..., charter_json: _Optional[str] = ..., amendments: _Optional[int] = ..., version: _Optional[int] = ..., cancelled_reason: _Optional[str] = ..., cancelled_authority: _Optional[str] = ...) -> None: ...

class ListProcessesRequest(_message.Message):
    __slots__ = ("status", "page_size", "page_token")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    status: ProcessStatus
    page_size: int
    page_token: str
    def __init__(self, status: _Optional[_Union[ProcessStatus, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProcessesResponse(_message.Message):
    __slots__ = ("processes", "next_page_token")
    PROCESSES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    processes: _containers.RepeatedCompositeFieldContainer[ProcessSummary]
    next_page_token: str
    def __init__(self, processes: _Optional[_Iterable[_Union[ProcessSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetStateRequest(_message.Message):
    __slots__ = ("process_id", "at")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    at: int
    def __init__(self, process_id: _Optional[str] = ..., at: _Optional[int] = ...) -> None: ...

class GetStateResponse(_message.Message):
    __slots__ = ("state_json",)
    STATE_JSON_FIELD_NUMBER: _ClassVar[int]
    state_json: str
    def __init__(self, state_json: _Optional[str] = ...) -> None: ...
