"""The executor for code that nobody trusts: bubblewrap around a warm interpreter that forks.

    grader ── control ──── zygote            in bubblewrap: read-only libraries, no network, no privileges
       ├───── supervisor ─ └ init            per submission: fresh user, PID, mount, IPC and host namespaces
       └───── channel ────── └ batch         student code, Landlock, seccomp, limits, scratch folders

Owns the parent's ends of these and the restart of a zygote that no longer answers.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from grader.errors import SandboxError
from grader.runner import socket_messages
from grader.runner.values import CodecError, Tensor, Value
from grader.runner.write_files import acceptable
from grader.sandbox import gpu
from grader.sandbox.base import Guarantees, Limits, Observation, ProbeBatch
from grader.sandbox.bubblewrap_process import BubblewrapProcess
from grader.sandbox.catalogue import require_observers
from grader.sandbox.escape_test import try_to_escape
from grader.sandbox.registry import Device, executor
from grader.sandbox.run_calls import run_calls
from grader.sandbox.staging import memory_limits, own_limits
from grader.sandbox.supervised_process import SupervisedProcess

ANSWER_SECONDS = 300
"""For one answer of the supervisor, which takes milliseconds: only a machine that hangs reaches it."""
OWN_PROCESSES = 2
"""The init process and the one that made its namespaces run as the same user and count as the submission's, too."""
FOLDER_BYTES = 64 << 20
"""What each of a batch's writable folders holds at most, unless the submission itself is larger: room for a trained
model and its plots. The folders are in memory."""


@executor(
    "bubblewrap", "full", "install bubblewrap (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap)"
)
class BubblewrapExecutor:
    """One zygote, one submission at a time."""

    def __init__(self, probes_dir: Path, device: Device) -> None:
        self._device = device
        with contextlib.ExitStack() as undo:
            self._process = BubblewrapProcess(probes_dir, device)
            undo.callback(self._process.close)
            self._catalogue = self._process.start()
            self.guarantees = self._examine()
            undo.pop_all()

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`."""
        require_observers(batches, self._catalogue)
        batches = gpu.with_room_each(batches, self._device)
        try:
            return self._observe(files, batches)
        except (OSError, EOFError, CodecError):  # the machine may have killed the zygote: memory ran out elsewhere
            self._catalogue = self._process.start()
        try:
            return self._observe(files, batches)
        except (OSError, EOFError, CodecError) as error:
            self._catalogue = self._process.start()
            raise SandboxError(f"the sandbox broke twice on one submission: {error}") from error

    def close(self) -> None:
        """See `Executor.close`."""
        self._process.close()

    def _observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        with self.namespaces() as supervisor:
            hand_over(supervisor, files)
            return run_calls(lambda limits: self.start_process(supervisor, limits), files, batches)

    def start_process(self, supervisor: socket.socket, limits: Limits) -> SupervisedProcess:
        """A process for a batch, over the files that its supervisor has."""
        return SupervisedProcess(supervisor, self._order(limits), self._process.memory_group)

    @contextlib.contextmanager
    def namespaces(self) -> Iterator[socket.socket]:
        """The socket to a fresh init process; it and all below it end with the block."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket_messages.send(self._process.control, None, [theirs.fileno()])
            ours.settimeout(ANSWER_SECONDS)
            yield ours

    def _order(self, limits: Limits) -> dict[str, Value]:
        return {**own_limits(limits, self._device), "processes": limits.processes + OWN_PROCESSES}

    def _examine(self) -> Guarantees:
        reached = try_to_escape(self.observe, self._process.canary)
        contained = not (reached.sees_processes or reached.keeps_privileges)
        return Guarantees(
            hides_files=not reached.sees_files,
            blocks_network=not reached.sees_network,
            limits_memory=contained,
            kills_tree=contained,
            level="+".join(["bubblewrap", "namespaces", *reached.locks]),
            memory=memory_limits(self._device, reached.hides_memory, grouped=self._process.memory_group is not None),
        )


def hand_over(
    supervisor: socket.socket, files: Mapping[str, bytes], order: Literal["files", "other_files"] = "files"
) -> None:
    """Lay a submission's files ready for the batches that come."""
    tensors: Value = {
        path: Tensor("uint8", (len(content),), content) for path, content in files.items() if acceptable(path)
    }
    folder_bytes = max(FOLDER_BYTES, 2 * sum(map(len, files.values())) + FOLDER_BYTES // 4)
    socket_messages.send(supervisor, {"do": order, "files": tensors, "folder_bytes": folder_bytes})
