"""`python -m cli`: the `comitia` command where it is not installed under that name, as in its container image."""

from __future__ import annotations

from cli.main import app

if __name__ == "__main__":
    app(prog_name="comitia")
