"""Every method of every contract is in the table; each role that it names passes the door, and each other is turned away."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from runtime.caller import Role
from runtime.permissions import LOOKED_UP, NAMED, NONE, PERMISSIONS, WHOLE
from runtime.server import Server
from tests.runtime.issuing import Issuer
from tests.runtime.standins import METHODS, OWN, call, refused, request, serving


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def server(issuer: Issuer) -> Iterator[Server]:
    with serving(issuer.entrance()) as running:
        yield running


@pytest.fixture(scope="module")
def channel(server: Server) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(server.address) as connection:
        yield connection


def test_the_table_lists_every_method_of_the_contracts_and_no_other() -> None:
    assert list(PERMISSIONS) == list(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_each_role_of_the_table_passes_and_each_other_is_turned_away(
    channel: grpc.Channel, issuer: Issuer, method: str
) -> None:
    asked, allowed = METHODS[method], PERMISSIONS[method].roles
    for role in Role:
        told = refused(channel, asked, request(asked, OWN), token=issuer.token(OWN, role))
        if role in allowed:
            assert told is None, role
        else:
            assert told is not None, role
            assert (told.reason, told.metadata["code"]) == ("role_denied", "PERMISSION_DENIED")
            assert (told.metadata["roles"], told.metadata["needed"].split()) == (role, sorted(allowed))


def test_a_token_without_a_role_may_call_nothing(channel: grpc.Channel, issuer: Issuer) -> None:
    for asked in METHODS.values():
        told = refused(channel, asked, request(asked, OWN), token=issuer.token(OWN))
        assert told is not None
        assert told.reason == "role_denied"


def test_without_a_token_nothing_may_be_called(channel: grpc.Channel) -> None:
    for asked in METHODS.values():
        told = refused(channel, asked, request(asked, OWN))
        assert told is not None
        assert (told.reason, told.metadata["code"]) == ("token_missing", "UNAUTHENTICATED")


def test_a_method_that_is_not_in_the_table_cannot_be_called_by_anybody(issuer: Issuer) -> None:
    for entrance in (issuer.entrance(), issuer.entrance(auth_jwks=None)):
        with serving(entrance, table={}) as running, grpc.insecure_channel(running.address) as connection:
            asked = METHODS["ballots.GetBox"]
            told = refused(connection, asked, request(asked, OWN), token=issuer.token(OWN, *Role))
            assert told is not None
            assert (told.reason, told.metadata["code"]) == ("method_not_listed", "PERMISSION_DENIED")


def test_who_is_asked_for_no_token_may_call_everything_that_is_in_the_table(issuer: Issuer) -> None:
    with serving(issuer.entrance(auth_jwks=None)) as running, grpc.insecure_channel(running.address) as connection:
        for asked in METHODS.values():
            assert len(call(connection, asked, request(asked, OWN))) == 1


COMMANDS = [name for name, method in METHODS.items() if "command" in method.input_type.fields_by_name]


def test_a_command_that_a_member_may_give_says_whose_it_is() -> None:
    """Else any member could give it for any other."""
    unowned = [name for name in COMMANDS if Role.MEMBER in PERMISSIONS[name].roles and not PERMISSIONS[name].own]
    assert unowned == []


def test_what_names_a_chamber_or_a_box_is_limited_by_it() -> None:
    for name, method in METHODS.items():
        fields, concerns = set(method.input_type.fields_by_name), PERMISSIONS[name].concerns
        if "chamber" in fields:
            assert concerns is NAMED, name
        elif fields & {"box", "motion"}:
            assert concerns is LOOKED_UP, name
        else:
            assert concerns in (NONE, WHOLE), name


@pytest.mark.parametrize("method", ["audit.Events", "audit.GetBundle", "chambers.GetState", "chambers.GetRoll"])
def test_members_do_not_read_who_is_on_the_roll_and_how_each_voted(method: str) -> None:
    assert not PERMISSIONS[method].roles & {Role.MEMBER, Role.REVIEWER}


@pytest.mark.parametrize("method", ["ballots.CastBallot", "ballots.CastBallots"])
def test_who_organises_a_vote_casts_none(method: str) -> None:
    assert Role.ORGANISER not in PERMISSIONS[method].roles
