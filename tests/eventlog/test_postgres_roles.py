"""Who may do what, tried as each role: services add and read, readers read, and nobody at all changes or removes a record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import LiteralString

import psycopg
import pytest
from eventsourcing.persistence import OperationalError, Tracking
from psycopg import sql as quoting

from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import migrate
from infra.local.postgres import Postgres
from testkit.check_log import check_log
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.recorders import wall_clock

pytestmark = pytest.mark.slow

ROLES = ("owner", "service", "reader", "stranger")
COLUMNS: LiteralString = (
    "position, process_id, process_index, stream_id, stream_version, event_id, type, schema, recorded_at, actor,"
    " correlation_id, payload, salt"
)
CHANGES: tuple[LiteralString, ...] = (
    "UPDATE comitia.records SET payload = '' WHERE position = 1",
    "UPDATE comitia.records SET payload = '' WHERE false",
    "DELETE FROM comitia.records WHERE position = 2",
    "TRUNCATE comitia.records",
    f"INSERT INTO comitia.records ({COLUMNS}) SELECT {COLUMNS} FROM comitia.records WHERE position = 1"
    " ON CONFLICT (position) DO UPDATE SET payload = ''",
    "DELETE FROM comitia.migrations",
    "UPDATE comitia.migrations SET sha256 = ''",
    "TRUNCATE comitia.migrations",
)
DEFINITIONS: tuple[LiteralString, ...] = (
    "DROP TABLE comitia.records",
    "ALTER TABLE comitia.records DISABLE TRIGGER ALL",
    "DROP TRIGGER records_follow_on ON comitia.records",
    "CREATE OR REPLACE FUNCTION comitia.follow_on() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TABLE comitia.mine (a int)",
    "CREATE TRIGGER mine BEFORE INSERT ON comitia.records EXECUTE FUNCTION comitia.refuse()",
    "CREATE RULE mine AS ON INSERT TO comitia.records DO INSTEAD NOTHING",
    "DELETE FROM comitia.tracking",
    "DELETE FROM comitia.leases",
    "TRUNCATE comitia.tracking",
    "INSERT INTO comitia.migrations (version, name, sha256, usable_from) VALUES (9, 'x', '', 9)",
)


class Hall:
    """A log with records in it, and a login for each role."""

    def __init__(self, url: str) -> None:
        self.url = url

    def url_of(self, role: str) -> str:
        return psycopg.conninfo.make_conninfo(self.url, user=f"hall_{role}", password="x")

    def connect(self, role: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url if role == "superuser" else self.url_of(role), autocommit=True)


@pytest.fixture(scope="module")
def hall(postgres: Postgres) -> Iterator[Hall]:
    url = postgres.database()
    hall = Hall(url)
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        for role in ROLES:
            created = quoting.SQL("CREATE ROLE {} LOGIN {} PASSWORD 'x'")
            more = quoting.SQL("CREATEROLE" if role == "owner" else "")
            admin.execute(created.format(quoting.Identifier(f"hall_{role}"), more))
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        admin.execute(quoting.SQL("ALTER DATABASE {} OWNER TO hall_owner").format(quoting.Identifier(str(name))))
        migrate(hall.url_of("owner"), ["hall_service"])
        admin.execute("GRANT comitia_reader TO hall_reader")
        with closing(PostgresLog(hall.url_of("service"), clock=wall_clock)) as log:
            log.append([*a_stream("s/1", 2), *a_stream("s/2", 500, process="p-2")], tracking=Tracking("r", 3))
        yield hall
        with closing(PostgresLog(url, clock=wall_clock)) as log:
            check_log(log)
        postgres.drop(url)
        for role in ROLES:
            admin.execute(quoting.SQL("DROP ROLE {}").format(quoting.Identifier(f"hall_{role}")))


def _use_all(log: LogRecorder) -> None:
    last = log.last_position()
    log.append([a_record(f"s/{last}")], expect={"s/1": 2}, tracking=Tracking("r", last))
    log.append([a_record(f"t/{last}/{number}") for number in range(300)])
    with log.exclusively():
        log.append([a_record(f"u/{last}")])
    log.insert_tracking(Tracking("r", last))
    log.check()


def test_a_service_appends_reads_tracks_and_leases(hall: Hall) -> None:
    with closing(PostgresLog(hall.url_of("service"), clock=wall_clock)) as log:
        _use_all(log)
        assert log.lease("l", "me", 60)
        log.release("l", "me")
        assert log.wait_for(0, 1)


def test_the_owner_and_a_superuser_do_what_a_service_does_and_in_its_role(hall: Hall) -> None:
    for url in (hall.url_of("owner"), hall.url):
        with closing(PostgresLog(url, clock=wall_clock)) as log:
            _use_all(log)
            role = log.connections.read(lambda db: db.execute("SELECT current_user").fetchone())
            assert role == ("comitia_service",)


def test_a_reader_reads_everything_and_adds_nothing(hall: Hall) -> None:
    with closing(PostgresLog(hall.url_of("reader"), clock=wall_clock)) as log:
        assert check_log(log) == log.last_position()
        last = log.read(process_id="p-2", after=500, until=502, types=["ballots.BallotCast"])
        assert [record.process_index for record in last] == [498, 499]
        assert log.max_tracking_id("r")
        log.check()
        for write in (
            lambda: log.append([a_record("s/3")]),
            lambda: log.append([a_record(f"s/{number}") for number in range(300)]),
            lambda: log.insert_tracking(Tracking("r", 9)),
            lambda: log.lease("l", "me", 60),
        ):
            with pytest.raises(OperationalError, match="permission denied"):
                write()


def test_a_stranger_is_told_how_to_be_let_in(hall: Hall) -> None:
    with pytest.raises(OperationalError, match=r"permission denied .*comitia migrate --grant"):
        PostgresLog(hall.url_of("stranger"), clock=wall_clock)


@pytest.mark.parametrize("role", ["service", "reader", "stranger", "owner", "superuser"])
@pytest.mark.parametrize("statement", CHANGES)
def test_nobody_changes_or_removes_what_is_recorded(hall: Hall, role: str, statement: LiteralString) -> None:
    refused = (
        psycopg.errors.RestrictViolation if role in ("owner", "superuser") else psycopg.errors.InsufficientPrivilege
    )
    with hall.connect(role) as db:
        if role == "superuser":
            db.execute("SET session_replication_role = replica")
        with pytest.raises(refused):
            db.execute(statement)


@pytest.mark.parametrize("role", ["service", "reader", "stranger"])
@pytest.mark.parametrize("statement", DEFINITIONS)
def test_only_the_owner_touches_tables_triggers_and_functions(hall: Hall, role: str, statement: LiteralString) -> None:
    with hall.connect(role) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute(statement)


@pytest.mark.parametrize("role", ["service", "owner", "superuser"])
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"position": 1}, "next position"),
        ({"position": -10_000}, "next position"),
        ({"process_index": 1}, "next index"),
        ({"process_id": "p-9", "process_index": 1}, "next index"),
        ({"process_id": "p-9", "process_index": -1}, "next index"),
        ({"stream_version": 1}, "next version"),
        ({"stream_id": "s/9", "stream_version": 1}, "next version"),
        ({"stream_id": "s/9", "stream_version": -1}, "next version"),
        ({"process_id": "p-9"}, "own process"),
        ({"recorded_at": "2001-01-01T00:00:00.000000Z"}, "never runs backwards"),
        ({"recorded_at": "9999-12-31"}, "recorded_at"),
    ],
    ids=str,
)
def test_who_may_insert_can_leave_nothing_out(hall: Hall, role: str, fields: dict[str, object], why: str) -> None:
    with hall.connect(role) as db:
        if role == "superuser":
            db.execute("SET session_replication_role = replica")
        with db.transaction(force_rollback=True):
            with pytest.raises(psycopg.errors.RestrictViolation, match=why), db.transaction():
                _insert(db, **fields)
            _insert(db)


def _insert(db: psycopg.Connection[tuple[object, ...]], **fields: object) -> None:
    """Insert the record that follows on; a number in `fields` is how far it is off, a text is taken as it is."""
    row: dict[str, object] = {
        "process_id": "p-1",
        "stream_id": "s/1",
        "event_id": a_record("new").event_id,
        "type": "x.Y",
        "schema": 1,
        "recorded_at": "9998-12-31T00:00:00.000000Z",
        "actor": "a",
        "correlation_id": "c",
        "payload": b"{}",
        "salt": bytes(32),
    } | {name: value for name, value in fields.items() if isinstance(value, str)}
    row |= {
        name: int(str(db.execute(query, row).fetchone()[0])) + int(str(fields.get(name, 0)))  # type: ignore[index]
        for name, query in FOLLOWING.items()
    }
    names = quoting.SQL(", ").join(map(quoting.Identifier, row))
    values = quoting.SQL(", ").join(map(quoting.Placeholder, row))
    db.execute(quoting.SQL("INSERT INTO comitia.records ({}) VALUES ({})").format(names, values), row)


FOLLOWING: dict[str, LiteralString] = {
    "position": "SELECT count(*) + 1 FROM comitia.records",
    "process_index": "SELECT count(*) FROM comitia.records WHERE process_id = %(process_id)s",
    "stream_version": "SELECT count(*) + 1 FROM comitia.records WHERE stream_id = %(stream_id)s",
}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(1, "p-1", 1, "s/8", 1), (2, "p-1", 0, "s/9", 1)], "next index"),
        ([(1, "p-1", 0, "s/8", 2), (2, "p-1", 1, "s/8", 1)], "next version"),
        ([(1, "p-1", 0, "s/8", 1), (2, "p-1", 1, "s/8", 1)], "next version"),
        ([(1, "p-1", 0, "s/1", 1)], "next version"),
        ([(1, "p-1", 0, "s/8", 1), (2, "p-9", 0, "s/8", 2)], "own process"),
        ([(1, "p-1", 0, "s/8", 1), (3, "p-1", 1, "s/9", 1)], "next position"),
        ([(1, "p-1", 0, "s/8", 1), (2, "p-1", 1, "s/8", 2), (3, "p-1", 3, "s/8", 3)], "next index"),
        ([(2, "p-1", 1, "s/8", 2), (1, "p-1", 0, "s/8", 1)], None),
    ],
    ids=[
        "indexes",
        "versions",
        "twice the same",
        "one there is",
        "processes",
        "positions",
        "a gap at the end",
        "rows come in any order",
    ],
)
def test_records_inserted_together_follow_on_in_the_order_of_their_positions(
    hall: Hall, rows: list[tuple[int, str, int, str, int]], why: str | None
) -> None:
    insert = """
        INSERT INTO comitia.records (position, process_id, process_index, stream_id, stream_version, event_id, type,
            schema, recorded_at, actor, correlation_id, payload, salt)
        SELECT (SELECT max(position) FROM comitia.records) + given.position, given.process,
            (SELECT count(*) FROM comitia.records WHERE process_id = given.process) + given.index, given.stream,
            given.version, gen_random_uuid(), 'x.Y', 1, '9998-12-31T00:00:00.000000Z', '', '', '', ''
        FROM unnest(%s::int[], %s::text[], %s::int[], %s::text[], %s::int[])
            AS given (position, process, index, stream, version)
    """
    columns = [list(column) for column in zip(*rows, strict=True)]
    with hall.connect("service") as db, db.transaction(force_rollback=True):
        if why is None:
            db.execute(insert, columns)
        else:
            with pytest.raises(psycopg.errors.RestrictViolation, match=why), db.transaction():
                db.execute(insert, columns)


def test_two_sessions_that_do_not_take_the_lock_cannot_both_insert_a_position(hall: Hall) -> None:
    with hall.connect("service") as one, hall.connect("service") as other:
        one.execute("BEGIN")
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM comitia.records")
        _insert(one, recorded_at="9997-01-01T00:00:00.000000Z")
        one.execute("COMMIT")
        with pytest.raises(psycopg.errors.UniqueViolation):
            _insert(other, event_id=a_record("other").event_id)


def test_functions_of_a_service_do_not_get_in_the_way_of_those_that_guard(hall: Hall) -> None:
    """With a `min` and a `max` of one's own before PostgreSQL's on the path, a gap would look like the first position."""
    with hall.connect("service") as db, db.transaction(force_rollback=True):
        db.execute("CREATE FUNCTION views.one(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'")
        for name in ("min", "max"):
            made = quoting.SQL("CREATE AGGREGATE views.{} (bigint) (SFUNC = views.one, STYPE = bigint, INITCOND = '1')")
            db.execute(made.format(quoting.Identifier(name)))
        db.execute("SET search_path = views, pg_catalog")
        with pytest.raises(psycopg.errors.RestrictViolation, match="next position"):
            _insert(db, position=90, event_id=a_record("hijacked").event_id)


def test_services_make_read_models_which_readers_read(hall: Hall) -> None:
    with hall.connect("service") as service, hall.connect("reader") as reader, hall.connect("stranger") as stranger:
        service.execute("SET ROLE comitia_service")
        service.execute("CREATE TABLE views.turnout (box text PRIMARY KEY, voters bigint)")
        service.execute("INSERT INTO views.turnout VALUES ('budget', 3)")
        assert reader.execute("SELECT voters FROM views.turnout").fetchall() == [(3,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("UPDATE views.turnout SET voters = 4")
        for statement in ("SELECT FROM views.turnout", "SELECT FROM comitia.records"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stranger.execute(statement)
        service.execute("DROP TABLE views.turnout")
