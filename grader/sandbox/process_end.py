"""What the end of a process that ran student code is called: a limit, a death, or a broken protocol.

Owns the sentences, which students read. How a process ends belongs to `limited_request`.
"""

from __future__ import annotations

import signal

from grader.sandbox.base import Limits, Status
from grader.sandbox.limited_request import FLOOD, Exchange


def death(exchange: Exchange, limits: Limits, exit_status: int | None) -> tuple[Status, str]:
    """What the end of a process is called, and the sentence about it."""
    backstop = hasattr(signal, "SIGXCPU") and exit_status == -signal.SIGXCPU  # the process's own limit was faster
    if exchange.end == "cpu" or backstop:
        return "timeout", f"stopped after {limits.cpu_seconds:.2g} s of CPU time"
    if exchange.end == "wall":
        return "timeout", f"stopped after {limits.wall_seconds:.2g} s"
    if exchange.end == "memory":
        return "memory", f"stopped above {limits.memory_mib} MiB of memory"
    if exchange.end == "output":
        return "crashed", f"stopped after printing more than {FLOOD * limits.output_bytes >> 10} KiB"
    if exchange.end == "closed":
        return "crashed", f"the process ended before the call returned{_how(exit_status)}"
    return "crashed", "the process wrote something else than a reply on the grader's channel"


def _how(exit_status: int | None) -> str:
    """A clause in brackets; empty where nobody knows."""
    if exit_status is None:
        return ""
    if exit_status >= 0:
        return f" (exit status {exit_status})"
    try:
        return f" (signal {signal.Signals(-exit_status).name})"
    except ValueError:
        return f" (signal {-exit_status})"
