"""Makes a hard link to a library in order to change it."""

import os
import torch


def attack(canary, port):
    try:
        os.link(torch.__file__, "mine.py")
        return ["linked"]
    except OSError:
        return []
