"""An executor without isolation: a plain subprocess, on any system.

For a student's own `check`, who trusts the code, where a warm process may not be forked (see `forkserver`). Owns the
subprocess and its end. While one runs student code, the next is already importing.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from grader.errors import SandboxError
from grader.runner.codec import decode
from grader.runner.process_usage import Process, memory_bytes, usage
from grader.runner.protocol import HEADER_BYTES, unpack_header
from grader.runner.socket_messages import receive_exactly
from grader.runner.values import CodecError
from grader.sandbox import gpu
from grader.sandbox.base import Guarantees, Limits, Observation, ProbeBatch
from grader.sandbox.catalogue import Catalogue, read_catalogue, require_observers
from grader.sandbox.limited_request import StudentProcess, Usage
from grader.sandbox.registry import Device, executor
from grader.sandbox.run_calls import run_calls
from grader.sandbox.staging import START_SECONDS, Staging, environment, folders, memory_limits, own_limits

TOKEN_SECONDS = 60
"""How long whoever connects may take to show the token. A process of ours shows it at once."""
_ACCEPT_SECONDS = 0.2
"""How often it is looked whether the process ended before it connected."""


@executor("plain_process", "process")
class PlainProcessExecutor:
    """A subprocess for a batch and those that may follow in it. Hides nothing, so it promises nothing."""

    def __init__(self, probes_dir: Path, device: Device) -> None:
        self.guarantees = Guarantees(False, False, False, False, "process", memory_limits(device, hides_memory=True))
        self._staging = Staging(probes_dir)
        self._device = device
        self._spare: PlainProcess | None = None

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`."""
        with tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True) as root:
            roomy = gpu.with_room_each(batches, self._device)
            return run_calls(lambda limits: self._start(Path(root), files, limits, batches), files, roomy)

    def close(self) -> None:
        """See `Executor.close`."""
        if self._spare is not None:
            self._spare.kill()
        self._staging.close()

    def _start(
        self, root: Path, files: Mapping[str, bytes], limits: Limits, batches: Sequence[ProbeBatch]
    ) -> StudentProcess:
        process, self._spare = self._spare or PlainProcess(self._staging, self._device), None
        order = {**folders(Path(tempfile.mkdtemp(dir=root)), files), "limits": own_limits(limits, self._device)}
        try:
            require_observers(batches, process.connect())
            process.begin(order)
        except (OSError, EOFError, CodecError, SandboxError) as error:
            process.kill()
            raise SandboxError(f"a subprocess for student code did not start: {error}") from error
        self._spare = PlainProcess(self._staging, self._device)
        return process


class PlainProcess(StudentProcess):
    """A subprocess: it imports and connects, then begins a batch, then answers requests."""

    def __init__(self, staging: Staging, device: Device) -> None:
        """Start it; it knows no student code yet."""
        super().__init__()
        self._token = secrets.token_bytes(16)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.channel = socket.socket()
        order = {"port": self._listener.getsockname()[1], "token": self._token.hex()}
        self._process = subprocess.Popen(  # noqa: S603 — our own interpreter and our own file
            staging.command("plain_process", order),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(device),
            cwd=staging.root,
            start_new_session=True,
        )

    def connect(self) -> Catalogue:
        """Wait until it has imported everything; its probe modules.

        Raises:
            SandboxError: it ended before, or did not connect in time.
            EOFError: it connected and closed the connection.
        """
        self._listener.settimeout(_ACCEPT_SECONDS)
        for _ in range(round(START_SECONDS / _ACCEPT_SECONDS)):
            try:
                accepted, _address = self._listener.accept()
            except TimeoutError:
                if self._process.poll() is not None:
                    raise SandboxError(self._last_words()) from None
                continue
            self.channel.close()
            self.channel = accepted
            self.channel.settimeout(TOKEN_SECONDS)
            if secrets.compare_digest(receive_exactly(self.channel, len(self._token)), self._token):
                self._listener.close()
                _nonce, length = unpack_header(receive_exactly(self.channel, HEADER_BYTES))
                return read_catalogue(decode(receive_exactly(self.channel, length)))
        raise SandboxError(f"no answer within {START_SECONDS} s")

    def begin(self, order: Mapping[str, object]) -> None:
        """Send it the folders and limits of a batch; from here on it serves. What it used for imports is not counted.

        Raises:
            OSError: it has ended.
        """
        self.channel.sendall(json.dumps(order).encode() + b"\n")
        self.channel.setblocking(False)
        self._outputs = [_selectable(pipe) for pipe in (self._process.stdout, self._process.stderr)]
        self.stdout, self.stderr = self._outputs
        self._memory_before = memory_bytes(self._process.pid)
        self._cpu_before = usage(self._belongs).cpu_seconds

    def usage(self) -> Usage:
        """See `StudentProcess.usage`. Empty where the system has no /proc: there only wall time and rlimits bind."""
        used = usage(self._belongs, self._memory_before)
        cpu_seconds = max(0.0, used.cpu_seconds - self._cpu_before)
        return Usage(cpu_seconds, used.memory_bytes, used.processes, self._process.poll() is not None)

    def end(self, grace_seconds: float = 0.0) -> int | None:
        """See `StudentProcess.end`."""
        try:
            status: int | None = self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            status = None
        self.kill()
        for end in self._outputs:
            if isinstance(end, socket.socket):
                end.close()
        return status

    def kill(self) -> None:
        """Kill the process and its session, where the system has sessions."""
        self._listener.close()
        self.channel.close()
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _belongs(self, process: Process) -> bool:
        return self._process.pid in (process.pid, process.session)

    def _last_words(self) -> str:
        said = self._process.stderr.read(4096) if self._process.stderr is not None else b""
        lines = said.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"


def _selectable(pipe: IO[bytes] | None) -> socket.socket | int:
    """The reading end of a pipe as something to wait for; where pipes cannot be, a socket that is fed from it."""
    if os.name == "posix" and pipe is not None:
        os.set_blocking(pipe.fileno(), False)
        return pipe.fileno()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)

    def pump() -> None:
        with theirs, contextlib.suppress(OSError, ValueError):
            while pipe is not None and (piece := os.read(pipe.fileno(), 1 << 16)):
                theirs.sendall(piece)

    threading.Thread(target=pump, daemon=True).start()
    return ours
