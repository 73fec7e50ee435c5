"""A submission of our own that tries to get out, so that a level is claimed only after it was seen to hold.

Run by `grader.sandbox.escape_test` like a student's file, before any student's. Standard library only.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
from collections.abc import Callable


def look(hidden: str, port: int) -> dict[str, bool]:
    """What a process inside can reach: a file, a loopback port, processes and privileges of the grader's.

    Args:
        hidden: a path of the grader's; its folder must not show either.
        port: where the grader listens, on the loopback address outside.
    """
    return {
        "sees_files": os.path.exists(hidden) or os.path.exists(os.path.dirname(hidden)),
        "sees_network": _connects(port),
        "sees_processes": os.getppid() != 1,
        "keeps_privileges": _reads("/proc/self/status", "CapEff") != "0000000000000000",
        "landlock": _refuses_etc(),
        "hides_memory": _hides_memory(),
        "seccomp": _reads("/proc/self/status", "Seccomp") == "2",
    }


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _reads(file: str, key: str) -> str:
    with open(file) as lines:
        return next((line.split()[1] for line in lines if line.startswith(f"{key}:")), "")


def _refuses_etc() -> bool:
    """Whether a folder that the mounts leave open, the root, is closed all the same."""
    try:
        os.listdir("/")
    except PermissionError:
        return True
    return False


def _hides_memory() -> bool:
    """Whether memory can be had that stays when no process maps it, so that nobody can count it."""
    if ctypes.CDLL(None).shmget(0, mmap.PAGESIZE, 0o600) >= 0:
        return True
    return _is_granted(lambda: os.close(os.memfd_create("memory"))) or _is_granted(
        lambda: mmap.mmap(-1, mmap.PAGESIZE).close()
    )


def _is_granted(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except OSError:
        return False
    return True
