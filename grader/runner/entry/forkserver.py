"""A warm process without a wall, for one's own code: imports once, forks per turn.

Owns nothing but the order of steps; see `grader.runner.supervisor`. Started by `grader.runner.entry.main` where a
process may be forked after its imports; elsewhere `grader.runner.entry.plain_process` is started for every turn.
"""

from __future__ import annotations

import gc
import os
import socket
from pathlib import Path
from typing import NoReturn

from grader.runner import socket_messages
from grader.runner.call import Observers
from grader.runner.preload import address_bytes, enter, preload, set_limits
from grader.runner.pristine import Baseline
from grader.runner.serve import serve
from grader.runner.supervisor import Order, Supervisor


def main(order: Order) -> None:
    """Prepare, introduce itself, keep turns until the parent hangs up."""
    preload()
    probes = Path(order["probes"])
    observers = Observers(probes)
    baseline = Baseline(observers.modules())

    def run_batch(order: Order, channel: socket.socket) -> NoReturn:
        submission, scratch = Path(order["submission"]), Path(order["scratch"])
        enter(submission, scratch, probes)
        set_limits({**order, "address_bytes": order["address_bytes"] + address_bytes()})
        serve(channel, submission, observers, baseline.begin(submission, [submission, scratch]))

    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=order["control"])
    os.set_inheritable(control.fileno(), False)
    socket_messages.send(control, {"names": list(observers.names()), "broken": dict(observers.broken)})
    try:
        Supervisor(control, run_batch).obey()
    except EOFError:
        os._exit(0)
