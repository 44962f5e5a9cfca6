"""The `comitia` command: a client like any other, and the embedded server for a town hall that needs no more."""
