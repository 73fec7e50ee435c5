"""Which executors this machine can run, asked of the system's own programs and not of `grader`.

A test of the wall is skipped only where the machine forbids its executor. Where the machine allows it and our code
does not start it, the test fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from grader.errors import SandboxError

LINUX = sys.platform == "linux"
ANOTHER_USER = 61_999
"""A number that accounts rarely have. Executors take theirs from the numbers above it."""


@cache
def bubblewrap_works() -> bool:
    """Whether bubblewrap is installed and starts, with the namespaces inside it that one submission gets."""
    bwrap, unshare = shutil.which("bwrap"), shutil.which("unshare")
    if not LINUX or bwrap is None:
        return False
    outer = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--cap-drop", "ALL"]
    inner = ["--user", "--map-root-user", "--pid", "--ipc", "--uts", "--mount-proc", "--fork"]
    return _succeeds(
        [bwrap, *outer, "--ro-bind", "/", "/", "--proc", "/proc", *([unshare, *inner] if unshare else []), "true"]
    )


@cache
def another_user_works() -> bool:
    """Whether this is root, and another user can run this Python and read its libraries."""
    find_torch = "import sys, importlib.util; sys.exit(importlib.util.find_spec('torch') is None)"
    return LINUX and os.geteuid() == 0 and _succeeds([sys.executable, "-I", "-c", find_torch])


def isolation() -> str:
    """The strongest `--isolation` that this machine allows."""
    return "full" if bubblewrap_works() else "process"


@contextmanager
def skip_unless_runnable(name: str) -> Iterator[None]:
    """Start an executor in the block; a refusal skips the test where the machine is the reason.

    Raises:
        SandboxError: the machine can run the executor, so the reason is ours.
    """
    runs = {
        "bubblewrap": bubblewrap_works,
        "forkserver": lambda: LINUX,
        "setuid": another_user_works,
        "plain_process": lambda: True,
    }
    try:
        yield
    except SandboxError as error:
        if name in runs and runs[name]():
            raise
        pytest.skip(f"{name} cannot run here: {error}")


def _succeeds(command: list[str]) -> bool:
    """Root's command is run as another user, as student code is."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": ANOTHER_USER, "group": ANOTHER_USER, "extra_groups": []}
    try:
        return subprocess.run(command, **user, cwd="/", capture_output=True, timeout=600).returncode == 0
    except PermissionError:
        return False
