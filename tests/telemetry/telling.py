"""An election in which every name and every choice is a word that occurs nowhere else, with everything going wrong that can."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import grpc
import pytest
import yaml

from cli.client import Client, CommandRefused
from comitia.ballots.v1 import ballots_pb2 as pb
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from comitia.proposals.v1 import proposals_pb2
from eventlog.contract import LogRecorder
from kernel import canonical
from kernel.ids import stream_id
from kernel.records import NewRecord
from tests.system import small

PROCESS, MATTER = "election-2026", "projects"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Words:
    """Words that occur nowhere else, each made once, and remembered with what it names."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.all: dict[str, str] = {}
        self.bytes: dict[str, bytes] = {}

    def word(self, what: str) -> str:
        """A new word."""
        made = "".join(self._random.choices(LETTERS, k=14))
        self.all[made] = what
        return made

    def key(self, what: str) -> bytes:
        """32 new bytes."""
        made = self._random.randbytes(32)
        self.bytes[what] = made
        return made

    def found_in(self, where: bytes) -> list[str]:
        """What the words name that are found, in any of the spellings that bytes and words may have."""
        spelled: list[tuple[str, bytes]] = [(what, word.encode()) for word, what in self.all.items()]
        for what, key in self.bytes.items():
            spellings = (
                key,
                key.hex().encode(),
                base64.b64encode(key),
                base64.urlsafe_b64encode(key),
                repr(key)[2:-1].encode(),
            )
            spelled += [(what, spelling) for spelling in spellings]
        return sorted({what for what, spelling in spelled if spelling in where})


