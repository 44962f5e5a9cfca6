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
    actor text NOT NULL,
    correlation_id text NOT NULL,
    causation_id text,
    traceparent text,
    payload bytea NOT NULL,
    salt bytea NOT NULL
);
CREATE UNIQUE INDEX records_by_process ON comitia.records (process_id, process_index);
CREATE INDEX records_by_type ON comitia.records (process_id, type, process_index);
CREATE UNIQUE INDEX records_by_stream ON comitia.records (stream_id, stream_version);
CREATE UNIQUE INDEX records_by_event ON comitia.records (event_id);

CREATE TABLE comitia.tracking (name text PRIMARY KEY, position bigint NOT NULL);
CREATE TABLE comitia.leases (name text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL);

CREATE FUNCTION comitia.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER records_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON comitia.records
    FOR EACH STATEMENT EXECUTE FUNCTION comitia.refuse();

CREATE FUNCTION comitia.follow_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
    lowest bigint;
    highest bigint;
BEGIN
    SELECT count(*), min(position), max(position) INTO added, lowest, highest FROM new_records;
    IF added = 0 THEN
        RETURN NULL;
    END IF;
    IF highest - lowest + 1 <> added OR lowest < 1
        OR (lowest > 1 AND NOT EXISTS (SELECT FROM comitia.records WHERE position = lowest - 1)) THEN
        RAISE EXCEPTION 'the log is append-only: only the next position is free' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT process_id, count(*) AS added, min(process_index) AS lowest, max(process_index) AS highest
            FROM new_records GROUP BY process_id
        ) AS added_to
        WHERE added_to.highest - added_to.lowest + 1 <> added_to.added OR added_to.lowest < 0 OR (added_to.lowest > 0 AND NOT EXISTS (
            SELECT FROM comitia.records AS earlier
            WHERE earlier.process_id = added_to.process_id AND earlier.process_index = added_to.lowest - 1))
    ) THEN
        RAISE EXCEPTION 'the log is append-only: only the next index of a process is free'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT stream_id, count(*) AS added, min(stream_version) AS lowest, max(stream_version) AS highest
            FROM new_records GROUP BY stream_id
        ) AS added_to
        WHERE added_to.highest - added_to.lowest + 1 <> added_to.added OR added_to.lowest < 1 OR (added_to.lowest > 1 AND NOT EXISTS (
            SELECT FROM comitia.records AS earlier
            WHERE earlier.stream_id = added_to.stream_id AND earlier.stream_version = added_to.lowest - 1))
    ) THEN
        RAISE EXCEPTION 'the log is append-only: only the next version of a stream is free'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER records_follow_on AFTER INSERT ON comitia.records
    REFERENCING NEW TABLE AS new_records FOR EACH STATEMENT EXECUTE FUNCTION comitia.follow_on();

-- One lock orders every append of the database; it goes with the transaction, however that ends.
CREATE FUNCTION comitia.lock() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(7165631600001) $$;

