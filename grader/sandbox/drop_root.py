"""From root to bubblewrap: an unused user first, because root escapes limits that bind everybody else.

Owns the two things that only root can do and an ordinary user need not: show folders that the unused user
could not reach (a library under /root) through mounts of its own, and give up being root for good. Run by
path: `python -I -S drop_root.py '{…}'`. Ends by becoming the command it was given.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any


def main(order: Mapping[str, Any]) -> None:
    """Mount, become the unused user, become `argv`.

    Mounts come first, as only root may make them, and in a mount namespace of this process's own, so that nobody else
    sees them. The user comes before bubblewrap: what root starts in a user namespace counts as root's, and a limit on
    the number of processes does not bind root. `die_with_parent` comes last, because a change of user clears it.

    Args:
        order: `argv`, `user`, `mounts` (empty folder or file → what to show there).
    """
    from grader.runner.linux import syscalls

    syscalls.unshare(syscalls.NEW_MOUNTS)
    syscalls.mount("none", "/", flags=syscalls.RECURSIVE | syscalls.PRIVATE)
    for target, source in order["mounts"].items():
        syscalls.mount(source, target, flags=syscalls.BIND | syscalls.RECURSIVE)
    os.setgroups([])
    os.setresgid(order["user"], order["user"], order["user"])
    os.setresuid(order["user"], order["user"], order["user"])
    syscalls.no_new_privileges()
    syscalls.die_with_parent()
    os.chdir("/")
    os.execv(order["argv"][0], order["argv"])  # noqa: S606 — bubblewrap, with arguments of our own


if __name__ == "__main__":
    given: dict[str, Any] = json.loads(sys.argv[1])
    sys.path.insert(0, given["house"])
    main(given)
