"""Ctrl-C for commands that tests start."""

import signal


def hear_interrupts() -> None:
    """A shell that runs the tests in the background has them, and whatever they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
