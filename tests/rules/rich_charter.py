"""One charter that uses every part of the model."""

from __future__ import annotations

from typing import Any

VOTE = {"chamber": "board", "majority": {"more_than": "1/2"}}
RICH: dict[str, Any] = {
    "comitia": 1,
    "name": "rich",
    "title": "Tout y est",
    "summary": "Everything a charter may say.",
    "sources": [{"cite": "Règlement, art. 3", "status": "read"}],
    "phases": [
        {
            "name": "one",
            "title": "First",
            "allows": ["submit"],
            "opens": "2026-05-01",
            "closes": "2026-05-31",
            "next": "two",
        },
        {"name": "two", "title": "Second", "allows": ["vote"], "votes": "projects", "next": "three"},
        {"name": "three", "title": "Third"},
    ],
    "chambers": [
        {
            "name": "board",
            "title": "The board",
            "roles": ["chair", "owners", "employees"],
            "seats": {
                "at_least": 3,
                "staff": 12000,
                "roles": {"employees": {"at_least": 2, "share": {"at_least": "1/3"}}},
                "scale": {"by": "staff", "steps": [{"up_to": 10000, "exactly": 12}, {"exactly": 16, "odd": False}]},
            },
        },
        {"name": "workers", "title": "The workers"},
        {"name": "people", "title": "The people", "electors": "counted"},
        {
            "name": "cantons",
            "title": "The cantons",
            "derived": {"from": "people"},
            "units": [{"code": "ZH", "title": "Zürich"}, {"code": "OW", "weight": "1/2"}],
        },
        {"name": "assembly", "title": "The assembly", "units": [{"code": "n"}, {"code": "s"}]},
    ],
    "matters": [
        {
            "name": "vote",
            "title": "A vote",
            "kind": "motion",
            "ballot": {"form": "yes_no_abstain"},
            "decision": VOTE | {"quorum": {"at_least": "1/2"}, "tie": ["revote", {"casting_vote": "chair"}]},
        },
        {
            "name": "second-vote",
            "title": "A second vote",
            "kind": "motion",
            "ballot": {"form": "yes_no_abstain"},
            "decision": VOTE | {"tie": [{"second_vote": "chair"}, "reject"]},
        },
        *(
            {
                "name": name,
                "title": name,
                "kind": "motion",
                "ballot": {"form": "yes_no_abstain"},
                "decision": {name: rule},
            }
            for name, rule in {
                "all_of": [VOTE, {"chamber": "workers", "majority": {"at_least": "2/3", "of": "members"}}],
                "any_of": [VOTE, {"chamber": "workers", "majority": {"votes": 4}}],
                "at_least": {"k": 1, "of": [VOTE, {"chamber": "workers", "majority": {"more_than": "1/2"}}]},
                "sequence": [VOTE, {"chamber": "workers", "majority": {"more_than": "1/2"}}],
                "advice": {"chamber": "workers", "deadline": "P1M", "silence": "negative"},
                "veto": {"chamber": "workers", "window": "P7D", "members": 1, "of": VOTE},
                "override": {"of": VOTE, "by": {"chamber": "workers", "majority": {"more_than": "1/2"}}},
                "tie_break": {
                    "options": {"a": VOTE, "b": {"chamber": "workers", "majority": {"more_than": "1/2"}}},
                    "question": ["people", "cantons"],
                },
                "consent": {"chamber": "board", "window": "P7D", "criteria": ["it is reasoned"], "tester": "chair"},
            }.items()
        ),
        {
            "name": "projects",
            "title": "Projects",
            "kind": "selection",
            "chamber": "board",
            "ballot": {"form": "approval", "max": 3},
            "allocation": {"rule": "greedy", "budget": "1000", "tie_break": ["lower_cost", "lot"]},
        },
        {
            "name": "scores",
            "title": "Scores",
            "kind": "selection",
            "chamber": "board",
            "ballot": {"form": "points", "points": "10"},
            "allocation": {"rule": "greedy-threshold", "budget": "1000", "threshold": "5"},
        },
        {
            "name": "ranks",
            "title": "Ranks",
            "kind": "selection",
            "chamber": "board",
            "ballot": {"form": "ranking"},
            "allocation": {"rule": "poznan-80", "budget": "1000"},
        },
    ],
    "amendment": {"allows": ["/phases/*/opens"]},
}
RICH["matters"] += [
    {
        "name": "shares",
        "title": "Shares",
        "kind": "selection",
        "chamber": "board",
        "ballot": {"form": "quadratic", "credits": 100},
        "allocation": {
            "rule": "equal-shares",
            "budget": "1000",
            "utility": "cost",
            "completion": "add1",
            "envelopes": {"districts": {"nord": "300", "sud": "200"}},
        },
    },
    {
        "name": "seats",
        "title": "Seats",
        "kind": "selection",
        "chamber": "board",
        "ballot": {"form": "ranking"},
        "election": {"method": "stv-meek", "seats": 3},
    },
    {
        "name": "judgment",
        "title": "Judgment",
        "kind": "selection",
        "chamber": "board",
        "ballot": {"form": "grades", "grades": ["bien", "passable", "insuffisant"]},
        "election": {"method": "majority-judgment"},
    },
    {
        "name": "quadratic",
        "title": "Quadratic",
        "kind": "selection",
        "chamber": "board",
        "ballot": {"form": "quadratic", "credits": 9},
        "allocation": {"rule": "greedy", "budget": "1000"},
    },
]
