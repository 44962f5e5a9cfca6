"""The `comitia` command: a client like any other, and the embedded server for a town hall that needs no more."""

import os

os.environ.setdefault("GRPC_VERBOSITY", "NONE")
"""gRPC's C core reads this when it is loaded; what it would write on standard error is told in our own words."""
