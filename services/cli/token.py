"""`comitia token`: makes a key pair and issues tokens, to try out what a deployment's identity provider does later."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Annotated

import jwt
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cli.connect import Json
from cli.output import print_json, read_bytes, unwritable, wrong
from kernel.refusal import Kind, Refused
from runtime.caller import Caller, Role
from runtime.tokens import caller_of

app = typer.Typer(
    no_args_is_help=True, help="Keys and tokens for trying out; an identity provider issues them otherwise."
)

KEY, JWKS = "token.key", "jwks.json"
MAX_MINUTES = 60 * 24 * 366

Out = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help=f"Where {KEY} and {JWKS} are written; made if missing.")
]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help=f"The private key: {KEY} of `comitia token key`.")]
Subject = Annotated[
    str, typer.Option("--sub", metavar="NAME", help="Whose token it is: a pseudonym, the actor of commands.")
]
Roles = Annotated[list[Role], typer.Option("--role", help="What it lets its holder do; may be given more than once.")]
Processes = Annotated[list[str], typer.Option("--process", metavar="ID", help="Only this process; again for more.")]
Chambers = Annotated[list[str], typer.Option("--chamber", metavar="NAME", help="Only this chamber; again for more.")]
Member = Annotated[
    str | None, typer.Option("--member", metavar="ID", help="Acts for this member only; else for --sub.")
]
OnBehalf = Annotated[
    bool, typer.Option("--on-behalf", help="May name others as the actors of its commands, as a platform.")
]
Minutes = Annotated[int, typer.Option("--minutes", min=1, max=MAX_MINUTES, help="How long it is good for.")]
Audience = Annotated[
    str, typer.Option("--audience", envvar="COMITIA_AUTH_AUDIENCE", help="The `aud` that the servers expect.")
]
Issuer = Annotated[
    str | None, typer.Option("--issuer", envvar="COMITIA_AUTH_ISSUER", help="The `iss` that the servers expect.")
]


@app.command("key")
def key_(out: Out, as_json: Json = False) -> None:
    """Make an Ed25519 key pair: the private key for yourself, the JWKS for COMITIA_AUTH_JWKS. Overwrites nothing."""
    private = Ed25519PrivateKey.generate()
    public = json.dumps({"keys": [jwk(private.public_key())]}, indent=2) + "\n"
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for path, data, mode in ((out / KEY, secret, 0o600), (out / JWKS, public.encode(), 0o644)):
        try:
            out.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(data)
        except FileExistsError:
            say = "there is a key already, and tokens that it signed: choose another folder, or remove it first"
            wrong(Refused("key_exists", kind=Kind.EXISTS, say=say), file=path, as_json=as_json)
        except OSError as error:
            unwritable(path, error, as_json=as_json)
    if as_json:
        print_json({"key": str(out / KEY), "jwks": str(out / JWKS)})
    else:
        typer.echo(
            f"{out / KEY} signs tokens: keep it to yourself\n{out / JWKS} verifies them: name it in COMITIA_AUTH_JWKS"
        )


@app.command("issue")
def issue(
    key: Key,
    subject: Subject,
    roles: Roles,
    processes: Processes = [],  # noqa: B006  # typer reads it
    chambers: Chambers = [],  # noqa: B006
    member: Member = None,
    on_behalf: OnBehalf = False,
    minutes: Minutes = 60,
    audience: Audience = "comitia",
    issuer: Issuer = None,
    as_json: Json = False,
) -> None:
    """Print a token. Whoever has it may do what it says until it ends: give it to a command in COMITIA_TOKEN."""
    now = int(time.time())
    claims: dict[str, object] = {
        "sub": subject,
        "aud": audience,
        "iat": now,
        "exp": now + 60 * minutes,
        "roles": [role.value for role in dict.fromkeys(roles)],
    }
    claims |= {"processes": processes} if processes else {}
    claims |= {"chambers": chambers} if chambers else {}
    claims |= {"member": member} if member is not None else {}
    claims |= {"on_behalf": True} if on_behalf else {}
    claims |= {"iss": issuer} if issuer else {}
    holder = caller_of(claims, float(now + 60 * minutes))
    if not isinstance(holder, Caller):
        wrong(holder, as_json=as_json)
    private = _private(key, as_json)
    token = jwt.encode(claims, private, "EdDSA", headers={"kid": thumbprint(private.public_key())})
    if as_json:
        print_json({"token": token, "claims": claims})
    else:
        typer.echo(token)


def jwk(public: Ed25519PublicKey) -> dict[str, str]:
    """RFC 8037: the public key as JWK, named by its thumbprint."""
    bare = {"crv": "Ed25519", "kty": "OKP", "x": _base64(public.public_bytes_raw())}
    return {**bare, "kid": thumbprint(public), "use": "sig", "alg": "EdDSA"}


def thumbprint(public: Ed25519PublicKey) -> str:
    """RFC 7638: SHA-256 of the key's required members, in the order of their names."""
    required = {"crv": "Ed25519", "kty": "OKP", "x": _base64(public.public_bytes_raw())}
    return _base64(hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _private(path: Path, as_json: bool) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(read_bytes(path, as_json=as_json), None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        say = "the file holds no Ed25519 private key in PEM: make one with `comitia token key`"
        wrong(Refused("key_wrong", kind=Kind.INVALID, say=say), file=path, as_json=as_json)
    return found
