"""Two implementations agree: after every event, processes' and proposals' states equal the auditor's own fold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from eventlog.application import CommandMeta, Receipt
from eventlog.sqlite import SQLiteLog
from kernel import canonical
from kernel.records import NewRecord
from kernel.refusal import Refused
from processes.application import Processes
from processes.inbox import SHORTLIST_PUBLISHED
from proposals.application import Proposals
from proposals.inbox import BOX_TALLIED
from proposals.reactions import REACTIONS
from replay.replay import Replay
from rules import templates
from testkit.check_log import check_log
from tests.services.processes import building as p
from tests.services.proposals import building as a

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Done = tuple[Receipt, ...] | Refused
PARTS = ("process", "proposals", "shortlists")


def run(use_case: Callable[..., Done], command: Any, keys: count[int]) -> None:
    """Carry out a command, which must succeed."""
    done = use_case(CommandMeta(f"key-{next(keys)}", "tester"), canonical.dumps(str(command)), command)
    assert not isinstance(done, Refused), done


def tallied(log: SQLiteLog, *winners: str) -> None:
    """The box of the vote is tallied, as the ballots service would say it, and its laureates named."""
    payload = {"box": "projects", "matter": "projects", "allocation": {"winners": list(winners)}}
    (record,) = log.append(
        [
            NewRecord(
                process_id=a.PROCESS,
                stream_id=f"boxes/{a.PROCESS}/projects",
                stream_version=1,
                event_id="7d3c4a0e-0000-4000-8000-000000000000",
                type=BOX_TALLIED,
                schema=1,
                actor="comitia",
                correlation_id="",
                causation_id=None,
                traceparent=None,
                payload=canonical.dumps(payload),
                salt=bytes(32),
            )
        ]
    )
    REACTIONS[BOX_TALLIED](Proposals(log), record)


def whole_life(log: SQLiteLog) -> None:
    """A process with an amendment, and proposals that come to every end there is."""
    processes, proposals, keys = Processes(log), Proposals(log), count()
    charter = templates.text("departmental-budget")
    run(processes.open_process, p.open_process(charter_yaml=charter), keys)
    run(processes.amend_charter, p.amend(charter.replace("budget: 1800000", "budget: 1900000")), keys)
    run(processes.open_phase, p.open_phase("ideas"), keys)
    for name in ("bench", "tree", "pond", "shed", "path"):
        run(proposals.handle, a.submit(proposal=name), keys)
    run(proposals.handle, a.revise(), keys)
    run(processes.close_phase, p.close_phase("ideas"), keys)
    run(processes.open_phase, p.open_phase("review"), keys)
    for name, cost in (("bench", "1200"), ("tree", "1/3"), ("pond", "99.5"), ("path", "7")):
        run(proposals.handle, a.review(proposal=name, cost=cost), keys)
    run(proposals.handle, a.review(proposal="shed", feasible=False, cost="5", reasons=("no",)), keys)
    run(proposals.handle, a.revise(proposal="path"), keys)
    for name in ("bench", "tree", "pond"):
        run(proposals.handle, a.shortlist(proposal=name), keys)
    run(proposals.handle, a.withdraw(proposal="pond"), keys)
    run(proposals.handle, a.withdraw(proposal="shed"), keys)
    run(proposals.publish_shortlist, a.publish(), keys)
    run(processes.close_phase, p.close_phase("review"), keys)
    run(processes.open_phase, p.open_phase("vote"), keys)
    run(processes.close_phase, p.close_phase("vote"), keys)
    tallied(log, "tree", "bench")
    run(processes.open_phase, p.open_phase("delivery"), keys)
    run(proposals.handle, a.plan(boxes=4, signs=1), keys)
    for quantity, milestone in ((3, "boxes"), (1, "signs"), (1, "boxes")):
        run(proposals.handle, a.record(quantity, milestone), keys)
    run(processes.close_phase, p.close_phase("delivery"), keys)


def test_after_every_event_the_services_and_the_replay_show_the_same_state() -> None:
    log = SQLiteLog(":memory:", clock=lambda: NOON)
    whole_life(log)
    processes, proposals, replay = Processes(log), Proposals(log), Replay()
    length = log.length(a.PROCESS)
    for at, record in enumerate(log.read_process(a.PROCESS), 1):
        replay.apply(record)
        found = replay.state()
        shown = {**processes.state(a.PROCESS, at), **proposals.state(a.PROCESS, at)}
        assert shown == {part: found[part] for part in PARTS}, f"after event {record.process_index}: {record.type}"
    ends = {each["status"] for each in proposals.state(a.PROCESS)["proposals"].values()}
    assert ends == {"delivered", "laureate", "withdrawn", "submitted"}
    assert processes.state(a.PROCESS)["process"]["status"] == "completed"
    for check in ("charter", "phases", "proposals"):
        assert replay.findings.checks[check].findings == []
    assert len(list(log.read_process(a.PROCESS, types=[SHORTLIST_PUBLISHED]))) == 1
    assert check_log(log) == length
    log.close()


def test_a_process_cancelled_in_a_phase_keeps_it_in_both() -> None:
    log, keys = SQLiteLog(":memory:", clock=lambda: NOON), count()
    processes = Processes(log)
    run(processes.open_process, p.open_process(), keys)
    run(processes.open_phase, p.open_phase("ideas"), keys)
    run(processes.cancel_process, p.cancel(), keys)
    replay = Replay()
    for record in log.read_process(p.PROCESS):
        replay.apply(record)
    assert processes.state(p.PROCESS)["process"] == replay.state()["process"]
    assert replay.findings.held()
    log.close()
