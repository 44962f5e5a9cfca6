from comitia.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CastingChoice(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASTING_CHOICE_UNSPECIFIED: _ClassVar[CastingChoice]
    CASTING_CHOICE_YES: _ClassVar[CastingChoice]
    CASTING_CHOICE_NO: _ClassVar[CastingChoice]

class MotionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MOTION_STATUS_UNSPECIFIED: _ClassVar[MotionStatus]
    MOTION_STATUS_PROPOSED: _ClassVar[MotionStatus]
    MOTION_STATUS_ASKED: _ClassVar[MotionStatus]
    MOTION_STATUS_DECIDED: _ClassVar[MotionStatus]
    MOTION_STATUS_WITHDRAWN: _ClassVar[MotionStatus]
CASTING_CHOICE_UNSPECIFIED: CastingChoice
CASTING_CHOICE_YES: CastingChoice
CASTING_CHOICE_NO: CastingChoice
MOTION_STATUS_UNSPECIFIED: MotionStatus
MOTION_STATUS_PROPOSED: MotionStatus
MOTION_STATUS_ASKED: MotionStatus
MOTION_STATUS_DECIDED: MotionStatus
MOTION_STATUS_WITHDRAWN: MotionStatus

class Mandate(_message.Message):
    __slots__ = ("from_date", "until_date")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    from_date: str
    until_date: str
    def __init__(self, from_date: _Optional[str] = ..., until_date: _Optional[str] = ...) -> None: ...

class Member(_message.Message):
    __slots__ = ("member", "weight", "roles", "unit", "mandate")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    MANDATE_FIELD_NUMBER: _ClassVar[int]
    member: str
    weight: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    unit: str
    mandate: Mandate
    def __init__(self, member: _Optional[str] = ..., weight: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., unit: _Optional[str] = ..., mandate: _Optional[_Union[Mandate, _Mapping]] = ...) -> None: ...

class EnrolMembersRequest(_message.Message):
    __slots__ = ("command", "process_id", "chamber", "members")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    chamber: str
    members: _containers.RepeatedCompositeFieldContainer[Member]
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., chamber: _Optional[str] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ...) -> None: ...

class EnrolMembersResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class UpdateMemberRequest(_message.Message):
    __slots__ = ("command", "process_id", "chamber", "member")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    chamber: str
    member: Member
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., chamber: _Optional[str] = ..., member: _Optional[_Union[Member, _Mapping]] = ...) -> None: ...

class UpdateMemberResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class RemoveMemberRequest(_message.Message):
    __slots__ = ("command", "process_id", "chamber", "member", "reason")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    chamber: str
    member: str
    reason: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., chamber: _Optional[str] = ..., member: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RemoveMemberResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class ProposeMotionRequest(_message.Message):
    __slots__ = ("command", "process_id", "motion", "matter", "title", "text", "mover")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    MOVER_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    motion: str
    matter: str
    title: str
    text: str
    mover: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., motion: _Optional[str] = ..., matter: _Optional[str] = ..., title: _Optional[str] = ..., text: _Optional[str] = ..., mover: _Optional[str] = ...) -> None: ...

class ProposeMotionResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class PutMotionRequest(_message.Message):
    __slots__ = ("command", "process_id", "motion")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    motion: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., motion: _Optional[str] = ...) -> None: ...

class PutMotionResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class WithdrawMotionRequest(_message.Message):
    __slots__ = ("command", "process_id", "motion", "reason")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    motion: str
    reason: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., motion: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class WithdrawMotionResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class GiveCastingVoteRequest(_message.Message):
    __slots__ = ("command", "process_id", "motion", "chamber", "member", "choice")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    motion: str
    chamber: str
    member: str
    choice: CastingChoice
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., motion: _Optional[str] = ..., chamber: _Optional[str] = ..., member: _Optional[str] = ..., choice: _Optional[_Union[CastingChoice, str]] = ...) -> None: ...

class GiveCastingVoteResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class RaiseObjectionRequest(_message.Message):
    __slots__ = ("command", "process_id", "motion", "chamber", "member", "reason")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    motion: str
    chamber: str
    member: str
    reason: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., motion: _Optional[str] = ..., chamber: _Optional[str] = ..., member: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RaiseObjectionResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class Criterion(_message.Message):
    __slots__ = ("criterion", "met")
    CRITERION_FIELD_NUMBER: _ClassVar[int]
    MET_FIELD_NUMBER: _ClassVar[int]
    criterion: str
    met: bool
    def __init__(self, criterion: _Optional[str] = ..., met: _Optional[bool] = ...) -> None: ...

