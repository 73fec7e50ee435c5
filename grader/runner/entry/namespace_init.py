"""The first process of one submission's namespaces: it starts the submission's batches and ends them.

Owns the submission's file system (its files read-only, fresh scratch folders for every batch) and the namespaces' end:
as the first process of a PID namespace it outlives whatever student code starts, cannot be signalled from inside, and
takes everything with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

from grader.runner import socket_messages
from grader.runner.linux import syscalls
from grader.runner.process_usage import Process
from grader.runner.supervisor import Order, RunBatch, Supervisor
from grader.runner.write_files import lay_out

SUBMISSION, SCRATCH = Path("/submission"), Path("/scratch")
WRITABLE = (SCRATCH, Path("/tmp"), Path("/dev/shm"))  # noqa: S108 — mount points of our own inside
"""Where student code may write. Each is a fresh folder in memory for every batch."""
MOST_FILES = 8192
"""Files in each of them. An empty file takes about a KiB of the kernel's memory, which no size limit counts."""
_MOUNT = syscalls.NO_SUID | syscalls.NO_DEVICES
_NAMESPACES = syscalls.NEW_PIDS | syscalls.NEW_MOUNTS | syscalls.NEW_IPC | syscalls.NEW_HOSTNAME


def run_submission(end: socket.socket, run_batch: RunBatch) -> NoReturn:
    """Make the namespaces of one submission, then obey `end` until it closes. Called in a fresh fork.

    A process that makes a PID namespace is not in it, only its children are: hence the second fork.
    """
    syscalls.die_with_parent()
    syscalls.enter_namespaces(_NAMESPACES)
    init = os.fork()
    if init:
        end.close()  # or the parent's end would not close with the first process
        os.waitpid(init, 0)
        os._exit(0)
    syscalls.die_with_parent()
    syscalls.open_to_peers(False)  # student code runs as the same user and could read its memory and descriptors
    NamespaceInit(end, run_batch).obey()


class NamespaceInit(Supervisor):
    """The supervisor in a PID namespace: every process in it but itself belongs to the batch."""

    def __init__(self, end: socket.socket, run_batch: RunBatch) -> None:
        """Cover the mounts that are inherited.

        The mounts become private first, so that no later one shows up outside. The inherited /proc is the zygote's and
        would show the processes there.
        """
        syscalls.mount("none", "/", flags=syscalls.RECURSIVE | syscalls.PRIVATE)
        syscalls.mount("proc", "/proc", "proc", syscalls.NO_SUID | syscalls.NO_DEVICES | syscalls.NO_EXEC)
        super().__init__(end, run_batch)
        self._files: dict[str, bytes] = {}
        self._folder_bytes = 0
        self._mounted = set[str]()

    def do(self, order: Order, descriptors: list[int]) -> None:
        """See `Supervisor.do`; also the submission's `files`, before its first batch, and `other_files` below one."""
        match order["do"]:
            case "files":
                self._take_files(order["files"], order["folder_bytes"])
            case "other_files":
                self._change_files(_contents(order["files"]))
                socket_messages.send(self._end, {})  # who asks the waiting process next must know that it is done
            case _:
                super().do(order, descriptors)

    def prepare(self) -> None:
        """Fresh folders, shared memory and message queues. A new IPC namespace frees what the old one held."""
        syscalls.unshare(syscalls.NEW_IPC)
        for folder in WRITABLE:
            self._fresh_folder(folder)
        lay_out(SCRATCH, self._files)

    def belongs(self, process: Process) -> bool:
        """Every process but this one."""
        return process.pid != os.getpid()

    def folder_bytes(self) -> int:
        """Blocks in use, those of deleted files that are still open among them."""
        seen = [os.statvfs(folder) for folder in WRITABLE]
        return sum((one.f_blocks - one.f_bfree) * one.f_frsize for one in seen)

    def kill(self) -> None:
        """Kill every process at once. `kill(-1)` leaves out this one only, and none can fork meanwhile."""
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:  # none is left
            return

    def _take_files(self, files: dict[str, Any], folder_bytes: int) -> None:
        self._folder_bytes = folder_bytes
        self._files = _contents(files)
        self._fresh_folder(SUBMISSION)
        lay_out(SUBMISSION, self._files)
        syscalls.mount("none", str(SUBMISSION), flags=_MOUNT | syscalls.REMOUNT | syscalls.READ_ONLY)

    def _change_files(self, files: dict[str, bytes]) -> None:
        """Write what differs in another submission of the same author, below a process that waits and left no trace."""
        changed = {path: content for path, content in files.items() if self._files.get(path) != content}
        gone = self._files.keys() - files.keys()
        syscalls.mount("none", str(SUBMISSION), flags=_MOUNT | syscalls.REMOUNT)
        for folder in (SUBMISSION, SCRATCH):
            _remove(folder, gone)
            lay_out(folder, changed)
        syscalls.mount("none", str(SUBMISSION), flags=_MOUNT | syscalls.REMOUNT | syscalls.READ_ONLY)
        self._files = files

    def _fresh_folder(self, folder: Path) -> None:
        if (path := str(folder)) in self._mounted:
            syscalls.unmount(path)
        options = f"mode=0700,size={self._folder_bytes},nr_inodes={MOST_FILES}"
        syscalls.mount("tmpfs", path, "tmpfs", _MOUNT, options)
        self._mounted.add(path)


def _remove(folder: Path, names: Collection[str]) -> None:
    """Files, and the folders that are empty without them: an empty one can still be imported."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
        for above in Path(name).parents:
            with contextlib.suppress(OSError):  # something else is in it, or it is the mount itself
                (folder / above).rmdir()


def _contents(files: Mapping[str, Any]) -> dict[str, bytes]:
    """By path, what a message brought as bytes of a tensor."""
    return {path: tensor.data for path, tensor in files.items()}
