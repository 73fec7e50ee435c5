"""A warm process that forks turns as another user, where no namespaces may be made: imports once, as root.

Owns the steps of a turn from root to an unused user, the locks that need no privilege, and who belongs to the turn:
every process of that user. It runs no student code itself and reads nothing that student code can write. Started by
`grader.runner.entry.main`, on Linux and as root only.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
from pathlib import Path
from typing import NoReturn

from grader.runner import socket_messages
from grader.runner.call import Observers
from grader.runner.linux import landlock, seccomp, syscalls
from grader.runner.preload import address_bytes, enter, preload, set_limits
from grader.runner.pristine import Baseline
from grader.runner.process_usage import Process, processes
from grader.runner.serve import serve
from grader.runner.supervisor import Order, RunBatch, Supervisor

_ADOPT_ORPHANS = 36


def main(order: Order) -> None:
    """Prepare, introduce itself, keep turns until the parent hangs up."""
    preload()
    probes = Path(order["probes"])
    observers = Observers(probes)
    baseline = Baseline(observers.modules())

    def run_batch(batch: Order, channel: socket.socket) -> NoReturn:
        syscalls.prctl(_ADOPT_ORPHANS, 0)
        Path("/proc/self/oom_score_adj").write_text("1000")
        submission, scratch = Path(batch["submission"]), Path(batch["scratch"])
        os.environ["TMPDIR"] = os.environ["HOME"] = str(scratch)
        enter(submission, scratch, probes)
        set_limits({**batch, "address_bytes": batch["address_bytes"] + address_bytes()})
        os.setgroups([])
        os.setresgid(order["user"], order["user"], order["user"])
        os.setresuid(order["user"], order["user"], order["user"])
        syscalls.drop_capabilities()
        syscalls.no_new_privileges()
        readable = [*order["readable"], str(submission), f"/proc/{os.getpid()}"]
        landlock.restrict(readable, [*order["writable"], str(scratch)])
        seccomp.install(families=())
        serve(channel, submission, observers, baseline.begin(submission, [scratch]))

    gc.collect()
    gc.freeze()
    syscalls.prctl(_ADOPT_ORPHANS, 1)
    control = socket.socket(fileno=order["control"])
    os.set_inheritable(control.fileno(), False)
    socket_messages.send(control, {"names": list(observers.names()), "broken": dict(observers.broken)})
    try:
        UserSupervisor(control, run_batch, order["user"]).obey()
    except EOFError:
        os._exit(0)


class UserSupervisor(Supervisor):
    """The keeper of a user: whatever runs as that user belongs to the turn, wherever it went."""

    def __init__(self, end: socket.socket, run_batch: RunBatch, user: int) -> None:
        super().__init__(end, run_batch)
        self._user = user

    def belongs(self, process: Process) -> bool:
        """The turn's first process, which begins as root, and all of the user's."""
        return process.pid == self.batch or _user_of(process.pid) == self._user

    def kill(self) -> None:
        """The first process, then all of the user's at once, so that none can fork away from the one that is killed."""
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
    """The real user of a process; -1 where it has ended. Its folder's owner would not do: a process can change that."""
    return int(_status(pid, "Uid", "-1"))


def _state_of(pid: int) -> str:
    return _status(pid, "State", "Z")


def _status(pid: int, key: str, without: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return without
    return next((line.split()[1] for line in lines if line.startswith(f"{key}:")), without)
