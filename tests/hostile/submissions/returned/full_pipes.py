"""Fills pipes, whose buffers lie in the kernel."""

import fcntl
import os


def attack(canary, port):
    ends, total = [], 0
    try:
        while True:
            ends.append(os.pipe())
            end = ends[-1][1]
            try:
                fcntl.fcntl(end, 1031, 1 << 20)
            except OSError:
                pass
            os.set_blocking(end, False)
            while True:
                total += os.write(end, bytes(1 << 16))
    except BlockingIOError:
        return [] if total < 1 << 26 else [total]
    except OSError:
        return [] if total < 1 << 26 else [total]
