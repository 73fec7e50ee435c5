"""What every interpreter for student code does before and at its first batch, whichever executor started it.

Owns the order of these steps. The executors' entries beside it add how a batch's process comes to be and which locks of
the kernel it gets.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from grader.runner import socket_messages
from grader.runner.call import Observers
from grader.runner.preload import enter, preload, require_one_thread, set_limits
from grader.runner.pristine import Baseline
from grader.runner.serve import serve
from grader.runner.values import Value


@dataclass(frozen=True)
class Interpreter:
    """An interpreter that has imported everything and has met no student code."""

    probes: Path
    observers: Observers
    baseline: Baseline

    @property
    def catalogue(self) -> dict[str, Value]:
        """The probe modules, as `grader.sandbox.catalogue` reads them: the first message to the parent."""
        return {"names": list(self.observers.names()), "broken": dict(self.observers.broken)}

    def connect(self, descriptor: int) -> socket.socket:
        """The inherited socket to the parent, after this interpreter said that it is ready to fork.

        What was imported is frozen first: a collection in a fork would otherwise write to, and so copy, all of it.

        Raises:
            RuntimeError: a probe module started a thread or a GPU, which no fork could go on with.
        """
        require_one_thread("a probe module starts threads or a GPU when it is imported")
        gc.collect()
        gc.freeze()
        control = socket.socket(fileno=descriptor)
        os.set_inheritable(control.fileno(), False)  # programs that student code starts must not get it
        socket_messages.send(control, self.catalogue)
        return control

    def run_batch(
        self,
        channel: socket.socket,
        submission: Path,
        scratch: Path,
        limits: Mapping[str, int],
        lock: Callable[[], None] = lambda: None,
        writable: Sequence[Path] = (),
    ) -> NoReturn:
        """Become the process of one batch: answer requests until the parent hangs up, then end.

        Args:
            channel: this end of the socket to the parent.
            submission: the submission's files, first on `sys.path`.
            scratch: the working folder, with a copy of them.
            limits: see `set_limits`. They come before `lock`, which may close what they read.
            lock: gives up privileges and closes the kernel's doors; the last step before student code.
            writable: folders in which a later batch could see what this one left.
        """
        enter(submission, scratch, self.probes)
        set_limits(limits)
        lock()
        serve(channel, submission, self.observers, self.baseline.begin(submission, writable or [scratch]))


def prepare(order: Mapping[str, Any]) -> Interpreter:
    """Import everything, on one thread, and the assignment's probe modules from `order["probes"]`.

    The baseline is taken last, so that it holds what the probe modules changed. From then on garbage is collected.
    """
    preload()
    probes = Path(order["probes"])
    observers = Observers(probes)
    interpreter = Interpreter(probes, observers, Baseline(observers.modules()))
    gc.enable()
    return interpreter
