"""Puts the service together: its application, read model, reactions and API, on the log and views it is given."""

from __future__ import annotations

from functools import partial

from comitia.proposals.v1 import proposals_pb2_grpc
from proposals.api import ProposalsServicer
from proposals.application import Proposals
from proposals.projections import ProposalList
from proposals.queries import Queries
from proposals.reactions import REACTIONS
from proposals.subject import subject
from runtime.service import Context, Service, Servicer


def wire(context: Context) -> Service:
    proposals, listing = Proposals(context.log), ProposalList()
    servicer = ProposalsServicer(proposals, Queries(proposals, context.views, listing))
    return Service(
        name=Proposals.name,
        servicers=(
            Servicer(
                "comitia.proposals.v1.ProposalsService",
                partial(proposals_pb2_grpc.add_ProposalsServiceServicer_to_server, servicer),
            ),
        ),
        projections=(listing,),
        reactions={type_: partial(policy, proposals) for type_, policy in REACTIONS.items()},
        states=proposals.state,
        subject=partial(subject, proposals),
    )
