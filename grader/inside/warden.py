"""The first process of one submission's namespaces: it starts its turns and ends them.

Owns the submission's file system (its files read-only, fresh scratch folders for every turn), what a turn
has used, and its end: as the first process of a PID namespace it outlives whatever student code starts,
cannot be signalled from inside, and takes everything with it. It never reads what student code writes.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from grader.inside import kernel, messages
from grader.inside.layout import lay_out
from grader.inside.tree import memory_bytes, usage
from grader.wire import Value

SUBMISSION, SCRATCH = Path("/submission"), Path("/scratch")
_FRESH = ("/scratch", "/tmp", "/dev/shm")  # noqa: S108 — mount points of our own inside
_NAMESPACES = kernel.NEW_PIDS | kernel.NEW_MOUNTS | kernel.NEW_IPC | kernel.NEW_HOSTNAME
_OWN_PROCESSES = 2
"""The warden and the process that made its namespaces count as the submission's, too."""

Turn = Callable[[Mapping[str, Any], socket.socket], None]


def guard(end: socket.socket, run_turn: Turn) -> NoReturn:
    """Make the namespaces of one submission, then obey `end` until it closes. Called in a fresh fork.

    Args:
        end: the parent's orders.
        run_turn: called in a fork of its own with a turn's order and its channel; must not return.
    """
    kernel.die_with_parent()
    kernel.enter_namespaces(_NAMESPACES)
    warden = os.fork()
    if warden:
        end.close()
        os.waitpid(warden, 0)
        os._exit(0)
    kernel.die_with_parent()
    kernel.open_to_peers(False)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        _Warden(end, run_turn).obey()
    except EOFError:  # the parent is done with this submission
        os._exit(0)


class _Warden:
    def __init__(self, end: socket.socket, run_turn: Turn) -> None:
        self._end = end
        self._run_turn = run_turn
        self._files: dict[str, bytes] = {}
        self._turn: int | None = None
        self._status: int | None = None
        self._cpu_before = 0.0
        kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
        kernel.mount("proc", "/proc", "proc", kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC)
        self._own_bytes = memory_bytes(os.getpid())
        self._mounted = False
        self._folder_bytes = 0

    def obey(self) -> NoReturn:
        while True:
            order, descriptors = messages.receive(self._end)
            assert isinstance(order, dict)
            match order["do"]:
                case "files":
                    self._take_files(order["files"], int(order["folder_bytes"]))  # type: ignore[arg-type]
                case "turn":
                    self._start(order, descriptors)
                case "usage":
                    messages.send(self._end, self._usage())
                case "end":
                    messages.send(self._end, self._finish(float(order["grace_seconds"])))  # type: ignore[arg-type]

    def _take_files(self, files: dict[str, Any], folder_bytes: int) -> None:
        self._folder_bytes = folder_bytes
        self._files = {path: tensor.data for path, tensor in files.items()}
        _fresh_folder(str(SUBMISSION), folder_bytes)
        lay_out(SUBMISSION, self._files)
        flags = kernel.REMOUNT | kernel.READ_ONLY | kernel.NO_SUID | kernel.NO_DEVICES
        kernel.mount("none", str(SUBMISSION), flags=flags)

    def _start(self, order: Mapping[str, Any], descriptors: list[int]) -> None:
        channel, stdout, stderr = descriptors
        self._fresh_folders()
        self._status = None
        self._cpu_before = self._reaped_cpu()
        self._turn = os.fork()
        if self._turn == 0:
            self._end.close()
            os.setsid()
            os.dup2(stdout, 1)
            os.dup2(stderr, 2)
            with socket.socket(fileno=channel) as kept:
                os.closerange(3, kept.fileno())
                os.closerange(kept.fileno() + 1, 1024)
                self._run_turn({**order, "processes": order["processes"] + _OWN_PROCESSES}, kept)
            os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)

    def _fresh_folders(self) -> None:
        """Nothing that an earlier turn left: files, shared memory, message queues."""
        kernel.unshare(kernel.NEW_IPC)
        for folder in _FRESH:
            if self._mounted:
                kernel.unmount(folder)
            _fresh_folder(folder, self._folder_bytes)
        self._mounted = True
        lay_out(SCRATCH, self._files)

    def _usage(self) -> Value:
        self._reap()
        cpu_seconds, memory = usage(lambda process: process.pid != os.getpid(), self._own_bytes)
        return {
            "cpu_seconds": cpu_seconds + self._reaped_cpu() - self._cpu_before,
            "memory_bytes": memory,
            "ended": self._status is not None,
        }

    def _finish(self, grace_seconds: float) -> Value:
        deadline = time.monotonic() + grace_seconds
        while self._reap() and self._status is None and time.monotonic() < deadline:
            time.sleep(0.002)
        status = self._status
        while self._reap():
            os.kill(-1, signal.SIGKILL)
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        return {"status": status, "cpu_seconds": self._reaped_cpu() - self._cpu_before}

    def _reap(self) -> bool:
        """Collect whatever has ended; whether anything is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self._turn:
                self._status = os.waitstatus_to_exitcode(status)

    def _reaped_cpu(self) -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime


def _fresh_folder(path: str, most_bytes: int) -> None:
    options = f"mode=0700,size={most_bytes},nr_inodes=8192"
    kernel.mount("tmpfs", path, "tmpfs", kernel.NO_SUID | kernel.NO_DEVICES, options)
