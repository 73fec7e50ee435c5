"""Whether anybody changed Python's tracing or profiling while we used it.

Owns the audit hook that sees it: to put a hook away and back again leaves nothing else behind.
"""

from __future__ import annotations

import sys
from functools import cache

_CHANGES = ["sys.settrace", "sys.setprofile"]
_seen: list[str] = []


@cache
def watch_hooks() -> None:
    """See every change from now on. The hook stays for the life of the process, so it is added where it is needed."""

    def hook(event: str, _: object) -> None:
        if event in _CHANGES:
            _seen.append(event)

    sys.addaudithook(hook)


def changes() -> int:
    """How many changes were seen so far, our own included."""
    return len(_seen)
