"""A batch of independent commands in one transaction: each is carried out once and answered as if it came alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eventlog.commands import Change, Receipt, Submission, command_of, key_reused, receipt_of
from eventlog.mapping import Draft
from kernel.ids import event_id
from kernel.records import Record
from kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt at what waits: the drafts of `chosen`, and the indexes that were refused."""

    drafts: list[Draft]
    chosen: list[int]
    refused: dict[int, Refused]


class Batch:
    """The submissions of a batch with what became of each; `waiting` holds the indexes still to be decided."""

    def __init__(self, process_id: str, method: str, items: Sequence[Submission]) -> None:
        self.items = items
        self._commands = [command_of(process_id, method, item.meta, item.content) for item in items]
        self._event_ids = [event_id(command.id, 0) for command in self._commands]
        self._results: dict[int, Receipt | Refused] = {}
        first: dict[str, int] = {}
        self._repeats = {i: first[id] for i, id in enumerate(self._event_ids) if first.setdefault(id, i) != i}
        self.waiting = list(first.values())

    def ids(self) -> list[str]:
        """The event ids of the commands that wait."""
        return [self._event_ids[i] for i in self.waiting]

    def submissions(self) -> list[Submission]:
        """The submissions that wait, in the order in which they are to be decided."""
        return [self.items[i] for i in self.waiting]

    def settle_earlier(self, found: Mapping[str, Record]) -> None:
        """Answer what is already in the log: with its first receipt, or by refusing a key used for something else."""
        if found:
            for i in self.waiting:
                record = found.get(self._event_ids[i])
                if record is not None:
                    self._results[i] = self._commands[i].judge(record) or receipt_of(record)
            self.waiting = [i for i in self.waiting if i not in self._results]

    def draft(self, decided: Sequence[Change | Refused]) -> Round:
        """What to append for the decisions on `submissions()`.

        A stream written twice waits for the next round, unless its second change was decided on the first.
        """
        drafts: list[Draft] = []
        chosen: list[int] = []
        refused: dict[int, Refused] = {}
        versions: dict[str, int] = {}
        for i, change in zip(self.waiting, decided, strict=True):
            if isinstance(change, Refused):
                refused[i] = change
            elif versions.get(change.stream_id, change.version) == change.version:
                if len(change.events) != 1:
                    raise ValueError(f"a command of a batch is one event, found {len(change.events)}")
                version = versions[change.stream_id] = change.version + 1
                drafts.append(
                    Draft(change.stream_id, version, self._event_ids[i], change.events[0], self._commands[i].cause)
                )
                chosen.append(i)
        return Round(drafts, chosen, refused)

    def settle(self, done: Round, receipts: Sequence[Receipt]) -> None:
        """Take in a round that was appended; refusals stand only now, for they may rest on what it wrote."""
        self._results.update(zip(done.chosen, receipts, strict=True))
        self._results.update(done.refused)
        self.waiting = [i for i in self.waiting if i not in self._results]

    def refuse(self, refusal: Refused) -> None:
        """Answer everything that waits with `refusal`."""
        self._results.update(dict.fromkeys(self.waiting, refusal))
        self.waiting = []

    def results(self) -> list[Receipt | Refused]:
        """One answer for each submission, in their order; a repeated key is answered as its first."""
        return [self._result(i) for i in range(len(self.items))]

    def _result(self, i: int) -> Receipt | Refused:
        first = self._repeats.get(i, i)
        if self._commands[i].says_the_same_as(self._commands[first]):
            return self._results[first]
        return key_reused()
