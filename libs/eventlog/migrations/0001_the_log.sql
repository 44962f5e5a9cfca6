-- usable from: 1
-- The log: append-only and gapless below the code, whoever writes. DESIGN §2.

CREATE TABLE comitia.records (
    position bigint PRIMARY KEY,
    process_index bigint NOT NULL,
    stream_version bigint NOT NULL,
    schema integer NOT NULL,
    event_id uuid NOT NULL,
    process_id text COLLATE "C" NOT NULL,
    stream_id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    recorded_at text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    correlation_id text COLLATE "C" NOT NULL,
    causation_id text COLLATE "C",
    traceparent text COLLATE "C",
    payload bytea NOT NULL,
    salt bytea NOT NULL
);
CREATE UNIQUE INDEX records_by_process ON comitia.records (process_id, process_index);
CREATE INDEX records_by_type ON comitia.records (process_id, type, process_index);
-- By a number for each stream: half as large as by its name, and touched everywhere, so half as slow once it is large. Two names may
-- share a number, so each query asks for the name too, and what must be unique is seen to by `follow_on`.
CREATE INDEX records_by_stream ON comitia.records (hashtextextended(stream_id, 0), stream_version);
CREATE UNIQUE INDEX records_by_event ON comitia.records (event_id);

CREATE TABLE comitia.tracking (name text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);
CREATE TABLE comitia.leases (
    name text COLLATE "C" PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Functions that guard run with a search path of their own: nobody who may insert can put another `max` in their way.
CREATE FUNCTION comitia.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER records_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON comitia.records
    FOR EACH STATEMENT EXECUTE FUNCTION comitia.refuse();
CREATE TRIGGER migrations_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON comitia.migrations
    FOR EACH STATEMENT EXECUTE FUNCTION comitia.refuse();

-- What a statement adds must follow on, in order of position: by induction, and by the unique indexes, nothing is left out or doubled.
-- Two sessions that do not take the lock cannot both add a position: the second waits for the first, and is refused. So whoever
-- adds sees all that is before.
CREATE FUNCTION comitia.follow_on() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
    added bigint;
    lowest bigint;
    highest bigint;
    earliest text;
    latest text;
    wrong text;
BEGIN
    SELECT count(*), min(one.position), max(one.position), min(one.recorded_at), max(one.recorded_at)
        INTO added, lowest, highest, earliest, latest FROM new_records AS one;
    IF added = 0 THEN
        RETURN NULL;
    END IF;
    IF highest - lowest + 1 <> added OR lowest < 1
        OR (lowest > 1 AND (SELECT there.position FROM comitia.records AS there WHERE there.position = lowest - 1) IS NULL)
    THEN
        wrong := 'only the next position is free';
    ELSIF earliest <> latest OR latest !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$'
        OR latest < (SELECT there.recorded_at FROM comitia.records AS there WHERE there.position = lowest - 1)
    THEN
        wrong := 'what is appended together has one recorded_at, and it never runs backwards';
    ELSE
        SELECT CASE WHEN one.index_follows THEN 'only the next version of a stream is free, in the stream''s own process'
            ELSE 'only the next index of a process is free' END INTO wrong
        FROM (
            SELECT CASE
                WHEN placed.index_before IS NOT NULL THEN placed.process_index = placed.index_before + 1
                WHEN placed.process_index = 0 THEN true
                ELSE (SELECT there.position FROM comitia.records AS there WHERE there.process_id = placed.process_id
                    AND there.process_index = placed.process_index - 1) IS NOT NULL
            END AS index_follows, CASE
                WHEN placed.version_before IS NOT NULL
                    THEN placed.stream_version = placed.version_before + 1 AND placed.process_id = placed.process_before
                ELSE coalesce((SELECT there.stream_version = placed.stream_version - 1 AND there.process_id = placed.process_id
                    FROM comitia.records AS there WHERE there.stream_id = placed.stream_id
                        AND hashtextextended(there.stream_id, 0) = hashtextextended(placed.stream_id, 0) AND there.position < lowest
                    ORDER BY there.stream_version DESC LIMIT 1), placed.stream_version = 1)
            END AS version_follows
            FROM (
                SELECT added.process_id, added.process_index, added.stream_id, added.stream_version,
                    lag(added.process_index) OVER process AS index_before,
                    lag(added.stream_version) OVER stream AS version_before,
                    lag(added.process_id) OVER stream AS process_before
                FROM new_records AS added
                WINDOW process AS (PARTITION BY added.process_id ORDER BY added.position),
                    stream AS (PARTITION BY added.stream_id ORDER BY added.position)
            ) AS placed
        ) AS one WHERE NOT (one.index_follows AND one.version_follows) LIMIT 1;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the log is append-only: %', wrong USING ERRCODE = 'restrict_violation';
    END IF;
    -- Equal notifications of one transaction are sent once, at its commit.
    PERFORM pg_notify('comitia_log', '');
    RETURN NULL;
END $$;
CREATE TRIGGER records_follow_on AFTER INSERT ON comitia.records
    REFERENCING NEW TABLE AS new_records FOR EACH STATEMENT EXECUTE FUNCTION comitia.follow_on();

-- Also where a superuser has switched ordinary triggers off for the session.
ALTER TABLE comitia.records ENABLE ALWAYS TRIGGER records_are_never_changed;
ALTER TABLE comitia.records ENABLE ALWAYS TRIGGER records_follow_on;
ALTER TABLE comitia.migrations ENABLE ALWAYS TRIGGER migrations_are_never_changed;

-- One lock orders every append of the database; it goes with the transaction, however that ends.
CREATE FUNCTION comitia.lock() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7165631600001);
END $$;