class Election:
    """What is done to a deployment; `words` holds all that nobody may be told."""

    def __init__(self, client: Client, words: Words) -> None:
        self._client, self._words = client, words
        self._voters = [words.word(f"voter {number}") for number in range(6)]
        self._options = [words.word(f"choice {number}") for number in range(3)]
        self._actor = words.word("actor")

    def hold(self) -> None:
        """From the first proposal to the tally, with ballots of every kind."""
        self._open()
        self._cast_well()
        self._cast_badly()
        self._stations()
        self._stage().close_phase("vote")
        self._stage().await_tally(MATTER)
        self._refused("ballot_late", self._ballot(self._voters[4]))
        for result in self._stream(self._voters[5]):
            assert result.refusal.reason == "ballot_late", result

    def break_a_reaction(self, log: LogRecorder) -> None:
        """Somebody puts an event into the log that no policy, and no query, can read."""
        rubbish = {
            "chamber": self._words.word("a chamber of a bad event"),
            "box": 7,
            "members": self._words.word("a roll"),
        }
        stream = stream_id("rolls", PROCESS, self._words.word("the stream of a bad event"))
        log.append(
            [
                NewRecord(
                    process_id=PROCESS,
                    stream_id=stream,
                    stream_version=1,
                    event_id="6ba7b810-9dad-41d1-80b4-00c04fd430c8",
                    type="chambers.RollFrozen",
                    schema=1,
                    actor=self._words.word("the actor of a bad event"),
                    correlation_id=self._words.word("the conversation of a bad event"),
                    causation_id=None,
                    traceparent=None,
                    payload=canonical.dumps(rubbish),
                    salt=bytes(32),
                )
            ]
        )
        with pytest.raises(CommandRefused) as refused:
            self._client.ask(self._client.chambers.GetState, chambers_pb2.GetStateRequest(process_id=PROCESS))
        assert refused.value.reason == "internal"

    def _open(self) -> None:
        document = yaml.safe_load(small.charter({"form": "approval", "min": 1, "max": 2}))
        stage = self._stage()
        stage.open_process("An election", "town", yaml.safe_dump(document))
        stage.open_phase("ideas")
        stage.enrol("residents", [chambers_pb2.Member(member=voter) for voter in self._voters])
        for option in self._options:
            self._do(
                self._client.proposals.SubmitProposal,
                proposals_pb2.SubmitProposalRequest(
                    process_id=PROCESS,
                    proposal=option,
                    title=self._words.word("a title"),
                    summary=self._words.word("a summary"),
                    author=self._voters[0],
                ),
            )
        stage.close_phase("ideas")
        stage.open_phase("review")
        for option in self._options:
            review = proposals_pb2.ReviewProposalRequest(
                process_id=PROCESS, proposal=option, feasible=True, cost="100", official="o-1", service="works"
            )
            review.reasons.append(self._words.word("a reason"))
            self._do(self._client.proposals.ReviewProposal, review)
            listed = proposals_pb2.ShortlistProposalRequest(
                process_id=PROCESS, proposal=option, matter=MATTER, by="jury"
            )
            self._do(self._client.proposals.ShortlistProposal, listed)
        published = proposals_pb2.PublishShortlistRequest(process_id=PROCESS, matter=MATTER)
        self._do(self._client.proposals.PublishShortlist, published)
        stage.close_phase("review")
        stage.open_phase("vote")
        stage.await_box(MATTER)

    def _cast_well(self) -> None:
        for voter in self._voters[:2]:
            ballot, key = self._ballot(voter), self._words.word("a key")
            self._do(self._client.ballots.CastBallot, ballot, key)
            self._do(self._client.ballots.CastBallot, ballot, key)
        for result in self._stream(*self._voters[2:4]):
            assert result.receipt.position, result

    def _cast_badly(self) -> None:
        first = self._voters[0]
        self._refused("already_voted", self._ballot(first, self._options[1]))
        self._refused("not_on_the_roll", self._ballot(self._words.word("a stranger")))
        self._refused("unknown_option", self._ballot(self._voters[4], self._words.word("an unknown choice")))
        self._refused("unknown_box", self._ballot(self._voters[4], box=self._words.word("an unknown box")))
        self._refused("unknown_box", self._ballot(self._voters[4], process_id=self._words.word("a process")))
        self._refused("channel_unnamed", self._ballot(self._voters[4], channel=f"{self._words.word('a channel')} \n"))
        self._refused("invalid_argument", self._ballot(first), key=self._words.word("a key that is too long") * 12)
        self._refused("invalid_argument", self._ballot(first), actor=f"{self._words.word('an actor')} {'x' * 3}")
        self._refused("idempotency_key_reused", *self._twice())
        (result,) = self._stream(self._words.word("a stranger in a stream"))
        assert result.refusal.reason == "not_on_the_roll", result
        self._send_bytes("CastBallot", self._words.word("bytes that are no request").encode())
        self._send_bytes("Unheard", self._words.word("bytes to no method").encode())
        with suppress(CommandRefused):
            request = processes_pb2.OpenProcessRequest(
                process_id="other", title="t", organiser="o", charter_yaml=f"a: {self._words.word('a charter')}\n b: ["
            )
            self._client.do(self._client.processes.OpenProcess, request)

    def _stations(self) -> None:
        station, key = self._words.word("a station"), self._words.key("a station's key")
        register = pb.RegisterStationRequest(process_id=PROCESS, box=MATTER, station=station, key=key)
        self._do(self._client.ballots.RegisterStation, register)
        sheet = pb.FileCountSheetRequest(
            process_id=PROCESS,
            box=MATTER,
            station=station,
            voters=1,
            totals=[pb.OptionTotal(option=self._options[0], total="1")],
            note=self._words.word("a note"),
            signature=self._words.key("a signature") * 2,
        )
        with suppress(CommandRefused):
            self._do(self._client.ballots.FileCountSheet, sheet)

    def _stage(self) -> Any:
        return small.stage_of(self._client, PROCESS)

    def _ballot(self, voter: str, *options: str, **fields: Any) -> pb.CastBallotRequest:
        choice = pb.Choice(options=pb.OptionList(options=options or self._options[:1]))
        given: dict[str, Any] = {"process_id": PROCESS, "box": MATTER, "channel": "web", **fields}
        return pb.CastBallotRequest(voter=voter, choice=choice, **given)

    def _stream(self, *voters: str) -> Iterator[pb.BallotResult]:
        choice = pb.Choice(options=pb.OptionList(options=self._options[1:]))
        ballots = [
            pb.BallotToCast(idempotency_key=self._words.word("a key"), voter=voter, choice=choice, channel="web")
            for voter in voters
        ]
        return self._client.cast(PROCESS, MATTER, ballots)

    def _twice(self) -> tuple[pb.CastBallotRequest, str]:
        """A ballot under the key of another one."""
        key = self._words.word("a key used twice")
        self._do(self._client.ballots.CastBallot, self._ballot(self._voters[5]), key)
        return self._ballot(self._voters[4]), key

    def _do(self, rpc: Any, request: Any, key: str = "") -> None:
        self._client.do(rpc, request, actor=self._actor, key=key or self._words.word("a key"))

    def _refused(self, reason: str, ballot: pb.CastBallotRequest, key: str = "", actor: str = "") -> None:
        rpc, key = self._client.ballots.CastBallot, key or self._words.word("a key")
        with pytest.raises(CommandRefused) as refused:
            self._client.do(rpc, ballot, actor=actor or self._actor, key=key)
        assert refused.value.reason == reason, refused.value.sentence()

    def _send_bytes(self, method: str, sent: bytes) -> None:
        metadata = (("x-note", quote(self._words.word("metadata"))), ("traceparent", self._words.word("a bad header")))
        where = self._client.address.partition("ballots=")[2].partition(",")[0] or self._client.address
        opened: Any = grpc.insecure_channel(where)
        with opened as channel, suppress(grpc.RpcError):
            call = channel.unary_unary(f"/comitia.ballots.v1.BallotsService/{method}")
            call(sent, metadata=metadata, timeout=10)
