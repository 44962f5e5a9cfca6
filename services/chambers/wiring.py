"""Puts the service together: its application, read model, reactions, timers and API, on the log and views it is given."""

from __future__ import annotations

from functools import partial

from chambers.api import ChambersServicer
from chambers.application import Chambers
from chambers.projections import MotionList
from chambers.queries import Queries
from chambers.reactions import REACTIONS, TIMERS
from chambers.subject import subject
from comitia.chambers.v1 import chambers_pb2_grpc
from runtime.service import Context, Service, Servicer


def wire(context: Context) -> Service:
    chambers, motions = Chambers(context.log, context.clock), MotionList()
    servicer = ChambersServicer(chambers, Queries(chambers, context.views, motions))
    return Service(
        name=Chambers.name,
        servicers=(
            Servicer(
                "comitia.chambers.v1.ChambersService",
                partial(chambers_pb2_grpc.add_ChambersServiceServicer_to_server, servicer),
            ),
        ),
        projections=(motions,),
        reactions={type_: partial(policy, chambers) for type_, policy in REACTIONS.items()},
        timers={name: partial(timer, chambers, context.views, motions) for name, timer in TIMERS.items()},
        states=chambers.state,
        subject=partial(subject, chambers),
    )
