-- Logins for a database of one's own, by an administrator, once:
--   psql -v database=comitia -v owner_password=… -v app_password=… -v reader_password=… -f roles.sql
-- then, as the owner, after each new version: comitia migrate --grant comitia_app
-- `comitia_service` and `comitia_reader`, which nobody logs in as, are what `comitia migrate` gives privileges to.

CREATE ROLE comitia_service NOLOGIN;
CREATE ROLE comitia_reader NOLOGIN;

-- Makes and upgrades the tables. It may do so without CREATEROLE because the two roles are there and given to it.
CREATE ROLE comitia_owner LOGIN PASSWORD :'owner_password' CONNECTION LIMIT 5;
GRANT comitia_service, comitia_reader TO comitia_owner WITH ADMIN OPTION;

-- Apis, workers and the relay.
CREATE ROLE comitia_app LOGIN PASSWORD :'app_password';

-- Whoever looks and changes nothing: reports, an auditor's own queries.
CREATE ROLE comitia_looker LOGIN PASSWORD :'reader_password' CONNECTION LIMIT 20 IN ROLE comitia_reader;
ALTER ROLE comitia_looker SET default_transaction_read_only = on;

CREATE DATABASE :"database" OWNER comitia_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO comitia_service, comitia_reader;
