"""An issuer of tokens of a test's own: its keys, the JWKS that it publishes, and tokens that say what a test wants."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from runtime.entrance import Entrance
from runtime.settings import Settings

Private = Ed25519PrivateKey | RSAPrivateKey


def rsa(bits: int = 2048) -> RSAPrivateKey:
    """An RSA key; 2048 bits take a good part of a second."""
    return generate_private_key(65_537, bits)


def jwk(key: Private, kid: str, **more: Any) -> dict[str, Any]:
    """The public key as it is published; `more` overrules."""
    algorithm: Any = OKPAlgorithm if isinstance(key, Ed25519PrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, **more}


class Issuer:
    """Signs with the key `first`; publishes it in `file`, with those that are added."""

    def __init__(self, folder: Path, key: Private | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.file = folder / "jwks.json"
        self.keys: dict[str, Private] = {"first": key or Ed25519PrivateKey.generate()}
        self.publish()

    def publish(self, *others: dict[str, Any]) -> None:
        """Write the keys anew, at once, with other documents among them."""
        listed = [*(jwk(key, kid) for kid, key in self.keys.items()), *others]
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps({"keys": listed}))
        draft.replace(self.file)

    def token(self, sub: str = "ana", *roles: str, kid: str = "first", **claims: Any) -> str:
        """For five minutes; a claim given as `...` is left out."""
        now = int(time.time())
        said = {"sub": sub, "roles": list(roles), "aud": "comitia", "exp": now + 300, "iat": now, **claims}
        return self.sign({name: value for name, value in said.items() if value is not ...}, kid=kid)

    def sign(self, claims: dict[str, Any], *, kid: str = "first", **header: Any) -> str:
        """A token that says just this."""
        key = self.keys[kid]
        algorithm = "EdDSA" if isinstance(key, Ed25519PrivateKey) else "RS256"
        return jwt.encode(claims, key, algorithm, headers={"kid": kid, **header})

    def entrance(self, **settings: Any) -> Entrance:
        """On loopback, at any free port, for who has a token of this issuer."""
        given = {"listen": "127.0.0.1:0", "drain_seconds": 2.0, "auth_jwks": str(self.file), **settings}
        return Entrance(Settings.load(**given))


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    """The metadata of a call that carries a token."""
    return (("authorization", f"Bearer {token}"),)
