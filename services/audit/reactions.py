"""When a step of a process ends for good, its log is signed up to there: this service's policies, by event."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from audit.application import Audit
from kernel.records import Record
from kernel.refusal import Refused
from runtime.telemetry import metrics

_LOG = logging.getLogger(__name__)


def sign_a_checkpoint(audit: Audit, ended: Record) -> None:
    """Sign the log up to and with this record. If we crash here, the record is read again and signed once.

    A fork is an operator's business: it is reported, and refused again to everyone who asks for a checkpoint.
    """
    signed = audit.checkpoint(ended.process_id, ended.process_index + 1)
    if isinstance(signed, Refused):
        metrics.add(metrics.CHECKPOINT_REFUSED, reason=signed.reason)
        _LOG.error("no checkpoint for event %d of %s: %s", ended.process_index, ended.process_id, signed)


REACTIONS: Mapping[str, Callable[[Audit, Record], None]] = MappingProxyType(
    {
        "ballots.BoxSealed": sign_a_checkpoint,
        "ballots.BoxTallied": sign_a_checkpoint,
        "chambers.MotionDecided": sign_a_checkpoint,
        "processes.PhaseClosed": sign_a_checkpoint,
        "processes.ProcessCompleted": sign_a_checkpoint,
    }
)
