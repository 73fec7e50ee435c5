"""Makes a link to a file outside and reads through it."""

import os


def attack(canary, port):
    os.symlink(canary, "link")
    try:
        return [open("link").read()]
    except OSError:
        return []
