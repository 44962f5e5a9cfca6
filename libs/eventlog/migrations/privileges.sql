-- Who may do what. Run by every `comitia migrate`: a database restored on another server finds its roles and grants again.
-- Services add to the log and read it; readers read; nobody changes, removes or empties.

REVOKE ALL ON SCHEMA comitia, views FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA comitia FROM PUBLIC, comitia_service, comitia_reader;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA comitia FROM PUBLIC, comitia_service, comitia_reader;

GRANT USAGE ON SCHEMA comitia TO comitia_service, comitia_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA comitia TO comitia_service, comitia_reader;
GRANT INSERT ON comitia.records TO comitia_service;
GRANT INSERT, UPDATE ON comitia.tracking, comitia.leases TO comitia_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA comitia TO comitia_service;
GRANT EXECUTE ON FUNCTION comitia.index_after(text, bigint) TO comitia_reader;

-- Read models: the services make and drop their own tables; readers read them.
GRANT USAGE, CREATE ON SCHEMA views TO comitia_service;
GRANT USAGE ON SCHEMA views TO comitia_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE comitia_service IN SCHEMA views GRANT SELECT ON TABLES TO comitia_reader;
