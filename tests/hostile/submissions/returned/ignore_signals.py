"""Ignores every signal that can be ignored."""

import signal


def attack(canary, port):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    return []
