from comitia.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProposalStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROPOSAL_STATUS_UNSPECIFIED: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_SUBMITTED: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_DECLINED: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_REVIEWED: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_SHORTLISTED: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_LAUREATE: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_IN_DELIVERY: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_DELIVERED: _ClassVar[ProposalStatus]
    PROPOSAL_STATUS_WITHDRAWN: _ClassVar[ProposalStatus]
PROPOSAL_STATUS_UNSPECIFIED: ProposalStatus
PROPOSAL_STATUS_SUBMITTED: ProposalStatus
PROPOSAL_STATUS_DECLINED: ProposalStatus
PROPOSAL_STATUS_REVIEWED: ProposalStatus
PROPOSAL_STATUS_SHORTLISTED: ProposalStatus
PROPOSAL_STATUS_LAUREATE: ProposalStatus
PROPOSAL_STATUS_IN_DELIVERY: ProposalStatus
PROPOSAL_STATUS_DELIVERED: ProposalStatus
PROPOSAL_STATUS_WITHDRAWN: ProposalStatus

class SubmitProposalRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "title", "summary", "author", "category", "place", "partners")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PARTNERS_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    title: str
    summary: str
    author: str
    category: str
    place: str
    partners: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., title: _Optional[str] = ..., summary: _Optional[str] = ..., author: _Optional[str] = ..., category: _Optional[str] = ..., place: _Optional[str] = ..., partners: _Optional[_Iterable[str]] = ...) -> None: ...

class SubmitProposalResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class ReviseProposalRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "title", "summary", "category", "place", "partners")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PARTNERS_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    title: str
    summary: str
    category: str
    place: str
    partners: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., title: _Optional[str] = ..., summary: _Optional[str] = ..., category: _Optional[str] = ..., place: _Optional[str] = ..., partners: _Optional[_Iterable[str]] = ...) -> None: ...

class ReviseProposalResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class WithdrawProposalRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "reason")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    reason: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class WithdrawProposalResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class ReviewProposalRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "feasible", "cost", "reasons", "official", "service", "district", "group")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    FEASIBLE_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    DISTRICT_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    feasible: bool
    cost: str
    reasons: _containers.RepeatedScalarFieldContainer[str]
    official: str
    service: str
    district: str
    group: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., feasible: _Optional[bool] = ..., cost: _Optional[str] = ..., reasons: _Optional[_Iterable[str]] = ..., official: _Optional[str] = ..., service: _Optional[str] = ..., district: _Optional[str] = ..., group: _Optional[str] = ...) -> None: ...

class ReviewProposalResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class ShortlistProposalRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "matter", "by")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    matter: str
    by: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., matter: _Optional[str] = ..., by: _Optional[str] = ...) -> None: ...

class ShortlistProposalResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class PublishShortlistRequest(_message.Message):
    __slots__ = ("command", "process_id", "matter")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    matter: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., matter: _Optional[str] = ...) -> None: ...

class PublishShortlistResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class PlannedMilestone(_message.Message):
    __slots__ = ("milestone", "what", "quantity", "place", "due")
    MILESTONE_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    milestone: str
    what: str
    quantity: int
    place: str
    due: str
    def __init__(self, milestone: _Optional[str] = ..., what: _Optional[str] = ..., quantity: _Optional[int] = ..., place: _Optional[str] = ..., due: _Optional[str] = ...) -> None: ...

class PlanDeliveryRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "official", "milestones")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    MILESTONES_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    official: str
    milestones: _containers.RepeatedCompositeFieldContainer[PlannedMilestone]
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., official: _Optional[str] = ..., milestones: _Optional[_Iterable[_Union[PlannedMilestone, _Mapping]]] = ...) -> None: ...

class PlanDeliveryResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class RecordDeliveryRequest(_message.Message):
    __slots__ = ("command", "process_id", "proposal", "milestone", "quantity", "place", "on", "official", "note")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    MILESTONE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    command: _common_pb2.Command
    process_id: str
    proposal: str
    milestone: str
    quantity: int
    place: str
    on: str
    official: str
    note: str
    def __init__(self, command: _Optional[_Union[_common_pb2.Command, _Mapping]] = ..., process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., milestone: _Optional[str] = ..., quantity: _Optional[int] = ..., place: _Optional[str] = ..., on: _Optional[str] = ..., official: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class RecordDeliveryResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[_common_pb2.Receipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[_common_pb2.Receipt, _Mapping]]] = ...) -> None: ...

