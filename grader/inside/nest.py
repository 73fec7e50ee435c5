"""A warm process without a wall, for one's own code: imports once, forks per turn.

Owns nothing but the order of steps; see `grader.inside.keeper`. Started by `grader.inside.entry` where a
process may be forked after its imports; elsewhere `grader.inside.alone` is started for every turn.
"""

from __future__ import annotations

import gc
import os
import socket
from pathlib import Path
from typing import NoReturn

from grader.inside import messages
from grader.inside.calls import Observers
from grader.inside.ground import Ground
from grader.inside.keeper import Keeper, Order
from grader.inside.serve import serve
from grader.inside.settle import address_bytes, enter, limit, settle


def main(order: Order) -> None:
    """Prepare, introduce itself, keep turns until the parent hangs up."""
    settle()
    probes = Path(order["probes"])
    observers = Observers(probes)
    ground = Ground(observers.modules())

    def run_turn(order: Order, channel: socket.socket) -> NoReturn:
        submission, scratch = Path(order["submission"]), Path(order["scratch"])
        enter(submission, scratch, probes)
        limit({**order, "address_bytes": order["address_bytes"] + address_bytes()})
        serve(channel, submission, observers, ground.begin(submission, [submission, scratch]))

    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=order["control"])
    os.set_inheritable(control.fileno(), False)
    messages.send(control, {"names": list(observers.names()), "broken": dict(observers.broken)})
    try:
        Keeper(control, run_turn).obey()
    except EOFError:
        os._exit(0)
