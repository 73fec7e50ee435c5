"""An executor without a wall: a plain subprocess, on any system.

For a student's own `check`, who trusts the code, where a warm process may not be forked (see `fork`). Owns
the subprocess and its kill. While one runs student code, the next is already importing.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from grader.errors import SandboxError
from grader.runner.codec import decode
from grader.runner.process_usage import Process, memory_bytes, usage
from grader.runner.protocol import HEADER_BYTES, unpack_header
from grader.runner.values import CodecError
from grader.sandbox.base import Guarantees, Limits, Observation, ProbeBatch
from grader.sandbox.exchange import Ending, StudentProcess, Usage, ending_of
from grader.sandbox.registry import Device, executor
from grader.sandbox.run_calls import Catalogue, drive
from grader.sandbox.staging import Staging, environment, folders, library_paths, own_limits

START_SECONDS = 300
TOKEN_SECONDS = 60
"""How long whoever connects may take to say who it is."""


@executor("plain_process", "process")
class PlainProcessExecutor:
    """A subprocess for a turn and those that may follow in it. Hides nothing, so it promises nothing."""

    guarantees = Guarantees(False, False, False, False, "process")

    def __init__(self, probes_dir: Path, device: Device) -> None:
        self._staging = Staging(probes_dir)
        self._device = device
        self._spare: _Started | None = None

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`."""
        with tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True) as root:
            return drive(lambda limits: self._child(Path(root), files, limits, batches), files, batches)

    def close(self) -> None:
        """See `Executor.close`."""
        if self._spare is not None:
            self._spare.kill()
        self._staging.close()

    def _child(
        self, root: Path, files: Mapping[str, bytes], limits: Limits, batches: Sequence[ProbeBatch]
    ) -> StudentProcess:
        started, self._spare = self._spare or _Started(self._staging, self._device), None
        begin = {**folders(Path(tempfile.mkdtemp(dir=root)), files), "limits": own_limits(limits, self._device)}
        try:
            started.connect().check(batches)
            started.channel.sendall(json.dumps(begin).encode() + b"\n")
        except (OSError, CodecError, SandboxError) as error:
            started.kill()
            raise SandboxError(f"a subprocess for student code did not start: {error}") from error
        self._spare = _Started(self._staging, self._device)
        return _Serving(started)


class _Started:
    """A subprocess that is importing or has called back, but knows no student code yet."""

    def __init__(self, staging: Staging, device: Device) -> None:
        self._token = secrets.token_bytes(16)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.channel = socket.socket()
        order = {
            "path": [str(staging.house), *map(str, library_paths())],
            "probes": str(staging.probes),
            "port": self._listener.getsockname()[1],
            "token": self._token.hex(),
        }
        entry = staging.house / "grader" / "runner" / "entry" / "main.py"
        self.process = subprocess.Popen(  # noqa: S603 — our own interpreter and our own file
            [sys.executable, "-I", "-S", "-B", str(entry), "plain_process", json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(device),
            cwd=staging.root,
            start_new_session=True,
        )

    def connect(self) -> Catalogue:
        """Wait until it has imported everything and `channel` stands; its probe modules."""
        self._listener.settimeout(0.2)
        for _ in range(5 * START_SECONDS):
            try:
                accepted, _address = self._listener.accept()
            except TimeoutError:
                if self.process.poll() is not None:
                    raise SandboxError(self._last_words()) from None
                continue
            self.channel.close()
            self.channel = accepted
            self.channel.settimeout(TOKEN_SECONDS)
            if secrets.compare_digest(_exactly(self.channel, 16), self._token):
                self._listener.close()
                _nonce, length = unpack_header(_exactly(self.channel, HEADER_BYTES))
                return Catalogue.read(decode(_exactly(self.channel, length)))
        raise SandboxError(f"no answer within {START_SECONDS} s")

    def kill(self) -> None:
        """Kill the process and its session, as far as the system knows sessions."""
        self._listener.close()
        self.channel.close()
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _last_words(self) -> str:
        said = self.process.stderr.read(4096) if self.process.stderr is not None else b""
        lines = said.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self.process.returncode}"


class _Serving:
    """A subprocess that serves one turn: a `StudentProcess`."""

    def __init__(self, started: _Started) -> None:
        self._started = started
        self._process = started.process
        self.channel = started.channel
        self.channel.setblocking(False)
        self._outputs = [_selectable(pipe) for pipe in (self._process.stdout, self._process.stderr)]
        self.stdout: socket.socket | int = self._outputs[0]
        self.stderr: socket.socket | int = self._outputs[1]
        self._memory_before = memory_bytes(self._process.pid)
        self._cpu_before = 0.0
        self._cpu_before = self.usage().cpu_seconds

    def usage(self) -> Usage:
        """See `StudentProcess.usage`. Empty where the system has no /proc: there only wall time and rlimits bind."""
        used = usage(self._ours, self._memory_before)
        cpu_seconds = max(0.0, used.cpu_seconds - self._cpu_before)
        return Usage(cpu_seconds, used.memory_bytes, used.processes, self._process.poll() is not None)

    def end(self, grace_seconds: float = 0.0) -> Ending:
        """See `StudentProcess.end`."""
        try:
            status = self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            status = None
        self._started.kill()
        for end in self._outputs:
            if isinstance(end, socket.socket):
                end.close()
        return ending_of(status)

    def _ours(self, process: Process) -> bool:
        return self._process.pid in (process.pid, process.session)


def _exactly(channel: socket.socket, count: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < count:
        piece = channel.recv(count - len(pieces))
        if not piece:
            raise SandboxError("it hung up")
        pieces += piece
    return bytes(pieces)


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
