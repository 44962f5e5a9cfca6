"""A batch of independent commands in one transaction: each is carried out once and answered as if it came alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eventlog.commands import Change, Receipt, Submission, command_of, receipt_of
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
        self._repeats: dict[int, int] = {}
        self._later = list(range(len(items)))
        self.waiting: list[int] = []
        self._go_on()

    def ids(self, among: Iterable[int] | None = None) -> list[str]:
        """The event ids of the commands that wait, or of those at some indexes."""
        return [self._event_ids[i] for i in (self.waiting if among is None else among)]

    def submissions(self) -> list[Submission]:
        """The submissions that wait, in the order in which they are to be decided."""
        return [self.items[i] for i in self.waiting]

    def settle_earlier(self, found: Mapping[str, Record]) -> bool:
        """Answer what is already in the log: with its first receipt, or by refusing a key used for something else.

        Returns whether there was any.
        """
        if not found:
            return False
        for i in (*self.waiting, *self._later):
            record = found.get(self._event_ids[i])
            if record is not None:
                self._results[i] = self._commands[i].judge(record) or receipt_of(record)
        self._go_on()
        return True

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
        self._go_on()

    def refuse(self, refusal: Refused) -> None:
        """Answer everything that waits with `refusal`."""
        self._results.update(dict.fromkeys((*self.waiting, *self._later), refusal))
        self._go_on()

    def results(self) -> list[Receipt | Refused]:
        """One answer for each submission, in their order; a repeated one is answered as its first."""
        return [self._results[self._repeats.get(i, i)] for i in range(len(self.items))]

    def _go_on(self) -> None:
        """What has no answer waits on; when all that waited have one, what was put off waits.

        A key repeated with the same content waits for nothing more. From the first that says something else on, all is put
        off: that one depends on whether the first under its key is carried out or refused, and the rest on that one.
        """
        self.waiting = [i for i in self.waiting if i not in self._results]
        self._later = [i for i in self._later if i not in self._results]
        if self.waiting:
            return
        first: dict[str, int] = {}
        for i in self._later:
            earlier = first.setdefault(self._event_ids[i], i)
            if not self._commands[i].says_the_same_as(self._commands[earlier]):
                self._later = [later for later in self._later if later >= i]
                break
            self._repeats[i] = earlier
        else:
            self._later = []
        self.waiting = list(first.values())
