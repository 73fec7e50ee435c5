"""What a function calls while it runs, directly or through anything else.

Owns following calls by Python's own profiling hook, which sees a function whatever name it was reached by.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

from grader.runner.observing import hooks


def guarded(function: Any, names: list[str], *arguments: Any) -> dict[str, Any]:
    """Call a function and watch for some others.

    Args:
        function: what is called.
        names: dotted names of functions, methods, classes or modules.
        arguments: what it is given.

    Returns:
        `value`, the names that were `used`, and whether the watch was `kept` to the end.
    """
    watched = {name: found for name in names if (found := _find(name)) is not None}
    used: set[str] = set()

    def watch(frame: FrameType, event: str, called: Any) -> None:
        if event == "call":
            used.update(name for name, one in watched.items() if _is_frame_of(frame, one))
        elif event == "c_call":
            used.update(name for name, one in watched.items() if _is_builtin(called, one))

    with _profiled(watch):
        before = hooks.changes()
        value = function(*arguments)
        kept = hooks.changes() == before
    return {"value": value, "used": sorted(used), "kept": kept}


@contextlib.contextmanager
def _profiled(watch: Any) -> Iterator[None]:
    hooks.watch_hooks()
    before = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
        threading.setprofile(before)


def _find(name: str) -> Any:
    """What a dotted name means; None where it means nothing here."""
    words = name.split(".")
    for end in range(len(words), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(words[:end]))
        except ImportError:
            continue
        for word in words[end:]:
            found = getattr(found, word, None)
        return found
    builtins: Any = importlib.import_module("builtins")
    return getattr(builtins, name, None)


def _is_frame_of(frame: FrameType, one: Any) -> bool:
    """Whether a Python function that begins to run is the one that is watched for, or belongs to it."""
    if isinstance(one, ModuleType):
        return _is_in(str(frame.f_globals.get("__name__")), one.__name__)
    if isinstance(one, type):
        first = frame.f_code.co_varnames[:1]
        return first == ("self",) and isinstance(frame.f_locals.get("self"), one)
    return getattr(one, "__code__", None) is frame.f_code


def _is_builtin(called: Any, one: Any) -> bool:
    """Whether a function that is not written in Python is the one that is watched for."""
    if isinstance(one, ModuleType):
        return _is_in(str(getattr(called, "__module__", "")), one.__name__)
    if called is one:
        return True
    owner = getattr(one, "__objclass__", None)
    return owner is not None and called.__name__ == one.__name__ and isinstance(called.__self__, owner)


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
