"""The warm process: imports everything once and forks one warden per submission.

Owns the imports and the last steps of a turn's process before student code. It runs no student code, reads
nothing that student code can write, and is changed by no fork: what a submission does ends with its fork.
Started by `grader.runner.entry.main`, on Linux only.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from pathlib import Path
from typing import NoReturn

from grader.runner import socket_messages
from grader.runner.call import Observers
from grader.runner.entry.namespace_init import FRESH, SCRATCH, SUBMISSION, guard
from grader.runner.linux import landlock, seccomp, syscalls
from grader.runner.preload import address_bytes, enter, preload, set_limits
from grader.runner.pristine import Baseline
from grader.runner.serve import serve
from grader.runner.supervisor import Order


def main(order: Order) -> None:
    """Prepare, introduce itself, fork for every message that brings a socket, end when the parent hangs up."""
    preload()
    observers = Observers(Path(order["probes"]))
    batch = _BatchProcess(observers, order)
    gc.collect()
    gc.freeze()
    syscalls.gather_pages()
    control = socket.socket(fileno=order["control"])
    os.set_inheritable(control.fileno(), False)
    socket_messages.send(control, {"names": list(observers.names()), "broken": dict(observers.broken)})
    while True:
        try:
            _message, descriptors = socket_messages.receive(control)
        except EOFError:
            return
        if os.fork() == 0:
            control.close()
            guard(socket.socket(fileno=descriptors[0]), batch)
        os.close(descriptors[0])
        _reap()


class _BatchProcess:
    """What the process of one turn does between its fork and the student's first line."""

    def __init__(self, observers: Observers, order: Order) -> None:
        self._observers = observers
        self._baseline = Baseline(observers.modules())
        self._probes = Path(order["probes"])
        self._readable: list[str] = order["readable"]
        self._writable: list[str] = order["writable"]

    def __call__(self, order: Order, channel: socket.socket) -> NoReturn:
        syscalls.open_to_peers(True)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        enter(SUBMISSION, SCRATCH, self._probes)
        address = order["address_bytes"]
        set_limits({**order, "address_bytes": address and address + address_bytes()})
        syscalls.drop_capabilities()
        syscalls.no_new_privileges()
        landlock.restrict(self._readable, self._writable)
        seccomp.install()
        gc.enable()
        serve(channel, SUBMISSION, self._observers, self._baseline.begin(SUBMISSION, FRESH))


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
