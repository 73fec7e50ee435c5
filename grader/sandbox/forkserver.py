"""An executor without isolation that forks: it imports once, then a process costs milliseconds.

For a student's own `check`, who trusts the code, on Linux, where a process may be forked after its imports.
Owns the warm process; it starts importing at once and is waited for at the first submission.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import SandboxError
from grader.runner import socket_messages
from grader.runner.values import CodecError
from grader.sandbox import gpu
from grader.sandbox.base import Guarantees, Limits, Observation, ProbeBatch
from grader.sandbox.catalogue import Catalogue, read_catalogue, require_observers
from grader.sandbox.registry import Device, executor
from grader.sandbox.run_calls import run_calls
from grader.sandbox.staging import (
    START_SECONDS,
    Staging,
    environment,
    folders,
    last_words,
    memory_limits,
    own_limits,
)
from grader.sandbox.supervised_process import SupervisedProcess


@executor("forkserver", "process")
class ForkserverExecutor:
    """One warm process and its forks. Hides nothing, so it promises nothing."""

    entry = "forkserver"
    """The module of `grader.runner.entry` that the warm process runs."""

    def __init__(self, probes_dir: Path, device: Device) -> None:
        if sys.platform != "linux":
            raise SandboxError("needs Linux; elsewhere a process may not be forked after its imports")
        self.guarantees = Guarantees(False, False, False, False, "process", memory_limits(device, hides_memory=True))
        self._staging = Staging(probes_dir)
        self._device = device
        self._catalogue: Catalogue | None = None
        self._start()

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`."""
        try:
            if self._catalogue is None:
                self._catalogue = read_catalogue(socket_messages.receive(self._control)[0])
            require_observers(batches, self._catalogue)
            with tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True) as root:
                return run_calls(
                    lambda limits: SupervisedProcess(self._control, self.batch(Path(root), files, limits)),
                    files,
                    gpu.with_room_each(batches, self._device),
                )
        except (OSError, EOFError, CodecError) as error:
            self._stop()
            said = last_words(self._errors)
            self._errors.close()
            self._start()
            raise SandboxError(
                "\n".join(filter(None, (f"the process for student code broke: {error}", said)))
            ) from error

    def close(self) -> None:
        """See `Executor.close`."""
        self._stop()
        self._errors.close()
        self._staging.close()

    def order(self) -> dict[str, Any]:
        """What the warm process must know beyond where everything lies."""
        return {}

    def batch(self, root: Path, files: Mapping[str, bytes], limits: Limits) -> dict[str, Any]:
        """One batch's limits and fresh folders below `root`."""
        return {**own_limits(limits, self._device), **folders(Path(tempfile.mkdtemp(dir=root)), files)}

    def _start(self) -> None:
        self._catalogue = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 — it lives as long as the process
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_SECONDS)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 — our own interpreter and our own file
                self._staging.command(self.entry, {"control": theirs.fileno(), **self.order()}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                env=environment(self._device),
                cwd=self._staging.root,
                start_new_session=True,
            )

    def _stop(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()
