"""Puts the service together: its application, read model, timers and API, on the log and views it is given."""

from __future__ import annotations

from functools import partial

from comitia.processes.v1 import processes_pb2_grpc
from processes.api import ProcessesServicer
from processes.application import Processes
from processes.projections import ProcessList
from processes.queries import Queries
from processes.reactions import TIMERS
from runtime.service import Context, Service, Servicer


def wire(context: Context) -> Service:
    processes, listing = Processes(context.log), ProcessList()
    servicer = ProcessesServicer(processes, Queries(processes, context.views, listing), context.clock)
    return Service(
        name=Processes.name,
        servicers=(
            Servicer(
                "comitia.processes.v1.ProcessesService",
                partial(processes_pb2_grpc.add_ProcessesServiceServicer_to_server, servicer),
            ),
        ),
        projections=(listing,),
        timers={name: partial(timer, processes, listing, context.views) for name, timer in TIMERS.items()},
        states=processes.state,
    )