-- What a batch is decided on, read under the lock: the end of the log, then each stream's version and process's length.
CREATE FUNCTION comitia.prepare(event_ids uuid[], streams text[], processes text[],
    OUT head bigint, OUT latest text, OUT known bigint, OUT versions bigint[], OUT lengths bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM comitia.lock();
    SELECT r.position, r.recorded_at INTO head, latest FROM comitia.records AS r ORDER BY r.position DESC LIMIT 1;
    head := coalesce(head, 0);
    latest := coalesce(latest, '');
    SELECT count(*) INTO known FROM unnest(event_ids) AS given (id)
        WHERE EXISTS (SELECT FROM comitia.records AS r WHERE r.event_id = given.id);
    SELECT array_agg(coalesce((SELECT r.stream_version FROM comitia.records AS r WHERE r.stream_id = given.name
        ORDER BY r.stream_version DESC LIMIT 1), 0) ORDER BY given.place) INTO versions
        FROM unnest(streams) WITH ORDINALITY AS given (name, place);
    SELECT array_agg(coalesce((SELECT r.process_index + 1 FROM comitia.records AS r WHERE r.process_id = given.name
        ORDER BY r.process_index DESC LIMIT 1), 0) ORDER BY given.place) INTO lengths
        FROM unnest(processes) WITH ORDINALITY AS given (name, place);
END $$;

-- Several batches in one transaction, which touch no stream and no event id in common: each is appended whole, or told why not.
-- A row a record of a batch that was appended; a row for a batch that was not: `known`, the stream in `conflict`, or the name
-- under which another follower has tracked the position already: `overtaken`.
CREATE FUNCTION comitia.append(
    batches integer[], process_ids text[], stream_ids text[], stream_versions bigint[], event_ids uuid[], types text[],
    schemas integer[], actors text[], correlation_ids text[], causation_ids text[], traceparents text[], payloads bytea[],
    salts bytea[], expected_batches integer[], expected_streams text[], expected_versions bigint[],
    tracking_batches integer[], tracking_names text[], tracking_positions bigint[], clock text)
RETURNS TABLE (batch integer, place bigint, "position" bigint, process_index bigint, recorded_at text,
    verdict text, stream text, expected bigint, actual bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    head bigint;
    latest text;
    refused integer[];
BEGIN
    PERFORM comitia.lock();
    SELECT r.position, r.recorded_at INTO head, latest FROM comitia.records AS r ORDER BY r.position DESC LIMIT 1;
    head := coalesce(head, 0);
    latest := greatest(clock, coalesce(latest, ''));

    SELECT array_agg(DISTINCT given.batch) INTO refused FROM unnest(batches, event_ids) AS given (batch, id)
        WHERE EXISTS (SELECT FROM comitia.records AS r WHERE r.event_id = given.id);
    refused := coalesce(refused, '{}');
    RETURN QUERY SELECT known, 0::bigint, 0::bigint, 0::bigint, '', 'known', '', 0::bigint, 0::bigint FROM unnest(refused) AS known;

    RETURN QUERY SELECT DISTINCT ON (found.batch)
        found.batch, 0::bigint, 0::bigint, 0::bigint, '', 'conflict', found.stream, found.expected, found.actual
        FROM (
            SELECT given.batch, given.stream, given.expected, given.place,
                coalesce((SELECT r.stream_version FROM comitia.records AS r WHERE r.stream_id = given.stream
                    ORDER BY r.stream_version DESC LIMIT 1), 0) AS actual
            FROM unnest(expected_batches, expected_streams, expected_versions) WITH ORDINALITY
                AS given (batch, stream, expected, place)
            WHERE given.batch <> ALL (refused)
        ) AS found
        WHERE found.actual <> found.expected ORDER BY found.batch, found.place;
    SELECT refused || coalesce(array_agg(DISTINCT found.batch), '{}') INTO refused
        FROM unnest(expected_batches, expected_streams, expected_versions) AS found (batch, stream, expected)
        WHERE found.batch <> ALL (refused) AND found.expected <> coalesce((SELECT r.stream_version
            FROM comitia.records AS r WHERE r.stream_id = found.stream ORDER BY r.stream_version DESC LIMIT 1), 0);

    RETURN QUERY SELECT DISTINCT ON (given.batch)
        given.batch, 0::bigint, 0::bigint, 0::bigint, '', 'overtaken', given.name, given.position, kept.position
        FROM unnest(tracking_batches, tracking_names, tracking_positions) AS given (batch, name, position)
        JOIN comitia.tracking AS kept ON kept.name = given.name AND kept.position >= given.position
        WHERE given.batch = ANY (batches) AND given.batch <> ALL (refused);
    SELECT refused || coalesce(array_agg(DISTINCT given.batch), '{}') INTO refused
        FROM unnest(tracking_batches, tracking_names, tracking_positions) AS given (batch, name, position)
        JOIN comitia.tracking AS kept ON kept.name = given.name AND kept.position >= given.position
        WHERE given.batch = ANY (batches) AND given.batch <> ALL (refused);

    RETURN QUERY WITH wanted AS MATERIALIZED (
        SELECT given.*, row_number() OVER (ORDER BY given.place) AS rank,
            row_number() OVER (PARTITION BY given.process_id ORDER BY given.place) AS process_rank
        FROM unnest(batches, process_ids, stream_ids, stream_versions, event_ids, types, schemas, actors, correlation_ids,
            causation_ids, traceparents, payloads, salts) WITH ORDINALITY AS given (batch, process_id, stream_id,
            stream_version, event_id, type, schema, actor, correlation_id, causation_id, traceparent, payload, salt, place)
        WHERE given.batch <> ALL (refused)
    ), lengths AS MATERIALIZED (
        SELECT named.process_id, coalesce((SELECT r.process_index + 1 FROM comitia.records AS r
            WHERE r.process_id = named.process_id ORDER BY r.process_index DESC LIMIT 1), 0) AS length
        FROM (SELECT DISTINCT wanted.process_id FROM wanted) AS named
    ), placed AS MATERIALIZED (
        SELECT wanted.*, head + wanted.rank AS position, lengths.length + wanted.process_rank - 1 AS process_index
        FROM wanted JOIN lengths USING (process_id)
    ), inserted AS (
        INSERT INTO comitia.records (position, process_index, stream_version, schema, event_id, process_id, stream_id, type,
            recorded_at, actor, correlation_id, causation_id, traceparent, payload, salt)
        SELECT placed.position, placed.process_index, placed.stream_version, placed.schema, placed.event_id, placed.process_id,
            placed.stream_id, placed.type, latest, placed.actor, placed.correlation_id, placed.causation_id,
            placed.traceparent, placed.payload, placed.salt
        FROM placed ORDER BY placed.position
        RETURNING 1
    )
    SELECT placed.batch, placed.place, placed.position, placed.process_index, latest, 'appended', '', 0::bigint, 0::bigint
    FROM placed ORDER BY placed.position;

    INSERT INTO comitia.tracking AS kept (name, position)
        SELECT given.name, max(given.position)
        FROM unnest(tracking_batches, tracking_names, tracking_positions) AS given (batch, name, position)
        WHERE given.batch <> ALL (refused) GROUP BY given.name
        ON CONFLICT (name) DO UPDATE SET position = greatest(kept.position, excluded.position);
    PERFORM comitia.tell();
END $$;

-- One notification a transaction, however many appends are in it: PostgreSQL sends equal ones once.
CREATE FUNCTION comitia.tell() RETURNS void LANGUAGE sql AS $$ SELECT pg_notify('comitia_log', '') $$;

-- A tracked position never goes back: of two followers that did the same work, the one ahead is believed.
CREATE FUNCTION comitia.track(name text, "position" bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO comitia.tracking AS kept VALUES (name, "position")
    ON CONFLICT (name) DO UPDATE SET position = greatest(kept.position, excluded.position)
$$;

-- Whether `holder` has the lease now: it was free, its own, or had run out, by this database's clock.
CREATE FUNCTION comitia.lease(name text, holder text, seconds double precision) RETURNS boolean LANGUAGE sql AS $$
    WITH held AS (
        INSERT INTO comitia.leases AS kept VALUES (name, holder, clock_timestamp() + make_interval(secs => seconds))
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE kept.holder = excluded.holder OR kept.until < clock_timestamp()
        RETURNING 1
    ) SELECT EXISTS (SELECT FROM held)
$$;

-- Who may do what. Group roles without login, shared by every database of the server; nobody may change or delete a record.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['comitia_service', 'comitia_reader'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this server has made it
        END;
    END LOOP;
END $$;
CREATE SCHEMA views;
REVOKE ALL ON SCHEMA comitia, views FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA comitia FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA comitia FROM PUBLIC;
GRANT USAGE ON SCHEMA comitia TO comitia_service, comitia_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA comitia TO comitia_service, comitia_reader;
GRANT INSERT ON comitia.records TO comitia_service;
GRANT INSERT, UPDATE ON comitia.tracking, comitia.leases TO comitia_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA comitia TO comitia_service;
GRANT USAGE, CREATE ON SCHEMA views TO comitia_service;
GRANT USAGE ON SCHEMA views TO comitia_reader;
