"""Other services' events as this service understands them: read tolerantly, kept in its own types."""

from __future__ import annotations

from eventlog.contract import LogRecorder
from eventlog.views import CachedFold
from kernel.records import Record

SHORTLIST_PUBLISHED = "proposals.ShortlistPublished"


def follow_shortlists(log: LogRecorder) -> CachedFold[frozenset[str]]:
    """The matters of a process whose shortlist is published. What is published stays so."""
    return CachedFold(log, (SHORTLIST_PUBLISHED,), frozenset, read_shortlist)


def read_shortlist(published: frozenset[str], record: Record) -> frozenset[str]:
    return published | {str(record.data()["matter"])}
