"""The parent's side of a process that a supervisor starts."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

import pytest

from grader.sandbox.supervised_process import SupervisedProcess


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is read from /proc")
def test_a_supervisor_that_is_gone_leaves_nothing_open() -> None:
    def still_open() -> set[str]:
        return {entry.name for entry in Path("/proc/self/fd").iterdir()}

    supervisor, theirs = socket.socketpair()
    theirs.close()
    with supervisor:
        before = still_open()
        with pytest.raises(OSError, match=os.strerror(errno.EPIPE)):
            SupervisedProcess(supervisor, {})
        assert still_open() == before
