"""The executor for code that nobody trusts: bubblewrap around a warm interpreter that forks.

    grader ── control ── zygote            in bubblewrap: read-only libraries, no network, no privileges
       ├───── orders ─── └ warden          per submission: fresh user, PID, mount, IPC and host namespaces
       └───── channel ──── └ turn          student code, Landlock, seccomp, limits, scratch folders

Owns the parent's ends of these and the restart of a zygote that no longer answers.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.errors import SandboxError
from grader.runner import socket_messages
from grader.runner.values import CodecError, Tensor, Value
from grader.runner.write_files import acceptable
from grader.sandbox.base import Guarantees, Limits, Observation, Probe, ProbeBatch
from grader.sandbox.bubblewrap_process import BubblewrapProcess
from grader.sandbox.registry import Device, executor
from grader.sandbox.run_calls import drive
from grader.sandbox.staging import own_limits
from grader.sandbox.supervised_process import Serving

ANSWER_SECONDS = 300
OWN_PROCESSES = 2
"""The warden and the process that made its namespaces count as the submission's, too."""
FOLDER_BYTES = 64 << 20
"""What each of a turn's writable folders holds at most, unless the submission itself is larger."""


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
        self._catalogue.check(batches)
        try:
            return self._observe_once(files, batches)
        except (OSError, EOFError, CodecError):
            self._catalogue = self._process.start()
        try:
            return self._observe_once(files, batches)
        except (OSError, EOFError, CodecError) as error:
            self._catalogue = self._process.start()
            raise SandboxError(f"the sandbox broke twice on one submission: {error}") from error

    def close(self) -> None:
        """See `Executor.close`."""
        self._process.close()

    def _observe_once(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        with _warden(self._process.control, files) as orders:
            return drive(lambda limits: Serving(orders, self._order(limits)), files, batches)

    def _order(self, limits: Limits) -> dict[str, Value]:
        return {**own_limits(limits, self._device), "processes": limits.processes + OWN_PROCESSES}

    def _examine(self) -> Guarantees:
        """Let a submission of our own try to get out."""
        source = (self._process.house / "grader" / "runner" / "entry" / "escape_test.py").read_bytes()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            probe = Probe("look", "escape_test", "look", (str(self._process.canary), listener.getsockname()[1]))
            (seen,) = self.observe({"escape_test.py": source}, [ProbeBatch("escape_test", (probe,))])
        facts = seen.value
        if seen.status != "returned" or not isinstance(facts, dict):
            raise SandboxError(f"its own check failed: {seen.status} {seen.message}")
        locks = [name for name in ("landlock", "seccomp") if facts[name]]
        contained = not (facts["sees_processes"] or facts["keeps_privileges"])
        return Guarantees(
            hides_files=not facts["sees_files"],
            blocks_network=not facts["sees_network"],
            limits_memory=contained,
            kills_tree=contained,
            level="+".join(["bubblewrap", "namespaces", *locks]),
        )


@contextlib.contextmanager
def _warden(control: socket.socket, files: Mapping[str, bytes]) -> Iterator[socket.socket]:
    """A fresh warden that holds the submission's files; it and all it started end with the block."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            socket_messages.send(control, None, [theirs.fileno()])
        ours.settimeout(ANSWER_SECONDS)
        tensors: Value = {
            path: Tensor("uint8", (len(content),), content) for path, content in files.items() if acceptable(path)
        }
        folder_bytes = max(FOLDER_BYTES, 2 * sum(map(len, files.values())) + FOLDER_BYTES // 4)
        socket_messages.send(ours, {"do": "files", "files": tensors, "folder_bytes": folder_bytes})
        yield ours
