"""`python -m tests.on_record` puts on record what is said now; the difference is to be read before it is committed."""

from __future__ import annotations

from tests.on_record.test_on_record import RECORDS

for record in RECORDS:
    record.write()
