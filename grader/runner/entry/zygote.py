"""The fork server inside bubblewrap: it imports the libraries once and forks for every submission.

Owns the last steps of a batch's process before student code. It runs no student code and reads nothing that student
code can write, so no submission can change it. Started by `grader.runner.entry.main`, on Linux only.
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import NoReturn

from grader.runner import socket_messages
from grader.runner.entry.namespace_init import SCRATCH, SUBMISSION, WRITABLE, run_submission
from grader.runner.entry.prepare import prepare
from grader.runner.linux import landlock, seccomp, syscalls
from grader.runner.supervisor import Order


def main(order: Order) -> None:
    """Prepare, then fork for every message that brings a socket, until the parent hangs up."""
    interpreter = prepare(order)

    def lock() -> None:
        """Give up what only an administrator of the namespaces may do, then close the kernel's doors.

        Landlock and seccomp need `no_new_privileges`. Seccomp comes last, as the steps before it would have to pass it.
        """
        syscalls.drop_capabilities()
        syscalls.no_new_privileges()
        landlock.restrict(order["readable"], order["writable"], order["devices"])
        seccomp.install(shared_maps=order["gpu"])

    def run_batch(batch: Order, channel: socket.socket) -> NoReturn:
        syscalls.open_to_peers(True)  # its own /proc/self would belong to root otherwise
        with contextlib.suppress(OSError):
            syscalls.be_killed_first()
        interpreter.run_batch(channel, SUBMISSION, SCRATCH, batch, lock, WRITABLE)

    syscalls.gather_pages()  # after the imports and before the first fork, which then copies less
    control = interpreter.connect(order["control"])
    while True:
        try:
            _message, descriptors = socket_messages.receive(control)
        except EOFError:
            return
        if os.fork() == 0:
            control.close()
            run_submission(socket.socket(fileno=descriptors[0]), run_batch)
        os.close(descriptors[0])
        _reap()


def _reap() -> None:
    """Collect the submissions that ended, so that they do not stay as zombies."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
