"""How much one caller may ask of one process: calls at a time, and calls or messages in a second."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from kernel.refusal import Kind, Refused

KNOWN = 10_000
"""Callers remembered while they call nothing; of those beyond, who has been quiet longest starts anew."""


class Account:
    """What one caller has left."""

    __slots__ = ("allowance", "at", "running")

    def __init__(self, allowance: float, at: float) -> None:
        self.allowance, self.at, self.running = allowance, at, 0


class Limits:
    """Used from one event loop. A caller's allowance grows by `rate` a second, up to one second's worth."""

    def __init__(self, calls: int, rate: int, clock: Callable[[], float] = monotonic, *, known: int = KNOWN) -> None:
        self._calls, self._rate, self._clock, self._known = calls, rate, clock, known
        self._busy: dict[str, Account] = {}
        self._quiet: OrderedDict[str, Account] = OrderedDict()

    def __len__(self) -> int:
        """How many callers are remembered."""
        return len(self._busy) + len(self._quiet)

    def begin(self, subject: str) -> Refused | None:
        """A call begins: it must `end`, unless it was refused."""
        account = self._busy.get(subject)
        if account is None:
            account = self._account(subject)
            refused = self._take(account)
            if refused is None:
                self._quiet.pop(subject, None)
                self._busy[subject] = account
        elif account.running >= self._calls:
            return Refused(
                "too_many_calls",
                kind=Kind.EXHAUSTED,
                say="this caller has as many calls running here as it may: wait for one to end",
                running=account.running,
                maximum=self._calls,
            )
        else:
            refused = self._take(account)
        if refused is None:
            account.running += 1
        return refused

    def end(self, subject: str) -> None:
        """A call that had begun is over."""
        account = self._busy[subject]
        account.running -= 1
        if not account.running:
            del self._busy[subject]
            self._remember(subject, account)

    def charge(self, subject: str, cost: int = 1) -> Refused | None:
        """Another message of a stream that has begun, or a call of which it is not known whose it is.

        What costs more than a call may be charged for as so many of them, and be paid for later.
        """
        return self._take(self._busy.get(subject) or self._account(subject), cost)

    def _account(self, subject: str) -> Account:
        """Of a caller who has no call running."""
        account = self._quiet.get(subject)
        if account is None:
            account = Account(self._rate, self._clock())
            self._remember(subject, account)
        return account

    def _remember(self, subject: str, account: Account) -> None:
        self._quiet[subject] = account
        self._quiet.move_to_end(subject)
        if len(self._quiet) > self._known:
            self._quiet.popitem(last=False)

    def _take(self, account: Account, cost: int = 1) -> Refused | None:
        now = self._clock()
        account.allowance = min(self._rate, account.allowance + (now - account.at) * self._rate)
        account.at = now
        if account.allowance < 1:
            return Refused(
                "rate_exceeded",
                kind=Kind.EXHAUSTED,
                say="this caller asks too often: send it again after the time named",
                maximum_per_second=self._rate,
                retry_after_milliseconds=max(1, round((1 - account.allowance) / self._rate * 1000)),
            )
        account.allowance -= cost
        return None
