"""From root to bubblewrap: an unused user first, because root escapes limits that bind everybody else.

Owns the two things that only root can do and an ordinary user need not: show folders that the unused user
could not reach (a library under /root) through mounts of its own, and give up being root for good. Run by
path: `python -I -S launch.py '{…}'`. Ends by becoming the command it was given.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any


def main(order: Mapping[str, Any]) -> None:
    """Mount, step down, become `argv`.

    Args:
        order: `argv`, `user`, `mounts` (empty folder or file → what to show there), `descriptors` to keep.
    """
    from grader.inside import kernel

    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    for target, source in order["mounts"].items():
        kernel.mount(source, target, flags=kernel.BIND | kernel.RECURSIVE)
    os.setgroups([])
    os.setresgid(order["user"], order["user"], order["user"])
    os.setresuid(order["user"], order["user"], order["user"])
    kernel.no_new_privileges()
    kernel.die_with_parent()
    os.chdir("/")
    os.execv(order["argv"][0], order["argv"])  # noqa: S606 — bubblewrap, with arguments of our own


if __name__ == "__main__":
    given: dict[str, Any] = json.loads(sys.argv[1])
    sys.path.insert(0, given["house"])
    main(given)
