from comitia.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Vote(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VOTE_UNSPECIFIED: _ClassVar[Vote]
    VOTE_YES: _ClassVar[Vote]
    VOTE_NO: _ClassVar[Vote]
    VOTE_ABSTAIN: _ClassVar[Vote]
    VOTE_BLANK: _ClassVar[Vote]

class BoxStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BOX_STATUS_UNSPECIFIED: _ClassVar[BoxStatus]
    BOX_STATUS_OPEN: _ClassVar[BoxStatus]
    BOX_STATUS_SEALED: _ClassVar[BoxStatus]
    BOX_STATUS_TALLIED: _ClassVar[BoxStatus]
VOTE_UNSPECIFIED: Vote
VOTE_YES: Vote
VOTE_NO: Vote
VOTE_ABSTAIN: Vote
VOTE_BLANK: Vote
BOX_STATUS_UNSPECIFIED: BoxStatus
BOX_STATUS_OPEN: BoxStatus
BOX_STATUS_SEALED: BoxStatus
BOX_STATUS_TALLIED: BoxStatus

class RegisterStationRequest(_message.Message):
    __slots__ = ("command", "process_id", "box", "station", "key", "unit")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    STATION_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    box: str
    station: str
    key: bytes
    unit: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., box: _Optional[str] = ..., station: _Optional[str] = ..., key: _Optional[bytes] = ..., unit: _Optional[str] = ...) -> None: ...

class RegisterStationResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class OptionList(_message.Message):
    __slots__ = ("options",)
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    options: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, options: _Optional[_Iterable[str]] = ...) -> None: ...

class OptionPoints(_message.Message):
    __slots__ = ("option", "points")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    option: str
    points: str
    def __init__(self, option: _Optional[str] = ..., points: _Optional[str] = ...) -> None: ...

class PointList(_message.Message):
    __slots__ = ("points",)
    POINTS_FIELD_NUMBER: _ClassVar[int]
    points: _containers.RepeatedCompositeFieldContainer[OptionPoints]
    def __init__(self, points: _Optional[_Iterable[_Union[OptionPoints, _Mapping]]] = ...) -> None: ...

class OptionGrade(_message.Message):
    __slots__ = ("option", "grade")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    option: str
    grade: str
    def __init__(self, option: _Optional[str] = ..., grade: _Optional[str] = ...) -> None: ...

class GradeList(_message.Message):
    __slots__ = ("grades",)
    GRADES_FIELD_NUMBER: _ClassVar[int]
    grades: _containers.RepeatedCompositeFieldContainer[OptionGrade]
    def __init__(self, grades: _Optional[_Iterable[_Union[OptionGrade, _Mapping]]] = ...) -> None: ...

class OptionVotes(_message.Message):
    __slots__ = ("option", "votes")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    option: str
    votes: int
    def __init__(self, option: _Optional[str] = ..., votes: _Optional[int] = ...) -> None: ...

class VotesList(_message.Message):
    __slots__ = ("votes",)
    VOTES_FIELD_NUMBER: _ClassVar[int]
    votes: _containers.RepeatedCompositeFieldContainer[OptionVotes]
    def __init__(self, votes: _Optional[_Iterable[_Union[OptionVotes, _Mapping]]] = ...) -> None: ...

class Choice(_message.Message):
    __slots__ = ("vote", "options", "points", "ranking", "grades", "quadratic")
    VOTE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    RANKING_FIELD_NUMBER: _ClassVar[int]
    GRADES_FIELD_NUMBER: _ClassVar[int]
    QUADRATIC_FIELD_NUMBER: _ClassVar[int]
    vote: Vote
    options: OptionList
    points: PointList
    ranking: OptionList
    grades: GradeList
    quadratic: VotesList
    def __init__(self, vote: _Optional[_Union[Vote, str]] = ..., options: _Optional[_Union[OptionList, _Mapping]] = ..., points: _Optional[_Union[PointList, _Mapping]] = ..., ranking: _Optional[_Union[OptionList, _Mapping]] = ..., grades: _Optional[_Union[GradeList, _Mapping]] = ..., quadratic: _Optional[_Union[VotesList, _Mapping]] = ...) -> None: ...

