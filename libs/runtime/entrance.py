"""Where a server listens and whom it lets in, checked before anything is opened."""

from __future__ import annotations

from runtime.encryption import certificates
from runtime.jwks import Keys
from runtime.limits import Limits
from runtime.listening import listening_address
from runtime.settings import Settings
from runtime.tokens import Tokens, Verifier


class Entrance:
    """The address, the certificates, the tokens and the limits of the settings."""

    def __init__(self, settings: Settings, *, insecure: bool = False, tokens: Verifier | None = None) -> None:
        """`tokens` instead of those of the settings.

        Raises `CannotStart` for an address, a certificate or keys that cannot be used, or must not be.
        """
        self.settings = settings
        self.certificates = certificates(settings)
        self.tokens = tokens
        if tokens is None and settings.auth_jwks is not None:
            self.tokens = Tokens(settings, Keys(settings.auth_jwks))
        protected = self.certificates is not None and self.tokens is not None
        self.address = listening_address(settings.listen, protected=protected, insecure=insecure)
        self.limits = Limits(settings.caller_calls, settings.caller_rate)
