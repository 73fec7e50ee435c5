"""The bubblewrap process with the zygote in it: its command line, its start, its end.

Owns who it runs as, what it can see, and the control socket. Start it from a thread that lives as long as
it: the kernel ends it with the thread that started it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.errors import SandboxError
from grader.runner import socket_messages
from grader.runner.values import CodecError
from grader.sandbox import gpu
from grader.sandbox.base import Limits
from grader.sandbox.catalogue import Catalogue, read_catalogue
from grader.sandbox.memory_group import make_memory_group
from grader.sandbox.registry import Device
from grader.sandbox.staging import ONE_THREAD, START_SECONDS, Staging, last_words, library_paths
from grader.sandbox.visible_paths import VisiblePaths, interpreter, visible_paths

_UNUSED_USERS = range(62_000, 65_000)
_INSIDE_USER = "1000"
_WRITABLE = ["/scratch", "/tmp", "/dev/shm", "/dev/null"]  # noqa: S108 — fresh for every batch


class _Unexplained(SandboxError):
    """The process ended without a message."""


class BubblewrapProcess:
    """bubblewrap and the zygote in it. `start` again after it broke."""

    def __init__(self, probes_dir: Path, device: Device) -> None:
        """Find what is needed; nothing runs yet.

        Raises:
            SandboxError: this is not Linux, or bubblewrap is not installed.
        """
        found = shutil.which("bwrap") if sys.platform == "linux" else None
        if found is None:
            raise SandboxError("bubblewrap (bwrap) is not installed" if sys.platform == "linux" else "needs Linux")
        cuda = gpu.may_be_used(device)
        if cuda and not gpu.is_here():
            raise SandboxError("there is no CUDA device here")
        self._bwrap = found
        self._cuda = cuda
        self._device: Device = device
        self._libraries = visible_paths(probes_dir, cuda)
        self._staging = Staging(probes_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self.memory_group = make_memory_group()
        """Holds all that runs inside; None where this machine lets us make none."""
        self.house = self._staging.house
        self.canary = self._staging.root / "house" / "grader" / "runner" / "values.py"

    def start(self) -> Catalogue:
        """Start, or start again, and wait until everything is imported.

        A process that ends without a message was killed from outside, and is started once more.

        Raises:
            SandboxError: bubblewrap or the zygote ended, or did not answer; the message quotes its standard error.
        """
        try:
            return self._begin()
        except _Unexplained:
            return self._begin()

    def _begin(self) -> Catalogue:
        self._stop()
        self.control, theirs = socket.socketpair()
        errors = tempfile.TemporaryFile()  # noqa: SIM115 — closed below, whatever happens
        with theirs, errors:
            command = self._command(theirs.fileno())
            self._process = subprocess.Popen(  # noqa: S603 — arguments of our own
                command if self.memory_group is None else self.memory_group.command(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[theirs.fileno()],
                env={"PYTHONHASHSEED": "0"},
                cwd="/",
            )
            theirs.close()
            self.control.settimeout(START_SECONDS)
            try:
                catalogue = read_catalogue(socket_messages.receive(self.control)[0])
            except (OSError, EOFError, CodecError) as error:
                self._stop()
                said = last_words(errors)
                if said or isinstance(error, TimeoutError):
                    raise SandboxError(said or "bubblewrap did not answer") from error
                raise _Unexplained("bubblewrap ended without a message") from error
        if self.memory_group is not None:
            self.memory_group.limit(gpu.with_room(Limits(), self._device).memory_mib << 20)
        return catalogue

    def close(self) -> None:
        """End everything inside and remove what was laid ready."""
        self._stop()
        if self.memory_group is not None:
            self.memory_group.close()
        self._staging.close()

    def _stop(self) -> None:
        if self._process is None:
            return
        self.control.close()
        self._process.kill()
        self._process.wait()
        self._process = None

    def _command(self, control: int) -> list[str]:
        if os.geteuid() != 0:
            return [self._bwrap, *self._arguments(control, {path: path for path in self._libraries.shown})]
        places = self._places()
        order = {
            "house": str(self.house),
            "user": unused_user(),
            "mounts": {str(place): str(path) for path, place in places.items()},
            "argv": [self._bwrap, *self._arguments(control, places)],
        }
        return [sys.executable, "-I", "-S", "-B", str(Path(__file__).with_name("drop_root.py")), json.dumps(order)]

    def _places(self) -> dict[Path, Path]:
        """An empty folder or file of our own for everything shown, for `drop_root` to mount upon."""
        places = {}
        for number, path in enumerate(self._libraries.shown):
            place = self._staging.root / f"shown{number}"
            if path.is_dir():
                place.mkdir(exist_ok=True)
            else:
                place.touch()
            places[path] = place
        return places

    def _arguments(self, control: int, places: dict[Path, Path]) -> list[str]:
        shown: VisiblePaths = self._libraries
        arguments = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net"]
        arguments += ["--unshare-cgroup-try", "--uid", _INSIDE_USER, "--gid", _INSIDE_USER, "--hostname", "sandbox"]
        arguments += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
        for name, value in self._environment().items():
            arguments += ["--setenv", name, value]
        for path, place in places.items():
            arguments += ["--ro-bind", str(place), str(path)]
        for target, link in shown.links:
            arguments += ["--symlink", target, str(link)]
        for path in shown.masked:
            arguments += ["--tmpfs", str(path), "--remount-ro", str(path)]
        arguments += [
            "--ro-bind",
            str(self._staging.house),
            "/house",
            "--ro-bind",
            str(self._staging.probes),
            "/probes",
        ]
        arguments += ["--proc", "/proc", "--dev", "/dev"]
        if not self._cuda:  # a shared map of /dev/zero is memory that stays when no process maps it
            arguments += ["--dev-bind", "/dev/null", "/dev/zero"]
        for device in shown.devices:
            arguments += ["--dev-bind", str(device), str(device)]
        arguments += ["--tmpfs", "/tmp"]  # noqa: S108 — the zygote's own, covered for every batch
        arguments += ["--dir", "/scratch", "--dir", "/submission"]
        arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
        return [
            *arguments,
            str(interpreter()),
            "-I",
            "-S",
            "-B",
            "/house/grader/runner/entry/main.py",
            "zygote",
            self._order(control),
        ]

    def _order(self, control: int) -> str:
        readable = [str(path) for path in self._libraries.shown]
        order = {
            "path": ["/house", *map(str, library_paths())],
            "probes": "/probes",
            "control": control,
            "gpu": self._cuda,
            "readable": [*readable, "/house", "/probes", "/submission", "/proc", "/dev"],
            "writable": [*_WRITABLE, *["/dev/zero"] * self._cuda],
            "devices": [str(path) for path in self._libraries.devices],
        }
        return json.dumps(order)

    def _environment(self) -> dict[str, str]:
        return {
            **ONE_THREAD,
            **gpu.environment(self._device),
            "HOME": "/scratch",
            "HW11_DEVICE": "cuda" if self._cuda else "cpu",
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": "0",
            "TMPDIR": "/tmp",  # noqa: S108 — the one inside
            "TORCHINDUCTOR_CACHE_DIR": "/tmp",  # noqa: S108 — made at import, before anything is writable
            "USER": "student",
        }


def unused_user() -> int:
    """A number that no account of this machine has; another one for every executor, since limits count users."""
    import pwd

    taken = {account.pw_uid for account in pwd.getpwall()}
    return random.choice([number for number in _UNUSED_USERS if number not in taken])  # noqa: S311 — no secret
