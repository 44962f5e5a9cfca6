"""A box as ballots meet it, kept between batches for as long as nothing about it changes in the log."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from urllib.parse import quote

from ballots.domain.box import Box, SealedBox
from ballots.domain.casting import (
    Attempt,
    CastBallot,
    Polling,
    VotersBallots,
    decide_cast,
    evolve,
    polling_in,
)
from ballots.domain.electorate import NO_ELECTORATE
from ballots.inbox import Inbox
from eventlog.application import Change, Versioned
from eventlog.contract import LogRecorder
from kernel.ids import stream_id
from kernel.refusal import Refused

KEPT = 64

LoadBox = Callable[[str, str], Versioned[Box]]


@dataclass(frozen=True, slots=True)
class Poll:
    """A box's `polling`, valid while its streams have the versions of `expect`."""

    expect: Mapping[str, int]
    polling: Polling | Refused


class Polls:
    """Decides ballots, a batch at a time."""

    def __init__(self, log: LogRecorder, inbox: Inbox, load_box: LoadBox) -> None:
        self._log, self._inbox, self._load_box = log, inbox, load_box
        self._kept: OrderedDict[tuple[str, str], Poll] = OrderedDict()
        self._lock = Lock()

    def poll(self, process_id: str, box: str) -> Poll:
        """The box as it is now: from memory when neither it nor its process or motion has a new record."""
        key = (process_id, box)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and self._log.versions(kept.expect) == kept.expect:
            return kept
        loaded = self._load_box(process_id, box)
        endings = self._inbox.endings(process_id, loaded.state)
        expect = {**endings.expect, loaded.id: loaded.version}
        electorate = self._inbox.electorate(process_id, box) if loaded.version else NO_ELECTORATE
        polling = polling_in(loaded.state, box, electorate, cancelled=endings.cancelled, moot=endings.moot)
        poll = Poll(expect, polling)
        if loaded.version:
            self._keep(key, poll)
        return poll

    def decide(self, process_id: str, poll: Poll, commands: Sequence[CastBallot]) -> list[Change | Refused]:
        """Each ballot decided as after those before it.

        Where a ballot may not be changed, the second of one voter is decided on the log alone: it then waits until the first is
        in the log (`LogApplication.execute_many`), and is refused with its position. A late one is just late again.
        """
        polling = poll.polling
        if isinstance(polling, Refused):
            return [polling] * len(commands)
        prefix = stream_id("ballots", process_id, polling.box.name) + "/"
        streams = [prefix + quote(command.voter, safe=SAFE) for command in commands]
        ballots = self._ballots(polling, streams)
        several = polling.box.opening.rules.revisable or isinstance(polling.box, SealedBox)
        decided: list[Change | Refused] = []
        for command, stream in zip(commands, streams, strict=True):
            before = ballots[stream]
            event = decide_cast(Attempt(polling, before, command))
            if isinstance(event, Refused):
                decided.append(event)
                continue
            decided.append(Change(stream, before.version, (event,)))
            if several:
                ballots[stream] = evolve(before, event)
        return decided

    def _ballots(self, polling: Polling, streams: Sequence[str]) -> dict[str, VotersBallots]:
        """What each voter has in the box, from versions alone.

        Until the seal each record is a ballot cast, so that the last one counts; after it, what counts is asked no more.
        """
        versions = self._log.versions(streams)
        if isinstance(polling.box, SealedBox):
            return {stream: VotersBallots(version) for stream, version in versions.items()}
        return {stream: VotersBallots(version, version or None) for stream, version in versions.items()}

    def _keep(self, key: tuple[str, str], poll: Poll) -> None:
        with self._lock:
            self._kept[key] = poll
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


SAFE = ":@.,+=()!*'~-_"
"""As in `kernel.ids.stream_id`, whose last part is encoded here."""