class CastBallotRequest(_message.Message):
    __slots__ = ("command", "process_id", "box", "voter", "choice", "channel")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    VOTER_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    box: str
    voter: str
    choice: Choice
    channel: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., box: _Optional[str] = ..., voter: _Optional[str] = ..., choice: _Optional[_Union[Choice, _Mapping]] = ..., channel: _Optional[str] = ...) -> None: ...

class CastBallotResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class BallotToCast(_message.Message):
    __slots__ = ("idempotency_key", "voter", "choice", "channel")
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    VOTER_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    idempotency_key: str
    voter: str
    choice: Choice
    channel: str
    def __init__(self, idempotency_key: _Optional[str] = ..., voter: _Optional[str] = ..., choice: _Optional[_Union[Choice, _Mapping]] = ..., channel: _Optional[str] = ...) -> None: ...

class CastBallotsRequest(_message.Message):
    __slots__ = ("process_id", "box", "actor", "correlation_id", "ballots")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    BALLOTS_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    box: str
    actor: str
    correlation_id: str
    ballots: _containers.RepeatedCompositeFieldContainer[BallotToCast]
    def __init__(self, process_id: _Optional[str] = ..., box: _Optional[str] = ..., actor: _Optional[str] = ..., correlation_id: _Optional[str] = ..., ballots: _Optional[_Iterable[_Union[BallotToCast, _Mapping]]] = ...) -> None: ...

class BallotRefusal(_message.Message):
    __slots__ = ("reason", "message", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class BallotResult(_message.Message):
    __slots__ = ("receipt", "refusal")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.Receipt
    refusal: BallotRefusal
    def __init__(self, receipt: _Optional[_Union[_common_pb2.Receipt, _Mapping]] = ..., refusal: _Optional[_Union[BallotRefusal, _Mapping]] = ...) -> None: ...

class CastBallotsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BallotResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BallotResult, _Mapping]]] = ...) -> None: ...

class OptionTotal(_message.Message):
    __slots__ = ("option", "total")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    option: str
    total: str
    def __init__(self, option: _Optional[str] = ..., total: _Optional[str] = ...) -> None: ...

class FileCountSheetRequest(_message.Message):
    __slots__ = ("command", "process_id", "box", "station", "unit", "voters", "totals", "blank", "invalid", "replaces", "note", "signature")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    STATION_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    VOTERS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    BLANK_FIELD_NUMBER: _ClassVar[int]
    INVALID_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    box: str
    station: str
    unit: str
    voters: int
    totals: _containers.RepeatedCompositeFieldContainer[OptionTotal]
    blank: int
    invalid: int
    replaces: int
    note: str
    signature: bytes
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., box: _Optional[str] = ..., station: _Optional[str] = ..., unit: _Optional[str] = ..., voters: _Optional[int] = ..., totals: _Optional[_Iterable[_Union[OptionTotal, _Mapping]]] = ..., blank: _Optional[int] = ..., invalid: _Optional[int] = ..., replaces: _Optional[int] = ..., note: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...

class FileCountSheetResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class SealBoxRequest(_message.Message):
    __slots__ = ("command", "process_id", "box")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    box: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., box: _Optional[str] = ...) -> None: ...

class SealBoxResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class BoxOption(_message.Message):
    __slots__ = ("option", "cost", "submitted", "district", "group")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    DISTRICT_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    option: str
    cost: str
    submitted: int
    district: str
    group: str
    def __init__(self, option: _Optional[str] = ..., cost: _Optional[str] = ..., submitted: _Optional[int] = ..., district: _Optional[str] = ..., group: _Optional[str] = ...) -> None: ...

class Station(_message.Message):
    __slots__ = ("station", "key", "unit", "sheet_version", "voters")
    STATION_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    SHEET_VERSION_FIELD_NUMBER: _ClassVar[int]
    VOTERS_FIELD_NUMBER: _ClassVar[int]
    station: str
    key: bytes
    unit: str
    sheet_version: int
    voters: int
    def __init__(self, station: _Optional[str] = ..., key: _Optional[bytes] = ..., unit: _Optional[str] = ..., sheet_version: _Optional[int] = ..., voters: _Optional[int] = ...) -> None: ...

