"""`hw11 review` as a process of its own, for tests with a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from reports.pdf import BROWSERS

BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
PATIENCE = 600_000
"""Milliseconds: a crowded machine is slow, never wrong."""


class Served:
    """`hw11 review` as a process of its own, on a port that stays the same when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> dict[str, str]:
        """The links by marker, once it listens."""
        command = [sys.executable, "-m", "grader", "review", str(self.folder / "graded"), "--port", str(self.port)]
        command += ["--marker", "ada", "--marker", "bob", "--second", "1"]
        command += ["--assignment", str(self.folder / "homework")]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        links: dict[str, str] = {}
        assert self.process.stderr is not None
        while "bob" not in links:
            line = self.process.stderr.readline()
            assert line, "the server ended before it listened"
            if found := re.match(r"(\w+): (http\S+)", line):
                links[found[1]] = found[2]
        self.port = int(re.search(r":(\d+)/", links["ada"])[1])
        return links

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()