class TestObjectionRequest(_message.Message):
    __slots__ = ("command", "process_id", "motion", "chamber", "member", "tester", "criteria", "reason")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    TESTER_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    motion: str
    chamber: str
    member: str
    tester: str
    criteria: _containers.RepeatedCompositeFieldContainer[Criterion]
    reason: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., motion: _Optional[str] = ..., chamber: _Optional[str] = ..., member: _Optional[str] = ..., tester: _Optional[str] = ..., criteria: _Optional[_Iterable[_Union[Criterion, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class TestObjectionResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class GetRollRequest(_message.Message):
    __slots__ = ("process_id", "chamber", "page_size", "page_token")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    chamber: str
    page_size: int
    page_token: str
    def __init__(self, process_id: _Optional[str] = ..., chamber: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetRollResponse(_message.Message):
    __slots__ = ("chamber", "members", "total", "next_page_token", "frozen")
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    members: _containers.RepeatedCompositeFieldContainer[Member]
    total: int
    next_page_token: str
    frozen: _containers.RepeatedCompositeFieldContainer[FrozenRoll]
    def __init__(self, chamber: _Optional[str] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ..., total: _Optional[int] = ..., next_page_token: _Optional[str] = ..., frozen: _Optional[_Iterable[_Union[FrozenRoll, _Mapping]]] = ...) -> None: ...

class FrozenRoll(_message.Message):
    __slots__ = ("box", "on_date", "members", "weight", "digest")
    BOX_FIELD_NUMBER: _ClassVar[int]
    ON_DATE_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    box: str
    on_date: str
    members: int
    weight: str
    digest: str
    def __init__(self, box: _Optional[str] = ..., on_date: _Optional[str] = ..., members: _Optional[int] = ..., weight: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class GetMotionRequest(_message.Message):
    __slots__ = ("process_id", "motion")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MOTION_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    motion: str
    def __init__(self, process_id: _Optional[str] = ..., motion: _Optional[str] = ...) -> None: ...

class GetMotionResponse(_message.Message):
    __slots__ = ("motion",)
    MOTION_FIELD_NUMBER: _ClassVar[int]
    motion: Motion
    def __init__(self, motion: _Optional[_Union[Motion, _Mapping]] = ...) -> None: ...

class ListMotionsRequest(_message.Message):
    __slots__ = ("process_id", "page_size", "page_token")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    page_size: int
    page_token: str
    def __init__(self, process_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMotionsResponse(_message.Message):
    __slots__ = ("motions", "next_page_token")
    MOTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    motions: _containers.RepeatedCompositeFieldContainer[MotionSummary]
    next_page_token: str
    def __init__(self, motions: _Optional[_Iterable[_Union[MotionSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class MotionSummary(_message.Message):
    __slots__ = ("motion", "matter", "title", "mover", "status", "outcome")
    MOTION_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    MOVER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    motion: str
    matter: str
    title: str
    mover: str
    status: MotionStatus
    outcome: str
    def __init__(self, motion: _Optional[str] = ..., matter: _Optional[str] = ..., title: _Optional[str] = ..., mover: _Optional[str] = ..., status: _Optional[_Union[MotionStatus, str]] = ..., outcome: _Optional[str] = ...) -> None: ...

class Motion(_message.Message):
    __slots__ = ("summary", "text", "asked", "counted", "advice", "casting", "objections", "reasons", "chambers_json", "lots")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    CASTING_FIELD_NUMBER: _ClassVar[int]
    OBJECTIONS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    CHAMBERS_JSON_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    summary: MotionSummary
    text: str
    asked: _containers.RepeatedCompositeFieldContainer[Question]
    counted: _containers.RepeatedCompositeFieldContainer[ChamberCount]
    advice: _containers.RepeatedCompositeFieldContainer[Advice]
    casting: _containers.RepeatedCompositeFieldContainer[CastingVote]
    objections: _containers.RepeatedCompositeFieldContainer[Objection]
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    chambers_json: str
    lots: _containers.RepeatedCompositeFieldContainer[Lot]
    def __init__(self, summary: _Optional[_Union[MotionSummary, _Mapping]] = ..., text: _Optional[str] = ..., asked: _Optional[_Iterable[_Union[Question, _Mapping]]] = ..., counted: _Optional[_Iterable[_Union[ChamberCount, _Mapping]]] = ..., advice: _Optional[_Iterable[_Union[Advice, _Mapping]]] = ..., casting: _Optional[_Iterable[_Union[CastingVote, _Mapping]]] = ..., objections: _Optional[_Iterable[_Union[Objection, _Mapping]]] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., chambers_json: _Optional[str] = ..., lots: _Optional[_Iterable[_Union[Lot, _Mapping]]] = ...) -> None: ...

class Question(_message.Message):
    __slots__ = ("chamber", "kind", "round", "box", "deadline")
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    kind: str
    round: int
    box: str
    deadline: str
    def __init__(self, chamber: _Optional[str] = ..., kind: _Optional[str] = ..., round: _Optional[int] = ..., box: _Optional[str] = ..., deadline: _Optional[str] = ...) -> None: ...

class ChamberCount(_message.Message):
    __slots__ = ("chamber", "round", "counts", "units")
    class UnitsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: UnitCount
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[UnitCount, _Mapping]] = ...) -> None: ...
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    round: int
    counts: Counts
    units: _containers.MessageMap[str, UnitCount]
    def __init__(self, chamber: _Optional[str] = ..., round: _Optional[int] = ..., counts: _Optional[_Union[Counts, _Mapping]] = ..., units: _Optional[_Mapping[str, UnitCount]] = ...) -> None: ...

class Counts(_message.Message):
    __slots__ = ("yes", "no", "abstain", "blank", "invalid", "members", "heads_present", "heads_members")
    YES_FIELD_NUMBER: _ClassVar[int]
    NO_FIELD_NUMBER: _ClassVar[int]
    ABSTAIN_FIELD_NUMBER: _ClassVar[int]
    BLANK_FIELD_NUMBER: _ClassVar[int]
    INVALID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    HEADS_PRESENT_FIELD_NUMBER: _ClassVar[int]
    HEADS_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    yes: str
    no: str
    abstain: str
    blank: str
    invalid: str
    members: str
    heads_present: int
    heads_members: int
    def __init__(self, yes: _Optional[str] = ..., no: _Optional[str] = ..., abstain: _Optional[str] = ..., blank: _Optional[str] = ..., invalid: _Optional[str] = ..., members: _Optional[str] = ..., heads_present: _Optional[int] = ..., heads_members: _Optional[int] = ...) -> None: ...

class UnitCount(_message.Message):
    __slots__ = ("yes", "no", "vote")
    YES_FIELD_NUMBER: _ClassVar[int]
    NO_FIELD_NUMBER: _ClassVar[int]
    VOTE_FIELD_NUMBER: _ClassVar[int]
    yes: str
    no: str
    vote: str
    def __init__(self, yes: _Optional[str] = ..., no: _Optional[str] = ..., vote: _Optional[str] = ...) -> None: ...

class Advice(_message.Message):
    __slots__ = ("chamber", "opinion", "silent")
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    OPINION_FIELD_NUMBER: _ClassVar[int]
    SILENT_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    opinion: str
    silent: bool
    def __init__(self, chamber: _Optional[str] = ..., opinion: _Optional[str] = ..., silent: _Optional[bool] = ...) -> None: ...

class CastingVote(_message.Message):
    __slots__ = ("chamber", "role", "member", "choice", "round")
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    role: str
    member: str
    choice: CastingChoice
    round: int
    def __init__(self, chamber: _Optional[str] = ..., role: _Optional[str] = ..., member: _Optional[str] = ..., choice: _Optional[_Union[CastingChoice, str]] = ..., round: _Optional[int] = ...) -> None: ...

class Objection(_message.Message):
    __slots__ = ("chamber", "member", "reason", "test")
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    member: str
    reason: str
    test: Test
    def __init__(self, chamber: _Optional[str] = ..., member: _Optional[str] = ..., reason: _Optional[str] = ..., test: _Optional[_Union[Test, _Mapping]] = ...) -> None: ...

class Test(_message.Message):
    __slots__ = ("role", "tester", "criteria", "reason", "stands")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TESTER_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STANDS_FIELD_NUMBER: _ClassVar[int]
    role: str
    tester: str
    criteria: _containers.RepeatedCompositeFieldContainer[Criterion]
    reason: str
    stands: bool
    def __init__(self, role: _Optional[str] = ..., tester: _Optional[str] = ..., criteria: _Optional[_Iterable[_Union[Criterion, _Mapping]]] = ..., reason: _Optional[str] = ..., stands: _Optional[bool] = ...) -> None: ...

class Lot(_message.Message):
    __slots__ = ("chamber", "round", "box", "seed", "lot_json", "outcome")
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    LOT_JSON_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    chamber: str
    round: int
    box: str
    seed: str
    lot_json: str
    outcome: str
    def __init__(self, chamber: _Optional[str] = ..., round: _Optional[int] = ..., box: _Optional[str] = ..., seed: _Optional[str] = ..., lot_json: _Optional[str] = ..., outcome: _Optional[str] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("rule", "chamber", "text", "numbers")
    class NumbersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RULE_FIELD_NUMBER: _ClassVar[int]
    CHAMBER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    rule: str
    chamber: str
    text: str
    numbers: _containers.ScalarMap[str, str]
    def __init__(self, rule: _Optional[str] = ..., chamber: _Optional[str] = ..., text: _Optional[str] = ..., numbers: _Optional[_Mapping[str, str]] = ...) -> None: ...

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
