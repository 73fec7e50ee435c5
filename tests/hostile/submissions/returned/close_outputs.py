"""Closes its standard streams and carries on."""

import os


def attack(canary, port):
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    return []
