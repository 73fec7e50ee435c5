"""An executor without a wall: one plain subprocess per turn, on any system.

For a student's own `check`, who trusts the code, and for `grade` only where somebody insists. Owns the
subprocess and its kill. While a turn runs, the next process is already importing.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from grader.errors import SandboxError
from grader.inside.frames import HEADER_BYTES, decode, unpack_header
from grader.inside.tree import Process, memory_bytes, usage
from grader.sandbox.base import Guarantees, Limits, Observation, Turn
from grader.sandbox.child import Child, Ending, Usage, ending_of
from grader.sandbox.drive import Catalogue, drive
from grader.sandbox.register import Device, mechanism
from grader.sandbox.staging import Staging, library_paths
from grader.wire import WireError

START_SECONDS = 120
_KEPT = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@mechanism("process", "process")
class ProcessExecutor:
    """One subprocess per turn. Hides nothing, so it promises nothing; its limits are as good as the system's."""

    guarantees = Guarantees(False, False, False, False, "process")

    def __init__(self, probes_dir: Path, device: Device) -> None:
        self._staging = Staging(probes_dir)
        self._device = device
        self._spare: _Started | None = None

    def observe(self, files: Mapping[str, bytes], turns: Sequence[Turn]) -> list[Observation]:
        """See `Executor.observe`."""
        with tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True) as root:
            return drive(lambda limits: self._child(Path(root), files, limits, turns), files, turns)

    def close(self) -> None:
        """See `Executor.close`."""
        if self._spare is not None:
            self._spare.kill()
        self._staging.close()

    def _child(self, root: Path, files: Mapping[str, bytes], limits: Limits, turns: Sequence[Turn]) -> Child:
        started, self._spare = self._spare or _Started(self._staging, self._device), None
        try:
            catalogue = started.connect()
            catalogue.check(turns)
        except (OSError, WireError, SandboxError) as error:
            started.kill()
            raise SandboxError(f"a subprocess for student code did not start: {error}") from error
        self._spare = _Started(self._staging, self._device)
        return started.begin(Path(tempfile.mkdtemp(dir=root)), files, limits)


class _Started:
    """A subprocess that is importing, has called back, or is serving."""

    def __init__(self, staging: Staging, device: Device) -> None:
        self._staging = staging
        self._token = secrets.token_bytes(16)
        self._listener = socket.create_server(("127.0.0.1", 0))
        order = {
            "path": [str(staging.house), *map(str, library_paths())],
            "probes": str(staging.probes),
            "port": self._listener.getsockname()[1],
            "token": self._token.hex(),
        }
        entry = staging.house / "grader" / "inside" / "alone.py"
        self._process = subprocess.Popen(  # noqa: S603 — our own interpreter and our own file
            [sys.executable, "-I", "-S", "-B", str(entry), json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(device),
            cwd=staging.root,
            start_new_session=True,
        )

    def connect(self) -> Catalogue:
        """Wait until it has imported everything; its probe modules."""
        self._listener.settimeout(0.2)
        for _ in range(5 * START_SECONDS):
            try:
                self.channel, _address = self._listener.accept()
            except TimeoutError:
                if self._process.poll() is not None:
                    raise SandboxError(self._last_words()) from None
                continue
            self.channel.settimeout(10)
            if secrets.compare_digest(_exactly(self.channel, 16), self._token):
                _nonce, length = unpack_header(_exactly(self.channel, HEADER_BYTES))
                self._listener.close()
                return Catalogue.read(decode(_exactly(self.channel, length)))
            self.channel.close()
        raise SandboxError(f"no answer within {START_SECONDS} s")

    def begin(self, folder: Path, files: Mapping[str, bytes], limits: Limits) -> Child:
        """Lay the submission's files out and let it serve."""
        submission, scratch = folder / "submission", folder / "scratch"
        for place in (submission, scratch):
            place.mkdir()
            for name, content in files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(content)
        begin = {"submission": str(submission.resolve()), "scratch": str(scratch), "limits": own_limits(limits)}
        self.channel.sendall(json.dumps(begin).encode() + b"\n")
        self.channel.setblocking(False)
        self.stdout, self.stderr = (_selectable(pipe) for pipe in (self._process.stdout, self._process.stderr))
        self._cpu_before, self._memory_before = 0.0, memory_bytes(self._process.pid)
        self._cpu_before = self.usage().cpu_seconds
        return self

    def usage(self) -> Usage:
        """See `Child.usage`. Empty where the system has no /proc: there only wall time and rlimits bind."""
        cpu_seconds, memory = usage(self._ours, self._memory_before)
        return Usage(max(0.0, cpu_seconds - self._cpu_before), memory)

    def _ours(self, process: Process) -> bool:
        return self._process.pid in (process.pid, process.session)

    def end(self) -> Ending:
        """See `Child.end`."""
        try:
            status = self._process.wait(0.2 if self._gone() else 0)
        except subprocess.TimeoutExpired:
            status = None
        self.kill()
        return ending_of(status)
