"""Judges tokens of one issuer, as a server would, at a time that a test sets."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from kernel.refusal import Refused
from runtime.caller import Caller
from runtime.jwks import Keys
from runtime.settings import Settings
from runtime.tokens import Tokens
from tests.runtime.issuing import Issuer

NOW = 1_800_000_000
LEEWAY = 30


class Judge:
    """Tokens of one issuer, at a time that a test sets."""

    def __init__(self, folder: Path, **given: Any) -> None:
        self.issuer = Issuer(folder)
        self.now: float = NOW
        self.keys = Keys(str(self.issuer.file))
        wanted = Settings.load(auth_leeway_seconds=LEEWAY, **given)
        self.tokens = Tokens(wanted, self.keys, lambda: self.now)

    def judged(self, token: str) -> Caller | Refused:
        """As a server would: by what it remembers, else anew."""
        return self.tokens.known(token) or asyncio.run(self.tokens.verify(token))

    def why(self, token: str) -> str:
        """The reason of a refusal, with what was wrong."""
        refused = self.judged(token)
        assert isinstance(refused, Refused), refused
        assert refused.kind.value == "unauthenticated"
        return f"{refused.reason} {refused.details.get('why', '')}".strip()

    def token(self, **claims: Any) -> str:
        """Good for a minute from now, unless told otherwise."""
        return self.issuer.token(**{"sub": "ana", "roles": ["member"], "iat": NOW, "exp": NOW + 60, **claims})