class Review(_message.Message):
    __slots__ = ("feasible", "cost", "reasons", "official", "service", "district", "group")
    FEASIBLE_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    DISTRICT_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    feasible: bool
    cost: str
    reasons: _containers.RepeatedScalarFieldContainer[str]
    official: str
    service: str
    district: str
    group: str
    def __init__(self, feasible: _Optional[bool] = ..., cost: _Optional[str] = ..., reasons: _Optional[_Iterable[str]] = ..., official: _Optional[str] = ..., service: _Optional[str] = ..., district: _Optional[str] = ..., group: _Optional[str] = ...) -> None: ...

class Milestone(_message.Message):
    __slots__ = ("milestone", "what", "quantity", "delivered", "place", "due")
    MILESTONE_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    milestone: str
    what: str
    quantity: int
    delivered: int
    place: str
    due: str
    def __init__(self, milestone: _Optional[str] = ..., what: _Optional[str] = ..., quantity: _Optional[int] = ..., delivered: _Optional[int] = ..., place: _Optional[str] = ..., due: _Optional[str] = ...) -> None: ...

class DeliveryRecord(_message.Message):
    __slots__ = ("milestone", "quantity", "place", "on", "official", "note")
    MILESTONE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    milestone: str
    quantity: int
    place: str
    on: str
    official: str
    note: str
    def __init__(self, milestone: _Optional[str] = ..., quantity: _Optional[int] = ..., place: _Optional[str] = ..., on: _Optional[str] = ..., official: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class Delivery(_message.Message):
    __slots__ = ("official", "milestones", "records")
    OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    MILESTONES_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    official: str
    milestones: _containers.RepeatedCompositeFieldContainer[Milestone]
    records: _containers.RepeatedCompositeFieldContainer[DeliveryRecord]
    def __init__(self, official: _Optional[str] = ..., milestones: _Optional[_Iterable[_Union[Milestone, _Mapping]]] = ..., records: _Optional[_Iterable[_Union[DeliveryRecord, _Mapping]]] = ...) -> None: ...

class Proposal(_message.Message):
    __slots__ = ("process_id", "proposal", "title", "summary", "author", "category", "place", "partners", "revision", "status", "review", "cost", "matter", "rank", "delivery")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PARTNERS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    MATTER_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    proposal: str
    title: str
    summary: str
    author: str
    category: str
    place: str
    partners: _containers.RepeatedScalarFieldContainer[str]
    revision: int
    status: ProposalStatus
    review: Review
    cost: str
    matter: str
    rank: int
    delivery: Delivery
    def __init__(self, process_id: _Optional[str] = ..., proposal: _Optional[str] = ..., title: _Optional[str] = ..., summary: _Optional[str] = ..., author: _Optional[str] = ..., category: _Optional[str] = ..., place: _Optional[str] = ..., partners: _Optional[_Iterable[str]] = ..., revision: _Optional[int] = ..., status: _Optional[_Union[ProposalStatus, str]] = ..., review: _Optional[_Union[Review, _Mapping]] = ..., cost: _Optional[str] = ..., matter: _Optional[str] = ..., rank: _Optional[int] = ..., delivery: _Optional[_Union[Delivery, _Mapping]] = ...) -> None: ...

class GetProposalRequest(_message.Message):
    __slots__ = ("process_id", "proposal")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    proposal: str
    def __init__(self, process_id: _Optional[str] = ..., proposal: _Optional[str] = ...) -> None: ...

class GetProposalResponse(_message.Message):
    __slots__ = ("proposal", "version")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    proposal: Proposal
    version: int
    def __init__(self, proposal: _Optional[_Union[Proposal, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class ListProposalsRequest(_message.Message):
    __slots__ = ("process_id", "status", "page_size", "page_token")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    process_id: str
    status: ProposalStatus
    page_size: int
    page_token: str
    def __init__(self, process_id: _Optional[str] = ..., status: _Optional[_Union[ProposalStatus, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProposalsResponse(_message.Message):
    __slots__ = ("proposals", "next_page_token")
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[Proposal]
    next_page_token: str
    def __init__(self, proposals: _Optional[_Iterable[_Union[Proposal, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

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
