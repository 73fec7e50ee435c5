"""Writes one file without end."""

import signal


def attack(canary, port):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written = 0
    with open("large", "wb", buffering=0) as file:
        try:
            while written < 1 << 30:
                written += file.write(bytes(1 << 20))
        except OSError:
            pass
    return [] if written <= 16 << 20 else [written]