class Turnout(_message.Message):
    __slots__ = ("members", "weight", "voters", "cast", "late", "sheet_voters", "sheets")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    VOTERS_FIELD_NUMBER: _ClassVar[int]
    CAST_FIELD_NUMBER: _ClassVar[int]
    LATE_FIELD_NUMBER: _ClassVar[int]
    SHEET_VOTERS_FIELD_NUMBER: _ClassVar[int]
    SHEETS_FIELD_NUMBER: _ClassVar[int]
    members: int
    weight: str
    voters: int
    cast: int
    late: int
    sheet_voters: int
    sheets: int
    def __init__(self, members: _Optional[int] = ..., weight: _Optional[str] = ..., voters: _Optional[int] = ..., cast: _Optional[int] = ..., late: _Optional[int] = ..., sheet_voters: _Optional[int] = ..., sheets: _Optional[int] = ...) -> None: ...

class Box(_message.Message):
    __slots__ = ("box", "matter", "chamber", "motion", "round", "status", "turnout", "ballot_json", "options", "stations", "deadline", "count_json", "allocation_json", "order_seed")
    BOX_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TURNOUT_FIELD_NUMBER: _ClassVar[int]
    BALLOT_JSON_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    STATIONS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    COUNT_JSON_FIELD_NUMBER: _ClassVar[int]
    ALLOCATION_JSON_FIELD_NUMBER: _ClassVar[int]
    ORDER_SEED_FIELD_NUMBER: _ClassVar[int]
    box: str
    matter: str
    chamber: str
    motion: str
    round: int
    status: BoxStatus
    turnout: Turnout
    ballot_json: str
    options: _containers.RepeatedCompositeFieldContainer[BoxOption]
    stations: _containers.RepeatedCompositeFieldContainer[Station]
    deadline: str
    count_json: str
    allocation_json: str
    order_seed: str
    def __init__(self, box: _Optional[str] = ..., matter: _Optional[str] = ..., chamber: _Optional[str] = ..., motion: _Optional[str] = ..., round: _Optional[int] = ..., status: _Optional[_Union[BoxStatus, str]] = ..., turnout: _Optional[_Union[Turnout, _Mapping]] = ..., ballot_json: _Optional[str] = ..., options: _Optional[_Iterable[_Union[BoxOption, _Mapping]]] = ..., stations: _Optional[_Iterable[_Union[Station, _Mapping]]] = ..., deadline: _Optional[str] = ..., count_json: _Optional[str] = ..., allocation_json: _Optional[str] = ..., order_seed: _Optional[str] = ...) -> None: ...

class GetBoxRequest(_message.Message):
    __slots__ = ("process_id", "box")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    box: str
    def __init__(self, process_id: _Optional[str] = ..., box: _Optional[str] = ...) -> None: ...

class GetBoxResponse(_message.Message):
    __slots__ = ("box",)
    BOX_FIELD_NUMBER: _ClassVar[int]
    box: Box
    def __init__(self, box: _Optional[_Union[Box, _Mapping]] = ...) -> None: ...

class BoxSummary(_message.Message):
    __slots__ = ("box", "matter", "chamber", "motion", "round", "status", "turnout")
    BOX_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TURNOUT_FIELD_NUMBER: _ClassVar[int]
    box: str
    matter: str
    chamber: str
    motion: str
    round: int
    status: BoxStatus
    turnout: Turnout
    def __init__(self, box: _Optional[str] = ..., matter: _Optional[str] = ..., chamber: _Optional[str] = ..., motion: _Optional[str] = ..., round: _Optional[int] = ..., status: _Optional[_Union[BoxStatus, str]] = ..., turnout: _Optional[_Union[Turnout, _Mapping]] = ...) -> None: ...

class ListBoxesRequest(_message.Message):
    __slots__ = ("process_id", "page_size", "page_token")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    page_size: int
    page_token: str
    def __init__(self, process_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListBoxesResponse(_message.Message):
    __slots__ = ("boxes", "next_page_token")
    BOXES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    boxes: _containers.RepeatedCompositeFieldContainer[BoxSummary]
    next_page_token: str
    def __init__(self, boxes: _Optional[_Iterable[_Union[BoxSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

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
