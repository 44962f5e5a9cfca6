"""Puts the service together: its key, its files, its reactions and its API, on the log it is given."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import IO

from audit.api import AuditServicer
from audit.application import Audit
from audit.following import Following
from audit.keys import load_or_create
from audit.projections import Leaves
from audit.reactions import REACTIONS
from audit.restored import check_the_log
from audit.settings import AuditSettings
from audit.signed import SignedCheckpoints
from audit.states import ServiceStates
from comitia.audit.v1 import audit_pb2_grpc
from runtime.credentials import of_peers
from runtime.service import Context, Service, Servicer
from runtime.storage import announced
from transparency.checkpoints import process_origin
from transparency.notes import Signer

NAME = "audit"


def wire(context: Context) -> Service:
    settings = context.settings
    if not isinstance(settings, AuditSettings):
        raise TypeError(f"audit is wired with AuditSettings, found {type(settings).__name__}")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    signed = SignedCheckpoints(settings.data_dir / "checkpoints.db")
    private = load_or_create(settings.key_path, signed.keys())
    leaves = Leaves(settings.data_dir / "leaves.db", context.log)
    audit = Audit(
        context.log,
        leaves,
        signed,
        lambda process_id: Signer(process_origin(settings.deployment, process_id), private),
        context.states or ServiceStates(partial(_address, settings), of_peers(settings)),
        partial(_scratch, settings.data_dir),
    )
    servicer = AuditServicer(audit, Following(context.log, context.stopping))
    return Service(
        name=NAME,
        servicers=(
            Servicer(
                "comitia.audit.v1.AuditService", partial(audit_pb2_grpc.add_AuditServiceServicer_to_server, servicer)
            ),
        ),
        reactions={type_: partial(policy, audit) for type_, policy in REACTIONS.items()},
        before_start=partial(check_the_log, context.log, leaves, signed),
    )


def _address(settings: AuditSettings, service: str) -> str:
    """As set; else this server's own address, which an engine on any free port writes into its data folder."""
    own = announced(settings.data_dir) if settings.listen.endswith(":0") else settings.listen
    return settings.address_of(service) or own


def _scratch(folder: Path) -> IO[bytes]:
    """A file without a name, for a bundle in the making: it goes when it is closed, or with the process."""
    return tempfile.TemporaryFile(dir=folder)
