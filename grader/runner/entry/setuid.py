"""A fork server that runs as root and forks each batch as an unused user, for machines without namespaces.

Owns the step from root to that user and who belongs to a batch: every process of that user. It runs no student code
itself and reads nothing that student code can write. Started by `grader.runner.entry.main`, on Linux and as root only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from pathlib import Path
from typing import NoReturn

from grader.runner.entry.prepare import prepare
from grader.runner.linux import landlock, seccomp, syscalls
from grader.runner.process_usage import Process, processes
from grader.runner.supervisor import Order, RunBatch, Supervisor


def main(order: Order) -> None:
    """Prepare, then run batches until the parent hangs up."""
    interpreter = prepare(order)

    def run_batch(batch: Order, channel: socket.socket) -> NoReturn:
        syscalls.adopt_orphans(False)  # inherited by the fork: a stray process must go up to the warm process
        syscalls.be_killed_first()  # while still root: the user may not write there
        submission, scratch = Path(batch["submission"]), Path(batch["scratch"])
        os.environ["TMPDIR"] = os.environ["HOME"] = str(scratch)
        readable = [*order["readable"], str(submission), f"/proc/{os.getpid()}"]
        writable = [*order["writable"], str(scratch)]
        interpreter.run_batch(
            channel,
            submission,
            scratch,
            batch,
            lambda: _lock(order["user"], readable, writable),
            [scratch],
        )

    syscalls.adopt_orphans(True)
    UserSupervisor(interpreter.connect(order["control"]), run_batch, order["user"]).obey()


def _lock(user: int, readable: list[str], writable: list[str]) -> None:
    """From root to `user`, for good.

    Groups go before the user, who may not drop them. Landlock and seccomp need `no_new_privileges`. Seccomp comes last,
    as the steps before it would have to pass it.
    """
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    syscalls.drop_capabilities()
    syscalls.no_new_privileges()
    landlock.restrict(readable, writable)
    seccomp.install(families=())  # no socket at all: there is no network namespace in which one would end


class UserSupervisor(Supervisor):
    """Ends batches that run as a user of their own: whatever runs as that user belongs to the batch."""

    def __init__(self, end: socket.socket, run_batch: RunBatch, user: int) -> None:
        super().__init__(end, run_batch)
        self._user = user

    def belongs(self, process: Process) -> bool:
        """The batch's first process, which begins as root, and every process of the user."""
        return process.pid == self.batch or _user_of(process.pid) == self._user

    def kill(self) -> None:
        """Kill the first process, then all of the user's.

        Only `kill(-1)` reaches them all at once, so that none can fork while others are killed. It kills what the
        caller may signal, so a helper becomes that user first.
        """
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.batch, signal.SIGKILL)
        while any(self._is_left(process) for process in processes()):
            helper = os.fork()
            if helper == 0:
                os.setresuid(self._user, self._user, self._user)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
                os._exit(0)
            os.waitpid(helper, 0)

    def _is_left(self, process: Process) -> bool:
        return _user_of(process.pid) == self._user and _state_of(process.pid) != "Z"


def _user_of(pid: int) -> int:
    """The real user of a process; -1 where it has ended. The owner of its folder in /proc changes with `prctl`."""
    return int(_status(pid, "Uid", "-1"))


def _state_of(pid: int) -> str:
    return _status(pid, "State", "Z")


def _status(pid: int, key: str, without: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return without
    return next((line.split()[1] for line in lines if line.startswith(f"{key}:")), without)
