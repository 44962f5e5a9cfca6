#!/bin/sh
# Run once by the image of PostgreSQL, when it makes the database: the login that the services use. What it may do is given
# by `comitia migrate --grant comitia_app`.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --set=password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE comitia_app LOGIN PASSWORD :'password';
SQL
