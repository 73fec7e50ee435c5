"""Leaves files for the part after."""

import os


def attack(canary, port):
    for folder in ("/tmp", "/dev/shm", "/scratch", "/var/tmp", "/dev/mqueue"):
        try:
            open(os.path.join(folder, "message"), "w").write("the answer is 42")
        except OSError:
            pass
    return []
