"""Puts the service together: its application, read model, reactions, timers and API, on the log and views it is given."""

from __future__ import annotations

from functools import partial

from ballots.api import BallotsServicer
from ballots.application import Ballots
from ballots.projections import BoxList
from ballots.queries import Queries
from ballots.reactions import REACTIONS, TIMERS
from ballots.state import state_at
from ballots.subject import Subjects
from comitia.ballots.v1 import ballots_pb2_grpc
from runtime.service import Context, Service, Servicer


def wire(context: Context) -> Service:
    ballots, listing = Ballots(context.log), BoxList()
    servicer = BallotsServicer(ballots, Queries(ballots, context.views, listing))
    return Service(
        name=Ballots.name,
        servicers=(
            Servicer(
                "comitia.ballots.v1.BallotsService",
                partial(ballots_pb2_grpc.add_BallotsServiceServicer_to_server, servicer),
            ),
        ),
        projections=(listing,),
        reactions={type_: partial(policy, ballots) for type_, policy in REACTIONS.items()},
        timers={name: partial(policy, ballots, context.views, listing) for name, policy in TIMERS.items()},
        states=partial(state_at, context.log),
        subject=Subjects(ballots),
    )
