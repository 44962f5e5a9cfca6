"""Who may represent whom: proxies up to a limit, liquid chains, no circles; and who is counted as whom has voted."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Kind, Refused
from rules.delegation import Delegation, DelegationKind, DelegationRules, Standing, in_force
from rules.liquid_delegation import SHOWN
from rules.representation import MAX_GIVERS, admit, resolve
from tests.rules.building import patient

PROXIES = DelegationRules(proxies=2)
LIQUID = DelegationRules(liquid=True)
BOTH = DelegationRules(proxies=1, liquid=True)
M, N = "budget", "statutes"
NAMES = "abcdef"
HEADS = {name: Fraction(1) for name in NAMES}


def written(text: str) -> list[Delegation]:
    """`a>b` is a proxy, `a~b` liquid; `/matter` limits it to one."""
    found = []
    for each in text.split():
        edge, _, matter = each.partition("/")
        kind: DelegationKind = "proxy" if ">" in edge else "liquid"
        member, delegate = edge.replace("~", ">").split(">")
        found.append(Delegation(member, delegate, kind, matter or None))
    return found


def standing(text: str) -> Standing:
    found: dict[str, tuple[Delegation, ...]] = {}
    for each in written(text):
        found[each.member] = (*found.get(each.member, ()), each)
    return found


def cast(rules: DelegationRules | None, text: str, voted: str, matter: str = M, electors: str = NAMES) -> str:
    """`a:b` for each who is represented and by whom."""
    weights = {name: Fraction(1) for name in electors}
    return " ".join(f"{each.member}:{each.cast_by}" for each in resolve(rules, written(text), matter, voted, weights))


RESOLVED = {
    "a proxy is cast by its holder": (PROXIES, "a>b", "b", "a:b"),
    "a holder who has not voted casts nothing": (PROXIES, "a>b", "c", ""),
    "a personal vote comes before a proxy": (PROXIES, "a>b", "ab", ""),
    "one proxy under the limit of two": (PROXIES, "a>c", "c", "a:c"),
    "two proxies are on the limit": (PROXIES, "a>c b>c", "c", "a:c b:c"),
    "a third is over the limit, and the first given count": (PROXIES, "d>c a>c b>c", "c", "a:c d:c"),
    "a giver who voted takes no place": (PROXIES, "d>c a>c b>c", "cd", "a:c b:c"),
    "a proxy goes one hop only": (PROXIES, "a>b b>c", "c", "b:c"),
    "a liquid chain goes on to who has voted": (LIQUID, "a~b b~c c~d", "d", "a:d b:d c:d"),
    "it ends at the first who has voted": (LIQUID, "a~b b~c c~d", "bd", "a:b c:d"),
    "where nobody of the chain voted, it stays unused": (LIQUID, "a~b b~c", "d", ""),
    "a circle casts nothing": (LIQUID, "a~b b~c c~a", "d", ""),
    "a circle that somebody left by voting is a chain": (LIQUID, "a~b b~c c~a", "a", "b:a c:a"),
    "what leads into a circle stays unused": (LIQUID, "d~a a~b b~a", "c", ""),
    "a chain ends at a proxy, which is its giver's own": (BOTH, "a~b b>c", "c", "b:c"),
    "a proxy ends at a liquid delegation": (BOTH, "a>b b~c", "c", "b:c"),
    "a delegation for the matter comes before that for all": (LIQUID, "a~b a~c/budget", "bc", "a:c"),
    "in whatever order they were given": (LIQUID, "a~c/budget a~b", "bc", "a:c"),
    "one for another matter does not count": (LIQUID, "a~b/statutes", "b", ""),
    "that for all counts where there is none for the matter": (LIQUID, "a~b a~c/statutes", "bc", "a:b"),
    "what the charter allows no more does not count": (LIQUID, "a>b c~b", "b", "c:b"),
    "without rules nobody is represented": (None, "a>b c~b", "b", ""),
}


@pytest.mark.parametrize(("rules", "text", "voted", "expected"), RESOLVED.values(), ids=RESOLVED)
def test_who_casts_for_whom(rules: DelegationRules | None, text: str, voted: str, expected: str) -> None:
    assert cast(rules, text, voted) == expected


def test_who_is_not_on_the_frozen_roll_is_not_represented_and_carries_nothing_on() -> None:
    assert cast(LIQUID, "x~a", "a") == ""
    assert cast(LIQUID, "a~x x~b", "b") == ""
    assert cast(LIQUID, "a~x x~b", "b", electors="abx") == "a:b x:b"


def test_each_is_counted_with_their_own_weight_and_the_chain_is_on_the_record() -> None:
    weights = {"a": Fraction(1, 3), "b": Fraction(5), "c": Fraction(2)}
    found = resolve(LIQUID, written("a~b b~c"), M, "c", weights)
    assert [each.to_json() for each in found] == [
        {"member": "a", "delegate": "b", "cast_by": "c", "weight": "1/3"},
        {"member": "b", "delegate": "c", "cast_by": "c", "weight": "5"},
    ]


def test_a_chain_as_long_as_a_city_is_followed() -> None:
    size = 50_000
    names = [f"v{number}" for number in range(size)]
    chain = [Delegation(names[number], names[number + 1], "liquid") for number in range(size - 1)]
    found = resolve(LIQUID, chain, M, {names[-1]}, dict.fromkeys(names, Fraction(1)))
    assert len(found) == size - 1
    assert {each.cast_by for each in found} == {names[-1]}
    links = {each.member: (each,) for each in chain[: MAX_GIVERS - 1]}
    refused = admit(LIQUID, links, Delegation(names[MAX_GIVERS - 1], names[0], "liquid"))
    assert isinstance(refused, Refused)
    assert len(str(refused.details["chain"])) < 500


@pytest.mark.slow
@pytest.mark.parametrize(("givers", "admitted"), [(MAX_GIVERS - 1, True), (MAX_GIVERS, False), (MAX_GIVERS + 1, False)])
def test_one_chamber_has_as_many_givers_as_a_tally_can_name(givers: int, admitted: bool) -> None:
    names = [f"v{number}" for number in range(givers)]
    full = {name: (Delegation(name, "a", "liquid"),) for name in names}
    found = admit(LIQUID, full, Delegation("b", "a", "liquid"))
    assert (found is None) == admitted
    assert found is None or (found.reason, found.kind) == ("delegations_full", Kind.EXHAUSTED)
    assert admit(LIQUID, full, Delegation("v0", "c", "liquid", M)) is None, "who has given one may give another"


ADMITTED = {
    "the first proxy": (PROXIES, "", "a>c"),
    "one under the limit": (PROXIES, "a>c", "b>c"),
    "one for a matter where another matter is full": (PROXIES, "a>c/statutes b>c/statutes", "d>c/budget"),
    "one for a matter beside one for another and one for all": (PROXIES, "a>c b>c/statutes", "d>c/budget"),
    "liquid ones know no limit": (LIQUID, "a~c b~c d~c", "e~c"),
    "one for a matter beside one for all": (LIQUID, "a~b", "a~c/budget"),
    "a proxy beside others' to somebody else": (PROXIES, "a>d b>d", "e>c"),
    "a proxy beside liquid ones to the same member": (BOTH, "a~c b~c", "d>c"),
    "a second of the same member, for another matter": (BOTH, "a>c/statutes", "a>c/budget"),
    "a liquid one to who holds all the proxies they may": (BOTH, "a>c", "b~c"),
    "two ways to the same member": (LIQUID, "a~b a~c/budget b~d", "c~d"),
    "ways that need two different matters close no circle": (LIQUID, "a~b/budget", "b~a/statutes"),
    "a way that goes on by two different matters closes none either": (LIQUID, "b~c/budget c~a/statutes", "a~b"),
    "nor does one whose end alone is for another matter": (LIQUID, "b~c/budget c~d d~a/statutes", "a~b"),
    "a chain": (LIQUID, "a~b b~c", "c~d"),
}


@pytest.mark.parametrize(("rules", "before", "new"), ADMITTED.values(), ids=ADMITTED)
def test_may_be_given(rules: DelegationRules, before: str, new: str) -> None:
    assert admit(rules, standing(before), written(new)[0]) is None


REFUSALS = {
    "without rules": (None, "", "a>b", "delegation_not_allowed", Kind.PRECONDITION),
    "a proxy where only liquid ones are": (LIQUID, "", "a>b", "delegation_not_allowed", Kind.PRECONDITION),
    "a liquid one where only proxies are": (PROXIES, "", "a~b", "delegation_not_allowed", Kind.PRECONDITION),
    "to oneself": (LIQUID, "", "a~a", "delegation_to_oneself", Kind.INVALID),
    "a second for the same matter": (LIQUID, "a~b/budget", "a~c/budget", "delegation_stands", Kind.EXISTS),
    "a second for all": (BOTH, "a~b", "a>c", "delegation_stands", Kind.EXISTS),
    "on the limit": (PROXIES, "a>c b>c", "d>c", "proxy_limit", Kind.PRECONDITION),
    "on the limit of one": (BOTH, "a>c", "d>c", "proxy_limit", Kind.PRECONDITION),
    "on the limit of a matter": (PROXIES, "a>c/budget b>c/budget", "d>c/budget", "proxy_limit", Kind.PRECONDITION),
    "for all, on the limit of one matter": (PROXIES, "a>c/budget b>c/budget", "d>c", "proxy_limit", Kind.PRECONDITION),
    "for a matter, those for all counted": (PROXIES, "a>c b>c/budget", "d>c/budget", "proxy_limit", Kind.PRECONDITION),
    "one for all of who has another for the matter": (
        PROXIES,
        "a>c a>d/budget b>c/budget",
        "e>c/budget",
        "proxy_limit",
        Kind.PRECONDITION,
    ),
    "back to the member": (LIQUID, "a~b", "b~a", "delegation_cycle", Kind.PRECONDITION),
    "back by a chain": (LIQUID, "a~b b~c", "c~a", "delegation_cycle", Kind.PRECONDITION),
    "back by proxies": (PROXIES, "a>b", "b>a", "delegation_cycle", Kind.PRECONDITION),
    "back by one of each kind": (BOTH, "a>b", "b~a", "delegation_cycle", Kind.PRECONDITION),
    "back in one matter": (LIQUID, "a~b/budget", "b~a/budget", "delegation_cycle", Kind.PRECONDITION),
    "for all, back in one matter": (LIQUID, "a~b/budget", "b~a", "delegation_cycle", Kind.PRECONDITION),
    "in one matter, back by one for all": (LIQUID, "a~b", "b~a/budget", "delegation_cycle", Kind.PRECONDITION),
    "back by the second of a delegate's, the first for another matter": (
        LIQUID,
        "b~d/statutes b~a",
        "a~b/budget",
        "delegation_cycle",
        Kind.PRECONDITION,
    ),
    "back by one that another hides for now": (LIQUID, "a~b a~c/budget", "b~a/budget", "delegation_cycle", None),
}


@pytest.mark.parametrize(("rules", "before", "new", "reason", "kind"), REFUSALS.values(), ids=REFUSALS)
def test_may_not_be_given(rules: DelegationRules | None, before: str, new: str, reason: str, kind: Kind | None) -> None:
    refused = admit(rules, standing(before), written(new)[0])
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert kind is None or refused.kind is kind


def test_the_refusal_of_a_proxy_says_the_limit_and_how_many_are_held() -> None:
    refused = admit(PROXIES, standing("a>c b>c"), written("d>c")[0])
    assert isinstance(refused, Refused)
    assert refused.details == {"delegate": "c", "limit": 2, "held": 2}


def test_the_refusal_of_a_circle_names_the_chain() -> None:
    refused = admit(LIQUID, standing("a~b b~c/budget"), written("c~a/budget")[0])
    assert isinstance(refused, Refused)
    assert refused.details == {"chain": "c → a → b → c"}


@pytest.mark.parametrize(("size", "shown"), [(SHOWN, SHOWN), (SHOWN + 1, SHOWN)])
def test_the_refusal_of_a_long_circle_names_its_beginning(size: int, shown: int) -> None:
    names = [f"v{number}" for number in range(size)]
    links = standing(" ".join(f"{one}~{other}" for one, other in pairwise([*names, "a"])))
    refused = admit(LIQUID, links, Delegation("a", names[0], "liquid"))
    assert isinstance(refused, Refused)
    cut = ["…"] if shown < size else []
    assert refused.details == {"chain": " → ".join(["a", *names[:shown], *cut, "a"])}


def edges(kinds: str = "~>") -> st.SearchStrategy[list[Delegation]]:
    """Any delegations at all, as a hostile log might hold them."""
    name = st.sampled_from(NAMES)
    one = st.builds(
        Delegation,
        name,
        name,
        st.sampled_from(["liquid" if kind == "~" else "proxy" for kind in kinds]),
        st.sampled_from([None, M, N]),
    )
    return st.lists(one, max_size=12)


RULES = st.sampled_from([PROXIES, LIQUID, BOTH, None])
VOTERS = st.sets(st.sampled_from(NAMES))
ELECTORS = st.dictionaries(st.sampled_from(NAMES), st.fractions(min_value=1, max_value=5), min_size=1)


@patient
@given(RULES, edges(), VOTERS, ELECTORS)
def test_no_weight_is_ever_created_and_a_personal_vote_comes_first(
    rules: DelegationRules | None, edges: list[Delegation], voted: set[str], electors: dict[str, Fraction]
) -> None:
    voted &= electors.keys()
    found = resolve(rules, edges, M, voted, electors)
    assert len({each.member for each in found}) == len(found)
    for each in found:
        assert each.member in electors
        assert each.member not in voted
        assert each.cast_by in voted
        assert each.weight == electors[each.member]
    counted = sum((electors[name] for name in voted), sum((each.weight for each in found), Fraction(0)))
    assert counted <= sum(electors.values(), Fraction(0))


@patient
@given(RULES, edges(), VOTERS)
def test_the_chain_of_each_is_read_from_line_to_line(
    rules: DelegationRules | None, edges: list[Delegation], voted: set[str]
) -> None:
    found = {each.member: each for each in resolve(rules, edges, M, voted, HEADS)}
    for each in found.values():
        at = each.delegate
        while at not in voted:
            assert found[at].cast_by == each.cast_by
            at = found[at].delegate
        assert at == each.cast_by


def sensible(rules: DelegationRules, edges: list[Delegation]) -> list[Delegation]:
    """Those of them that are admitted one after another."""
    given_: list[Delegation] = []
    stands: dict[str, tuple[Delegation, ...]] = {}
    for each in edges:
        if admit(rules, stands, each) is None:
            given_.append(each)
            stands[each.member] = (*stands.get(each.member, ()), each)
    return given_


@patient
@given(st.sampled_from([PROXIES, LIQUID, BOTH]), edges(), VOTERS, st.permutations(range(12)))
def test_the_order_in_which_admitted_delegations_were_given_never_matters(
    rules: DelegationRules, edges: list[Delegation], voted: set[str], order: list[int]
) -> None:
    admitted = sensible(rules, edges)
    shuffled = [admitted[place] for place in order if place < len(admitted)]
    assert resolve(rules, shuffled, M, voted, HEADS) == resolve(rules, admitted, M, voted, HEADS)


@patient
@given(st.sampled_from([PROXIES, LIQUID, BOTH]), edges(), st.lists(st.integers(0, 11)))
def test_whatever_is_revoked_what_was_admitted_closes_no_circle_and_passes_no_limit(
    rules: DelegationRules, edges: list[Delegation], revoked: list[int]
) -> None:
    left = [each for place, each in enumerate(sensible(rules, edges)) if place not in revoked]
    for matter in (M, N, "another"):
        forced = in_force(left, matter)
        for member in forced:
            at, seen = member, set()
            while at in forced:
                assert at not in seen
                seen.add(at)
                at = forced[at].delegate
        holders = [each.delegate for each in forced.values() if each.kind == "proxy"]
        assert all(holders.count(name) <= (rules.proxies or 0) for name in holders)
