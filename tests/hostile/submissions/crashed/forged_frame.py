"""Writes a reply with a nonce of its own."""

import os
import struct


def attack(canary, port):
    forged = struct.pack("<4sB16sQ", b"hw11", 1, bytes(16), 1) + b"T"
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, forged)
        except OSError:
            pass
    return []