-- What batches (numbered from 0) are decided on, read under the lock: the end of the log; the batches some of whose event ids
-- are in it; the places in `expected_streams` of those at another version, with that version; the batches whose cause another
-- follower has dealt with; the lengths of the processes.
CREATE FUNCTION comitia.place(batches integer[], event_ids uuid[], expected_streams text[], expected_versions bigint[],
    tracking_batches integer[], tracking_names text[], tracking_positions bigint[], processes text[], clock text,
    OUT head bigint, OUT recorded_at text, OUT known integer[], OUT conflicts integer[], OUT actual bigint[],
    OUT overtaken integer[], OUT lengths bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM comitia.lock();
    SELECT there.position, there.recorded_at INTO head, recorded_at
        FROM comitia.records AS there ORDER BY there.position DESC LIMIT 1;
    head := coalesce(head, 0);
    recorded_at := greatest(recorded_at, clock COLLATE "C");
    SELECT array_agg(DISTINCT given.batch) INTO known FROM unnest(batches, event_ids) AS given (batch, id)
        WHERE (SELECT there.position FROM comitia.records AS there WHERE there.event_id = given.id) IS NOT NULL;
    SELECT array_agg(found.place), array_agg(found.actual) INTO conflicts, actual FROM (
        SELECT given.place, given.expected, coalesce((SELECT there.stream_version FROM comitia.records AS there
            WHERE there.stream_id = given.stream AND hashtextextended(there.stream_id, 0) = hashtextextended(given.stream, 0)
            ORDER BY there.stream_version DESC LIMIT 1), 0) AS actual
        FROM unnest(expected_streams, expected_versions) WITH ORDINALITY AS given (stream, expected, place)
    ) AS found WHERE found.actual <> found.expected;
    IF cardinality(tracking_names) > 0 THEN
        SELECT array_agg(given.batch) INTO overtaken
            FROM unnest(tracking_batches, tracking_names, tracking_positions) AS given (batch, name, position)
            WHERE given.batch = ANY (batches) AND given.position <=
                (SELECT kept.position FROM comitia.tracking AS kept WHERE kept.name = given.name);
    END IF;
    SELECT array_agg(coalesce((SELECT there.process_index + 1 FROM comitia.records AS there
        WHERE there.process_id = given.name ORDER BY there.process_index DESC LIMIT 1), 0) ORDER BY given.place) INTO lengths
        FROM unnest(processes) WITH ORDINALITY AS given (name, place);
END $$;

-- Batches that have no stream, event id or tracked name in common, appended together and in order, unless one of them is known,
-- in conflict or overtaken: then nothing is. `process_places` are places in `processes`, `process_ranks` count from 0 in each.
CREATE FUNCTION comitia.append(
    batches integer[], process_places integer[], process_ranks bigint[], stream_ids text[], stream_versions bigint[],
    event_ids uuid[], types text[], schemas integer[], actors text[], correlation_ids text[], causation_ids text[],
    traceparents text[], payloads bytea[], salts bytea[], expected_streams text[], expected_versions bigint[],
    tracking_batches integer[], tracking_names text[], tracking_positions bigint[], processes text[], clock text,
    OUT head bigint, OUT recorded_at text, OUT known integer[], OUT conflicts integer[], OUT actual bigint[],
    OUT overtaken integer[], OUT lengths bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    SELECT * INTO head, recorded_at, known, conflicts, actual, overtaken, lengths
        FROM comitia.place(batches, event_ids, expected_streams, expected_versions, tracking_batches, tracking_names,
            tracking_positions, processes, clock);
    IF known IS NOT NULL OR conflicts IS NOT NULL OR overtaken IS NOT NULL THEN
        RETURN;
    END IF;
    INSERT INTO comitia.records (position, process_index, stream_version, schema, event_id, process_id, stream_id, type,
        recorded_at, actor, correlation_id, causation_id, traceparent, payload, salt)
    SELECT head + given.place, lengths[given.process] + given.rank, given.stream_version, given.schema, given.event_id,
        processes[given.process], given.stream_id, given.type, append.recorded_at, given.actor, given.correlation_id,
        given.causation_id, given.traceparent, given.payload, given.salt
    FROM unnest(process_places, process_ranks, stream_ids, stream_versions, event_ids, types, schemas, actors,
        correlation_ids, causation_ids, traceparents, payloads, salts) WITH ORDINALITY AS given (process, rank, stream_id,
        stream_version, event_id, type, schema, actor, correlation_id, causation_id, traceparent, payload, salt, place);
    IF cardinality(tracking_names) > 0 THEN
        INSERT INTO comitia.tracking AS kept (name, position)
            SELECT given.name, given.position FROM unnest(tracking_names, tracking_positions) AS given (name, position)
            ON CONFLICT (name) DO UPDATE SET position = greatest(kept.position, excluded.position);
    END IF;
END $$;

-- A tracked position never goes back: of two followers that did the same work, the one ahead is believed.
CREATE FUNCTION comitia.track(tracked text, reached bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comitia.tracking AS kept (name, position) VALUES (tracked, reached)
        ON CONFLICT (name) DO UPDATE SET position = greatest(kept.position, excluded.position);
END $$;

-- The first index of a process whose position is after `after`, by bisection: positions and indexes grow together.
CREATE FUNCTION comitia.index_after(process text, after bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := 0;
    high bigint;
    middle bigint;
BEGIN
    SELECT there.process_index + 1 INTO high FROM comitia.records AS there WHERE there.process_id = process
        ORDER BY there.process_index DESC LIMIT 1;
    WHILE low < high LOOP
        middle := (low + high) / 2;
        IF (SELECT there.position FROM comitia.records AS there
            WHERE there.process_id = process AND there.process_index = middle) > after THEN
            high := middle;
        ELSE
            low := middle + 1;
        END IF;
    END LOOP;
    RETURN low;
END $$;

-- Whether `wanted_by` has the lease now, and for how long: it was free, its own, or had run out, by this database's clock.
-- Not waited for on disk: a crash of the server ends leases early, and what is done under one is fenced.
CREATE FUNCTION comitia.lease(wanted text, wanted_by text, seconds double precision) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO comitia.leases AS kept (name, holder, until)
        VALUES (wanted, wanted_by, clock_timestamp() + make_interval(secs => seconds))
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE kept.holder = excluded.holder OR kept.until <= clock_timestamp();
    RETURN FOUND;
END $$;

CREATE FUNCTION comitia.release(wanted text, wanted_by text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE comitia.leases AS kept SET until = '-infinity' WHERE kept.name = wanted AND kept.holder = wanted_by;
END $$;

CREATE SCHEMA views;
