"""An executor for root in a container that forbids namespaces: student code runs as an unused user.

For a learning platform's own container, which is thrown away after one submission. Owns who that user is, what the
user may read, and the refusal to start where the user could see the assignment. Weaker than bubblewrap: names of
files elsewhere can be seen, and one kernel of processes is shared.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import SandboxError
from grader.sandbox.base import Guarantees, Limits
from grader.sandbox.bubblewrap_process import unused_user
from grader.sandbox.escape_test import try_to_escape
from grader.sandbox.forkserver import ForkserverExecutor
from grader.sandbox.registry import Device, executor
from grader.sandbox.staging import folders, memory_limits, own_limits
from grader.sandbox.visible_paths import visible_paths

_READABLE = ("/proc/cpuinfo", "/proc/meminfo", "/dev/urandom", "/dev/random")
_WRITABLE = ("/dev/null",)


_IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@executor(
    "setuid", "user", "" if _IS_ROOT else "run as root, and close the assignment's folder to other users (chmod 700)"
)
class SetuidExecutor(ForkserverExecutor):
    """One warm process of root's and one fork per batch that gives root up before student code."""

    entry = "setuid"

    def __init__(self, probes_dir: Path, device: Device) -> None:
        """Start, and let a submission of our own try to get out.

        Raises:
            SandboxError: this is not root on Linux, other users can see the assignment or cannot see the libraries, or
                the kernel refused.
        """
        if sys.platform != "linux" or os.geteuid() != 0:
            raise SandboxError("needs root, on Linux")
        self._assignment = probes_dir.resolve().parent.parent
        if others_reach(self._assignment):
            raise SandboxError(f"every user can read {self._assignment}: close it with chmod 700")
        self._user = unused_user()
        self._shown = visible_paths(probes_dir, cuda=False).shown
        if beyond := [path for path in self._shown if not others_reach(path)]:
            raise SandboxError(
                f"no other user can reach {beyond[0]}, which student code needs: install Python elsewhere"
            )
        super().__init__(probes_dir, device)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self.guarantees = self._examine()
            undo.pop_all()

    def order(self) -> dict[str, Any]:
        """See `ForkserverExecutor.order`."""
        own = [str(self._staging.house), str(self._staging.probes)]
        return {"user": self._user, "readable": [*map(str, self._shown), *own, *_READABLE], "writable": list(_WRITABLE)}

    def batch(self, root: Path, files: Mapping[str, bytes], limits: Limits) -> dict[str, Any]:
        """See `ForkserverExecutor.batch`. The submission stays root's, to be read; the scratch folder is the user's.

        The folders above may be passed through and not listed, so that the user sees no other batch's.
        """
        root.chmod(0o711)
        folder = Path(tempfile.mkdtemp(dir=root))
        folder.chmod(0o711)
        places = folders(folder, files)
        for path in [folder / "submission", *(folder / "submission").rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        for path in [folder / "scratch", *(folder / "scratch").rglob("*")]:
            os.chown(path, self._user, self._user)
        return {**own_limits(limits, self._device), **places, "processes": limits.processes}

    def _examine(self) -> Guarantees:
        reached = try_to_escape(self.observe, self._assignment)
        if reached.sees_files or reached.keeps_privileges:
            raise SandboxError("its own check could see the assignment, or kept a privilege")
        return Guarantees(
            hides_files=False,
            blocks_network=not reached.sees_network,
            limits_memory=True,
            kills_tree=True,
            level="+".join(["other user", *reached.locks]),
            memory=memory_limits(self._device, reached.hides_memory),
        )


def others_reach(place: Path) -> bool:
    """Whether a user without rights of its own can go into every folder on the way."""
    folders_on_the_way = [place, *place.parents] if place.is_dir() else place.parents
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders_on_the_way)
