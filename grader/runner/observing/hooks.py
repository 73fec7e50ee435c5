"""Python's hooks for tracing and profiling: ours for a while, and whether anybody else changed them meanwhile.

Owns the audit hook that sees it: to put a hook away and back again leaves nothing else behind. It also sees other
processes being started, in which nothing is watched.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

_CHANGES = ("sys.settrace", "sys.setprofile")
_PROCESSES = ("os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen")
_STARTING = getattr(threading.Thread, "_bootstrap_inner").__code__  # noqa: B009 — no type checker knows it
"""Gives a new thread the hooks that every thread gets."""
_seen: Counter[str] = Counter()


@contextlib.contextmanager
def profiled(watch: Callable[..., None]) -> Iterator[Callable[[], bool]]:
    """Profile this thread and new ones; what is given says whether nobody changed that so far.

    A hook that was there goes on watching.
    """
    _watch_hooks()
    before = sys.getprofile()

    def both(*seen: Any) -> None:
        if before is not None:
            before(*seen)
        watch(*seen)

    def put(hook: Any) -> None:
        threading.setprofile(hook)
        sys.setprofile(hook)
        _seen["sys.setprofile"] -= 1  # it was us

    put(both if before is not None else watch)
    started = _seen["sys.setprofile"]
    try:
        yield lambda: _seen["sys.setprofile"] == started
    finally:
        put(before)


@contextlib.contextmanager
def traced(trace: Callable[..., Any]) -> Iterator[Callable[[], bool]]:
    """Trace this thread; what is given says whether nobody changed that so far."""
    _watch_hooks()
    before = sys.gettrace()
    sys.settrace(trace)
    started = _seen["sys.settrace"]
    try:
        yield lambda: _seen["sys.settrace"] == started
    finally:
        sys.settrace(before)


def processes() -> int:
    """How many other processes this one has started since its hooks are watched."""
    _watch_hooks()
    return sum(_seen[event] for event in _PROCESSES)


@cache
def _watch_hooks() -> None:
    """See every change from now on. The hook stays for the life of the process, so it is added where it is needed."""

    def hook(event: str, _: object) -> None:
        if event in _PROCESSES or (event in _CHANGES and sys._getframe(1).f_code is not _STARTING):
            _seen[event] += 1

    sys.addaudithook(hook)
